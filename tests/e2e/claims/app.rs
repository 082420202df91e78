//! An app through the door of Crossplane v1.

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, kinds, objects};
use kube::core::DynamicObject;
use serde_json::json;

use crate::request::{READY_LIMIT, SHORT_LIMIT, deletion_is_refused};

const NAME: &str = "shop";

/// A claim and a database's claim of one name live side by side. The app says what its Deployment says, its claim what the
/// app says; who scales the app is overruled by the claim, and what the claim became is deleted by deleting the claim.
pub(crate) async fn a_claim_becomes_an_app(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("app-claimed").await?;
    for (kind, spec) in [
        (
            "AppClaim",
            json!({"image": "registry.example/shop:v1", "replicas": 2, "compositeDeletePolicy": "Foreground"}),
        ),
        ("DatabaseClaim", json!({"version": "16", "deletion": {"protection": false}})),
    ] {
        let claim = json!({
            "apiVersion": "goldenpath.io/v1alpha1", "kind": kind,
            "metadata": {"name": NAME, "labels": {"goldenpath.io/team": "payments"}}, "spec": spec,
        });
        plane.apply(&claim.to_string(), &namespace).await?;
    }
    let is_up = |claim: &DynamicObject| {
        let status = &claim.data["status"];
        status["phase"] == "Running"
            && status["replicaSummary"] == "2/2"
            && objects::condition(claim, "Ready") == Some("True")
    };
    let claim = plane.until(kinds::app_claim(), &namespace, NAME, "is up", READY_LIMIT, is_up).await?;
    let status = &claim.data["status"];
    ensure!(status["observedGeneration"].is_null(), "a generation of another object: {status:#}");
    let app = objects::get(plane.client(), &kinds::app(), &namespace, NAME).await?.context("no app")?;
    ensure!(app.metadata.labels.is_some_and(|labels| labels.contains_key("goldenpath.io/team")), "no team");

    plane.state().kubectl(&["scale", "gpapp", NAME, "--replicas=5", "--namespace", &namespace]).await?;
    let as_claimed = |app: &DynamicObject| app.data["spec"]["replicas"] == 2;
    plane.until(kinds::app(), &namespace, NAME, "is as claimed", SHORT_LIMIT, as_claimed).await?;
    let three = json!({"spec": {"replicas": 3}});
    objects::merge(plane.client(), &kinds::app_claim(), &namespace, NAME, &three).await?;
    let follows = |claim: &DynamicObject| claim.data["status"]["replicaSummary"] == "3/3";
    plane.until(kinds::app_claim(), &namespace, NAME, "has three pods", READY_LIMIT, follows).await?;

    plane.until_true(kinds::database_claim(), &namespace, NAME, "Ready", READY_LIMIT).await?;
    deletion_is_refused(plane, kinds::app(), &namespace, NAME, "AppClaim/shop makes it: delete that instead")
        .await?;
    for kind in [kinds::app_claim(), kinds::database_claim()] {
        plane.delete(&kind, &namespace, NAME).await?;
        plane.until_gone(kind, &namespace, NAME, READY_LIMIT).await?;
    }
    let left = objects::get(plane.client(), &kinds::app(), &namespace, NAME).await?;
    ensure!(left.is_none(), "in the foreground the claim goes last");
    plane.until_gone(kinds::database(), &namespace, NAME, READY_LIMIT).await
}
