//! An app and the secrets that it lists: AWS, External Secrets Operator and the deployment controller play their parts.

use anyhow::{Result, ensure};
use goldenpath_tests::{ControlPlane, kinds, objects};
use kube::core::DynamicObject;
use serde_json::{Value, json};

use super::{LIMIT, NAME, change, generation, until};

/// One value changed is one rollout, and a value read again is none. Pods wait for a secret that is new to them and go on
/// meanwhile; one that is listed no longer goes once no pod names it; and another namespace's is refused.
pub(crate) async fn a_changed_secret_rolls_the_pods_once(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("secrets").await?;
    let path = |name: &str| path(&namespace, name);
    let listed = |name: &str| json!({"name": name, "source": path(name)});
    value(plane, "CreateSecret", &path("api-keys"), 1).await?;
    let xr = json!({
        "apiVersion": "goldenpath.io/v1alpha1", "kind": "GoldenPathApp", "metadata": {"name": NAME},
        "spec": {"image": "registry.example/shop:v1", "secrets": [listed("api-keys")]},
    });
    plane.apply(&xr.to_string(), &namespace).await?;
    plane.until_true(kinds::app(), &namespace, NAME, "Ready", LIMIT).await?;
    ensure!(revision(plane, &namespace).await? == "1", "the pods were made twice");

    value(plane, "PutSecretValue", &path("api-keys"), 2).await?;
    let written = generation(plane, &namespace).await?;
    read_again(plane, &namespace, "api-keys", "after the change").await?;
    reaches(plane, &namespace, "2").await?;
    ensure!(generation(plane, &namespace).await? == written + 1, "it is one write of the Deployment");
    read_again(plane, &namespace, "api-keys", "without a change").await?;
    ensure!(generation(plane, &namespace).await? == written + 1, "nothing changed and the pods were written");

    let both = json!([listed("api-keys"), listed("partner")]);
    change(plane, &namespace, &json!({"spec": {"secrets": both, "replicas": 2}})).await?;
    until(plane, &namespace, "goes on and says what is missing", |status| {
        status["replicaSummary"] == "2/2" && status["problems"][0]["code"] == "SecretSyncedError"
    })
    .await?;
    ensure!(revision(plane, &namespace).await? == "2", "pods were made without their secret");
    value(plane, "CreateSecret", &path("partner"), 3).await?;
    read_again(plane, &namespace, "partner", "after it was made").await?;
    reaches(plane, &namespace, "3").await?;

    change(plane, &namespace, &json!({"spec": {"secrets": [listed("partner")]}})).await?;
    plane.until_gone(kinds::external_secret(), &namespace, "api-keys", LIMIT).await?;
    ensure!(revision(plane, &namespace).await? == "4", "the Secret went before the pods let go of it");

    let theirs = json!({"name": "theirs", "source": "goldenpath/dev/another-team/api-keys"});
    change(plane, &namespace, &json!({"spec": {"secrets": [listed("partner"), theirs]}})).await?;
    until(plane, &namespace, "refuses another namespace's secret", |status| {
        let accepted =
            status["conditions"].as_array().into_iter().flatten().find(|c| c["type"] == "Accepted");
        status["problems"][0]["code"] == "PathNotAllowed" && accepted.is_some_and(|c| c["status"] == "False")
    })
    .await?;
    let copied = objects::get(plane.client(), &kinds::external_secret(), &namespace, "theirs").await?;
    ensure!(copied.is_none(), "it was copied all the same");

    plane.delete(&kinds::app(), &namespace, NAME).await?;
    plane.until_gone(kinds::deployment(), &namespace, NAME, LIMIT).await?;
    plane.until_gone(kinds::secret(), &namespace, "partner", LIMIT).await
}

/// The path of a secret in the folder of a namespace.
pub(crate) fn path(namespace: &str, name: &str) -> String {
    format!("goldenpath/dev/{namespace}/{name}")
}

/// Writes a value to AWS.
pub(crate) async fn value(plane: &ControlPlane, action: &str, path: &str, version: u32) -> Result<()> {
    let which = if action == "CreateSecret" { "Name" } else { "SecretId" };
    let value = json!({"API_KEY": format!("value-{version}")}).to_string();
    let token = format!("00000000-0000-0000-0000-{version:012}");
    let request = json!({which: path, "SecretString": value, "ClientRequestToken": token});
    plane.aws().call("secretsmanager", action, &request).await?;
    Ok(())
}

/// Has External Secrets Operator read a secret before its interval ends, and waits until it has.
async fn read_again(plane: &ControlPlane, namespace: &str, name: &str, why: &str) -> Result<()> {
    let synced = |object: &DynamicObject| object.data["status"]["syncedResourceVersion"].clone();
    let before = objects::get(plane.client(), &kinds::external_secret(), namespace, name).await?;
    let before = before.map_or(Value::Null, |object| synced(&object));
    let patch = json!({"metadata": {"annotations": {"read-again": why}}});
    objects::merge(plane.client(), &kinds::external_secret(), namespace, name, &patch).await?;
    plane
        .until(kinds::external_secret(), namespace, name, "is read again", LIMIT, |object| {
            synced(object) != before && objects::condition(object, "Ready") == Some("True")
        })
        .await?;
    Ok(())
}

async fn revision(plane: &ControlPlane, namespace: &str) -> Result<String> {
    let deployment = objects::get(plane.client(), &kinds::deployment(), namespace, NAME).await?;
    Ok(deployment.as_ref().map(revision_of).unwrap_or_default())
}

pub(crate) fn revision_of(deployment: &DynamicObject) -> String {
    let annotations = deployment.metadata.annotations.as_ref();
    annotations.and_then(|all| all.get("deployment.kubernetes.io/revision").cloned()).unwrap_or_default()
}

/// Waits until the pods of a revision are there.
async fn reaches(plane: &ControlPlane, namespace: &str, revision: &str) -> Result<()> {
    let what = format!("has the revision {revision}");
    let is_there = |deployment: &DynamicObject| revision_of(deployment) == revision;
    plane.until(kinds::deployment(), namespace, NAME, &what, LIMIT, is_there).await?;
    plane.until_true(kinds::app(), namespace, NAME, "Ready", LIMIT).await?;
    Ok(())
}
