//! An app in the real control plane: deployment controller, scheduler and kwok play the cluster.

mod features;
mod secrets;

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, kinds, objects, wait};
use kube::api::{Patch, PatchParams};
use kube::core::DynamicObject;
use serde_json::{Value, json};

use crate::request::problem;

pub(crate) use features::{
    each_feature_of_a_route_brings_what_is_its_own_and_takes_it_along,
    each_feature_of_an_app_brings_what_is_its_own_and_takes_it_along,
};
pub(crate) use secrets::{a_changed_secret_rolls_the_pods_once, path, revision_of, value};

const LIMIT: Duration = Duration::from_mins(2);
const NAME: &str = "shop";

/// Made, Ready, scaled by `kubectl scale`, restarted, suspended and resumed; a pod that no node takes is told on the app
/// with the field to change, and the app that ran before goes on running.
pub(crate) async fn an_app_comes_up_is_changed_and_says_what_is_wrong(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("app").await?;
    let xr = json!({
        "apiVersion": "goldenpath.io/v1alpha1", "kind": "GoldenPathApp", "metadata": {"name": NAME},
        "spec": {"image": "registry.example/shop:v1", "replicas": 2},
    });
    plane.apply(&xr.to_string(), &namespace).await?;
    let app = plane.until_true(kinds::app(), &namespace, NAME, "Ready", LIMIT).await?;
    let status = &app.data["status"];
    ensure!(status["phase"] == "Running" && status["replicaSummary"] == "2/2", "{status}");
    ensure!(status["image"] == "registry.example/shop:v1", "{status}");
    let service = objects::get(plane.client(), &kinds::service(), &namespace, NAME).await?;
    ensure!(service.is_some(), "it has no Service");
    let written = generation(plane, &namespace).await?;

    plane.state().kubectl(&["scale", "gpapp", NAME, "--replicas=3", "--namespace", &namespace]).await?;
    until(plane, &namespace, "has three pods", |status| status["replicaSummary"] == "3/3").await?;
    ensure!(generation(plane, &namespace).await? == written + 1, "scaling is one write of the Deployment");

    change(
        plane,
        &namespace,
        &json!({"metadata": {"annotations": {"goldenpath.io/restart-requested-at": "1"}}}),
    )
    .await?;
    plane
        .until(kinds::deployment(), &namespace, NAME, "is restarted", LIMIT, |deployment| {
            let revision = deployment.metadata.annotations.as_ref();
            revision.is_some_and(|all| all.get("deployment.kubernetes.io/revision").is_some_and(|r| r == "2"))
        })
        .await?;
    plane.until_true(kinds::app(), &namespace, NAME, "Ready", LIMIT).await?;

    change(plane, &namespace, &json!({"spec": {"suspend": true}})).await?;
    until(plane, &namespace, "is suspended", |status| {
        status["phase"] == "Suspended" && status["replicaSummary"] == "0/0"
    })
    .await?;
    plane.until_true(kinds::app(), &namespace, NAME, "Ready", LIMIT).await?;
    change(plane, &namespace, &json!({"spec": {"suspend": false}})).await?;
    until(plane, &namespace, "runs again", |status| status["phase"] == "Running").await?;
    plane.until_true(kinds::app(), &namespace, NAME, "Available", LIMIT).await?;

    change(plane, &namespace, &json!({"spec": {"resources": {"requests": {"cpu": "1000"}}}})).await?;
    let tells = |app: &DynamicObject| problem(app, "Unschedulable").is_some();
    let told = plane
        .until(kinds::app(), &namespace, NAME, "tells why its pods do not come up", LIMIT, tells)
        .await?;
    let status = &told.data["status"];
    let why = problem(&told, "Unschedulable").context("it was told a moment ago")?;
    ensure!(why["field"] == ".spec.resources.requests", "{status}");
    ensure!(objects::condition(&told, "Available") == Some("True"), "what ran goes on running: {status}");
    ensure!(objects::condition(&told, "Accepted") == Some("True"), "nothing is refused: {status}");
    change(plane, &namespace, &json!({"spec": {"resources": null}})).await?;
    until(plane, &namespace, "recovers", |status| {
        status["phase"] == "Running" && status["problems"].is_null()
    })
    .await?;

    plane.delete(&kinds::app(), &namespace, NAME).await?;
    plane.until_gone(kinds::app(), &namespace, NAME, LIMIT).await?;
    plane.until_gone(kinds::deployment(), &namespace, NAME, LIMIT).await
}

