//! An app and databases that are there already, here and elsewhere.

use anyhow::{Result, ensure};
use goldenpath_tests::{ControlPlane, kinds, objects};
use kube::core::DynamicObject;
use serde_json::json;

use super::{NAME, apply, change, deployment, problem};
use crate::request::{Database, READY_LIMIT, SHORT_LIMIT};

/// One of another namespace is used once its owner lets it, with a copy of its credentials, and counts the app; one of the
/// namespace is used with the Secret that it has.
pub(crate) async fn an_app_uses_databases_that_are_there_already(plane: &ControlPlane) -> Result<()> {
    let (home, guest) = (plane.namespace("owner").await?, plane.namespace("user").await?);
    let theirs = Database::apply(plane, &home, "orders-db", json!({})).await?;
    let ours = Database::apply(plane, &guest, "stock-db", json!({"secretRef": {"name": "stock"}})).await?;
    theirs.ready().await?;
    ours.ready().await?;
    apply(plane, &guest, json!({"ref": {"name": "orders-db", "namespace": home}})).await?;
    let refused = |app: &DynamicObject| problem(app, "ReferenceNotAllowed").is_some();
    plane.until(kinds::app(), &guest, NAME, "is refused the database", READY_LIMIT, refused).await?;
    let copies = objects::list(plane.client(), &kinds::external_secret(), &guest).await?;
    ensure!(copies.len() == 1, "it was copied before it was allowed");

    theirs.change(json!({"allowedNamespaces": [guest]})).await?;
    touch(plane, &guest).await?;
    let app = plane.until_true(kinds::app(), &guest, NAME, "Ready", READY_LIMIT).await?;
    let expected = json!({"name": "orders-db", "phase": "Available", "secretName": "shop-db-ref"});
    ensure!(app.data["status"]["database"] == expected, "{}", app.data["status"]);
    named(plane, &guest, "shop-db-ref").await?;
    let counts =
        |xr: &DynamicObject| xr.data["status"]["consumers"] == json!([{"namespace": guest, "app": NAME}]);
    plane.until(kinds::database(), &home, "orders-db", "counts the app", READY_LIMIT, counts).await?;

    change(plane, &guest, json!({"database": {"ref": {"name": "stock-db", "namespace": null}}})).await?;
    plane.until_gone(kinds::external_secret(), &guest, "shop-db-ref", READY_LIMIT).await?;
    plane.until_true(kinds::app(), &guest, NAME, "Ready", READY_LIMIT).await?;
    named(plane, &guest, "stock").await?;
    plane.delete(&kinds::app(), &guest, NAME).await?;
    plane.until_gone(kinds::app(), &guest, NAME, SHORT_LIMIT).await?;
    ours.remove().await?;
    theirs.change(json!({"allowedNamespaces": []})).await?;
    plane.until_gone(kinds::usage(), &home, "orders-db-protection", READY_LIMIT).await?;
    theirs.remove().await
}

/// What is somebody else's is looked at again every minute; a story does not wait so long.
async fn touch(plane: &ControlPlane, namespace: &str) -> Result<()> {
    let patch = json!({"metadata": {"annotations": {"crossplane.io/poll-interval": "1s"}}});
    objects::merge(plane.client(), &kinds::app(), namespace, NAME, &patch).await?;
    Ok(())
}

async fn named(plane: &ControlPlane, namespace: &str, secret: &str) -> Result<()> {
    let deployment = deployment(plane, namespace).await?;
    let sources = &deployment.data["spec"]["template"]["spec"]["containers"][0]["envFrom"];
    ensure!(*sources == json!([{"secretRef": {"name": secret}}]), "{sources}");
    Ok(())
}
