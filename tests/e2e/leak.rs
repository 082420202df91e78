//! The password is in the one Secret that External Secrets Operator writes, and nowhere else in reach of the cluster.

use anyhow::{Context, Result, ensure};
use goldenpath_tests::scan::Hit;
use goldenpath_tests::{ControlPlane, wait};
use serde_json::json;

use crate::request::{Database, SHORT_LIMIT};

/// All of etcd, every log, event, metric page and status is searched; a planted leak is found.
pub(crate) async fn a_password_is_in_its_one_secret_only(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("leak").await?;
    let database = Database::apply(plane, &namespace, "orders-db", json!({})).await?;
    database.ready().await?;
    let identifier = database.identifier().await?;
    let instance = plane.aws().instance(&identifier).await?.context("no such instance")?;
    let password = instance.password.context("AWS was given no password")?.0;

    let target = Hit::Key(format!("/registry/secrets/{namespace}/orders-db"));
    ensure!(plane.scan(&password).await? == [target.clone()], "found at {:?}", plane.scan(&password).await?);

    // A planted leak makes the scan fail, so it is a scan that can.
    let leak = json!({
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "leak"}, "data": {"dsn": format!("app:{password}@db")},
    });
    plane.apply(&leak.to_string(), &namespace).await?;
    let planted = Hit::Key(format!("/registry/configmaps/{namespace}/leak"));
    wait::until("the planted leak is found", SHORT_LIMIT, async || {
        Ok((plane.scan(&password).await? == [planted.clone(), target.clone()]).then_some(()))
    })
    .await?;
    database.remove().await
}
