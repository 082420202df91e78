//! The release of an app: Kubernetes' own Job controller runs it, and kwok plays its pods, which end at once.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, kinds, objects};
use kube::core::DynamicObject;
use serde_json::{Value, json};

use crate::app::{change, deployment};
use crate::request::problem;

const LIMIT: Duration = Duration::from_mins(2);
const NAME: &str = "shop";

/// Pods are made after their first release. One that fails is told and leaves them as they are, whose number follows the spec;
/// the same one run again lets them follow, and the Jobs before it go.
pub(crate) async fn a_release_gates_the_deployment(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("release").await?;
    let xr = json!({
        "apiVersion": "goldenpath.io/v1alpha1", "kind": "GoldenPathApp", "metadata": {"name": NAME},
        "spec": {"image": "registry.example/shop:v1", "release": {"command": ["bin/migrate", "up"]}},
    });
    plane.apply(&xr.to_string(), &namespace).await?;
    plane.until_true(kinds::app(), &namespace, NAME, "Ready", LIMIT).await?;
    let first = jobs(plane, &namespace).await?;
    ensure!(first.len() == 1, "{} Jobs of one release", first.len());
    let pods = deployment(plane, &namespace).await?;
    let (ended, made) =
        (&first[0].data["status"]["completionTime"], pods.metadata.creation_timestamp.clone());
    let made = serde_json::to_value(made)?;
    ensure!(ended.as_str() <= made.as_str(), "the pods of {made} were made before the release of {ended}");

    // No node takes its pod, so it does not end in time.
    let late = json!({"command": ["bin/migrate", "up"], "timeoutSeconds": 10});
    let spec = json!({
        "image": "registry.example/shop:v2", "release": late, "replicas": 3, "resources": {"requests": {"cpu": "1000"}},
    });
    change(plane, &namespace, &json!({"spec": spec})).await?;
    let failed = |app: &DynamicObject| {
        let said = objects::condition_of(app, "ReleaseComplete");
        said.is_some_and(|said| said["status"] == "False" && said["reason"] == "ReleaseFailed")
            && app.data["status"]["replicaSummary"] == "3/3"
    };
    let app = plane.until(kinds::app(), &namespace, NAME, "has a failed release", LIMIT, failed).await?;
    let told = problem(&app, "ReleaseFailed").context("it is not told")?;
    ensure!(told["field"] == ".spec.release.timeoutSeconds" && !told["remedy"].is_null(), "{told:#}");
    ensure!(objects::condition(&app, "Available") == Some("True"), "what ran goes on running");
    ensure!(
        image(&deployment(plane, &namespace).await?) == "registry.example/shop:v1",
        "the pods have followed"
    );

    let again = json!({
        "metadata": {"annotations": {"goldenpath.io/release-retry": "1"}}, "spec": {"resources": null},
    });
    change(plane, &namespace, &again).await?;
    let follow = |deployment: &DynamicObject| image(deployment) == "registry.example/shop:v2";
    plane.until(kinds::deployment(), &namespace, NAME, "follows its release", LIMIT, follow).await?;
    let app = plane.until_true(kinds::app(), &namespace, NAME, "Ready", LIMIT).await?;
    ensure!(objects::condition(&app, "ReleaseComplete") == Some("True"), "{}", app.data["status"]);
    for before in first {
        plane.until_gone(kinds::job(), &namespace, &before.metadata.name.unwrap_or_default(), LIMIT).await?;
    }
    ensure!(jobs(plane, &namespace).await?.len() == 1, "the failed Job is left");

    plane.delete(&kinds::app(), &namespace, NAME).await?;
    plane.until_gone(kinds::deployment(), &namespace, NAME, LIMIT).await
}

async fn jobs(plane: &ControlPlane, namespace: &str) -> Result<Vec<DynamicObject>> {
    objects::list(plane.client(), &kinds::job(), namespace).await
}

fn image(deployment: &DynamicObject) -> &Value {
    &deployment.data["spec"]["template"]["spec"]["containers"][0]["image"]
}
