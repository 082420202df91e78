//! Namespaces are apart, names may be long, and a namespace can be deleted.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, kinds, objects};
use kube::core::DynamicObject;
use serde_json::json;

use crate::request::{Database, READY_LIMIT};

/// Two XRs of one name in two namespaces are two databases.
pub(crate) async fn one_name_in_two_namespaces_is_two_databases(plane: &ControlPlane) -> Result<()> {
    let (left, right) = (plane.namespace("left").await?, plane.namespace("right").await?);
    let left = Database::apply(plane, &left, "orders-db", json!({})).await?;
    let right = Database::apply(plane, &right, "orders-db", json!({})).await?;
    left.ready().await?;
    right.ready().await?;
    ensure!(left.identifier().await? != right.identifier().await?);
    ensure!(left.secret_path().await? != right.secret_path().await?);
    let password = |namespace: String| async move {
        let secret = plane.secret(&namespace, "orders-db").await?.context("no Secret")?;
        secret.get("password").cloned().context("no password")
    };
    ensure!(password(left.namespace.clone()).await? != password(right.namespace.clone()).await?);
    left.remove().await?;
    right.ready().await?;
    right.remove().await
}

/// The longest names that the API accepts make valid names everywhere else.
pub(crate) async fn names_at_the_limit_work(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace(&"n".repeat(58)).await?;
    let database = Database::apply(plane, &namespace, &"d".repeat(44), json!({})).await?;
    database.ready().await?;
    let identifier = database.identifier().await?;
    ensure!(identifier.len() <= 63 && !identifier.contains("--"), "{identifier}");
    database.remove().await
}

/// Deleting the namespace of a database finishes.
pub(crate) async fn deleting_a_namespace_finishes(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("leaving").await?;
    let database = Database::apply(plane, &namespace, "orders-db", json!({})).await?;
    database.ready().await?;
    let identifier = database.identifier().await?;
    plane.delete(&kinds::namespace(), "", &namespace).await?;
    plane.until_gone(kinds::namespace(), "", &namespace, READY_LIMIT).await?;
    ensure!(plane.aws().instance(&identifier).await?.is_none(), "the instance outlived its namespace");
    Ok(())
}

/// Deleting the namespace of a protected database waits, says for what, and ends once the protection is lifted in AWS.
pub(crate) async fn deleting_the_namespace_of_a_protected_database_ends_once_it_may(
    plane: &ControlPlane,
) -> Result<()> {
    let namespace = plane.namespace("guarded").await?;
    let protected = json!({"deletion": {"protection": true}});
    let database = Database::apply(plane, &namespace, "orders-db", protected).await?;
    database.ready().await?;
    let identifier = database.identifier().await?;
    plane.delete(&kinds::namespace(), "", &namespace).await?;
    let is_told = |instance: &DynamicObject| {
        instance.metadata.deletion_timestamp.is_some()
            && instance.data["status"]["problem"]["code"] == "DeletionProtected"
    };
    let what = "says that AWS protects it";
    plane.until(kinds::instance(), &namespace, "orders-db", what, READY_LIMIT, is_told).await?;
    ensure!(plane.aws().instance(&identifier).await?.is_some(), "the protected instance is gone");

    let lifted = json!({"spec": {"forProvider": {"deletionProtection": false}}});
    objects::merge(plane.client(), &kinds::instance(), &namespace, "orders-db", &lifted).await?;
    let since = Instant::now();
    plane.until_gone(kinds::namespace(), "", &namespace, READY_LIMIT).await?;
    eprintln!(
        "the namespace of a protected database went {:.1} s after it might",
        since.elapsed().as_secs_f64()
    );
    ensure!(plane.aws().instance(&identifier).await?.is_none(), "the instance outlived its namespace");
    Ok(())
}