/// From the spec to an autoscaler and back: at every moment the Deployment has a number that somebody asked for.
pub(crate) async fn the_number_of_pods_changes_hands_without_a_wrong_one(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("scaling").await?;
    let xr = json!({
        "apiVersion": "goldenpath.io/v1alpha1", "kind": "GoldenPathApp", "metadata": {"name": NAME},
        "spec": {"image": "registry.example/shop:v1", "replicas": 3},
    });
    plane.apply(&xr.to_string(), &namespace).await?;
    plane.until_true(kinds::app(), &namespace, NAME, "Ready", LIMIT).await?;

    // There are no metrics here, and an autoscaler lifts what is below its least without them.
    let scaling = json!({"spec": {"scaling": {"enabled": true, "minReplicas": 4, "maxReplicas": 6}}});
    change(plane, &namespace, &scaling).await?;
    has_only(plane, &namespace, &[3, 4], 4).await?;
    until(plane, &namespace, "runs with four pods", |status| {
        status["replicaSummary"] == "4/4" && status["problems"][0]["code"] == "ScalingBlind"
    })
    .await?;

    change(plane, &namespace, &json!({"spec": {"scaling": {"enabled": false}}})).await?;
    has_only(plane, &namespace, &[4, 3], 3).await?;
    plane.until_gone(kinds::horizontal_pod_autoscaler(), &namespace, NAME, LIMIT).await?;
    until(plane, &namespace, "runs with three pods", |status| status["replicaSummary"] == "3/3").await?;
    plane.delete(&kinds::app(), &namespace, NAME).await?;
    plane.until_gone(kinds::deployment(), &namespace, NAME, LIMIT).await
}

/// Who owns which field is lost, as by a restore or by `kubectl patch`: the autoscaler's number of pods stays what it is.
pub(crate) async fn lost_owners_change_no_number_of_pods(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("owners").await?;
    let scaling = json!({"enabled": true, "minReplicas": 4, "maxReplicas": 6});
    let xr = json!({
        "apiVersion": "goldenpath.io/v1alpha1", "kind": "GoldenPathApp", "metadata": {"name": NAME},
        "spec": {"image": "registry.example/shop:v1", "scaling": scaling},
    });
    plane.apply(&xr.to_string(), &namespace).await?;
    has_only(plane, &namespace, &[1, 4], 4).await?;
    let deployments = objects::scoped(plane.client(), &kinds::deployment(), &namespace);
    let restarted = json!({"spec": {"template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "now"}}}}});
    deployments.patch(NAME, &PatchParams::default(), &Patch::Merge(&restarted)).await?;
    let lost = json!([{"op": "replace", "path": "/metadata/managedFields", "value": [{}]}]);
    let lost: Patch<()> = Patch::Json(serde_json::from_value(lost)?);
    deployments.patch(NAME, &PatchParams::default(), &lost).await?;

    // Several passes, of which each writes what it takes for its own.
    for image in ["registry.example/shop:v2", "registry.example/shop:v3"] {
        change(plane, &namespace, &json!({"spec": {"image": image}})).await?;
        let mut stray = None;
        let has_image = |deployment: &DynamicObject| {
            let spec = &deployment.data["spec"];
            stray = stray.or(spec["replicas"].as_i64().filter(|now| *now != 4));
            spec["template"]["spec"]["containers"][0]["image"] == image
                && spec["template"]["metadata"]["annotations"]["kubectl.kubernetes.io/restartedAt"] == "now"
        };
        plane.until(kinds::deployment(), &namespace, NAME, &format!("has {image}"), LIMIT, has_image).await?;
        ensure!(stray.is_none(), "it had {stray:?} replicas on the way to {image}");
    }
    plane.delete(&kinds::app(), &namespace, NAME).await?;
    plane.until_gone(kinds::deployment(), &namespace, NAME, LIMIT).await
}

/// Waits until a Deployment has a number of replicas, and sees no other than these on the way.
async fn has_only(plane: &ControlPlane, namespace: &str, allowed: &[i64], last: i64) -> Result<()> {
    let mut stray = None;
    plane
        .until(kinds::deployment(), namespace, NAME, &format!("has {last} replicas"), LIMIT, |deployment| {
            let now = deployment.data["spec"]["replicas"].as_i64();
            stray = stray.or(now.filter(|now| !allowed.contains(now)));
            now == Some(last)
        })
        .await?;
    ensure!(stray.is_none(), "it had {stray:?} replicas on the way to {last}");
    Ok(())
}

/// Merges a patch into the app of a namespace.
pub(crate) async fn change(plane: &ControlPlane, namespace: &str, patch: &Value) -> Result<()> {
    objects::merge(plane.client(), &kinds::app(), namespace, NAME, patch).await.map(|_| ())
}

/// The Deployment of the app of a namespace.
pub(crate) async fn deployment(plane: &ControlPlane, namespace: &str) -> Result<DynamicObject> {
    let found = objects::get(plane.client(), &kinds::deployment(), namespace, NAME).await?;
    found.context("there is no Deployment")
}

async fn until(
    plane: &ControlPlane,
    namespace: &str,
    what: &str,
    holds: impl Fn(&Value) -> bool,
) -> Result<DynamicObject> {
    plane.until(kinds::app(), namespace, NAME, what, LIMIT, |app| holds(&app.data["status"])).await
}

/// How often the Deployment was written, once it is not any more.
async fn generation(plane: &ControlPlane, namespace: &str) -> Result<i64> {
    let now = async || -> Result<i64> {
        let deployment = objects::get(plane.client(), &kinds::deployment(), namespace, NAME).await?;
        Ok(deployment.and_then(|deployment| deployment.metadata.generation).unwrap_or_default())
    };
    let mut last = now().await?;
    wait::until("the Deployment rests", LIMIT, async || {
        let next = now().await?;
        let rests = next == std::mem::replace(&mut last, next);
        Ok(rests.then_some(next))
    })
    .await
}
