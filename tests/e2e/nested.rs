//! An app and the database that it uses: from ten lines to pods with credentials, through a rotated password, to the end.

mod ends;
mod lent;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, kinds, objects, wait};
use kube::core::DynamicObject;
use serde_json::{Value, json};

use crate::app::{self, deployment};
use crate::request::{Database, READY_LIMIT, SHORT_LIMIT, deletion_is_refused, problem};

pub(crate) use ends::every_way_to_end_an_app_with_a_database_ends_clean;
pub(crate) use lent::an_app_uses_databases_that_are_there_already;

const NAME: &str = "shop";
const DATABASE: &str = "shop-db";
const ROTATED: &str = "rotated-by-somebody";

/// App, database, RDS, Secret, pods, Ready; a rotated password rolls the pods exactly once; a protected database keeps its
/// app, and both go once it is let go.
pub(crate) async fn an_app_has_a_database_of_its_own(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("nested").await?;
    apply(plane, &namespace, json!({"enabled": true})).await?;
    let app = plane.until_true(kinds::app(), &namespace, NAME, "Ready", READY_LIMIT).await?;
    let status = &app.data["status"];
    let expected = json!({"name": DATABASE, "phase": "Available", "secretName": DATABASE});
    ensure!(status["phase"] == "Running" && status["database"] == expected, "{status}");
    let database = Database::existing(plane, &namespace, DATABASE);
    let version = database.xr().await?.data["spec"]["version"].clone();
    ensure!(version == "17", "the platform's version is taken: {version}");
    let identifier = database.identifier().await?;
    plane.aws().instance(&identifier).await?.context("there is no instance in AWS")?;
    let deployment = deployment(plane, &namespace).await?;
    let sources = &deployment.data["spec"]["template"]["spec"]["containers"][0]["envFrom"];
    ensure!(*sources == json!([{"secretRef": {"name": DATABASE}}]), "{sources}");
    ensure!(replica_sets(plane, &namespace).await? == 1, "the pods were made before their credentials");

    database.rotate(ROTATED).await?;
    wait::until("the pods are rolled", READY_LIMIT, async || {
        Ok((replica_sets(plane, &namespace).await? > 1).then_some(()))
    })
    .await?;
    plane.until_true(kinds::app(), &namespace, NAME, "Ready", READY_LIMIT).await?;
    rests(plane, &namespace).await?;
    ensure!(replica_sets(plane, &namespace).await? == 2, "the pods were rolled more than once");

    let words = ".spec.database.deletion.protection to false first";
    plane.until_true(kinds::app(), &namespace, NAME, "DeletionBlocked", SHORT_LIMIT).await?;
    deletion_is_refused(plane, kinds::app(), &namespace, NAME, words).await?;
    deletion_is_refused(plane, kinds::database(), &namespace, DATABASE, "in-use").await?;

    change(plane, &namespace, json!({"database": {"enabled": false}})).await?;
    let stays = |app: &DynamicObject| problem(app, "DeletionProtected").is_some();
    plane.until(kinds::app(), &namespace, NAME, "says that its database stays", READY_LIMIT, stays).await?;
    ensure!(replica_sets(plane, &namespace).await? == 3, "its pods have let go of the Secret");
    change(plane, &namespace, json!({"database": {"deletion": {"protection": false}}})).await?;
    for kind in [kinds::database(), kinds::instance(), kinds::managed_secret()] {
        plane.until_gone(kind, &namespace, DATABASE, READY_LIMIT).await?;
    }
    plane.until_true(kinds::app(), &namespace, NAME, "Ready", READY_LIMIT).await?;
    plane.delete(&kinds::app(), &namespace, NAME).await?;
    plane.until_gone(kinds::app(), &namespace, NAME, READY_LIMIT).await?;
    plane.until_gone(kinds::deployment(), &namespace, NAME, SHORT_LIMIT).await
}

async fn apply(plane: &ControlPlane, namespace: &str, database: Value) -> Result<()> {
    let xr = json!({
        "apiVersion": "goldenpath.io/v1alpha1", "kind": "GoldenPathApp", "metadata": {"name": NAME},
        "spec": {"image": "registry.example/shop:v1", "database": database},
    });
    plane.apply(&xr.to_string(), namespace).await?;
    Ok(())
}

async fn change(plane: &ControlPlane, namespace: &str, spec: Value) -> Result<()> {
    app::change(plane, namespace, &json!({ "spec": spec })).await
}

/// How many different pods there have been.
async fn replica_sets(plane: &ControlPlane, namespace: &str) -> Result<usize> {
    let kind = kinds::kind("apps", "v1", "ReplicaSet", "replicasets");
    Ok(objects::list(plane.client(), &kind, namespace).await?.len())
}

/// Waits until nobody writes the Deployment any more.
async fn rests(plane: &ControlPlane, namespace: &str) -> Result<()> {
    let mut last = None;
    wait::until("the Deployment rests", SHORT_LIMIT, async || {
        let now = deployment(plane, namespace).await?.metadata.resource_version;
        Ok((last.replace(now.clone()) == Some(now)).then_some(()))
    })
    .await
}
