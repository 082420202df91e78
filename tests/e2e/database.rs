//! The main job: an XR becomes a database, stays what it was asked to be, and goes without loss.

use anyhow::{Context, Result, ensure};
use goldenpath_tests::wait;
use goldenpath_tests::{ControlPlane, kinds, objects};
use kube::core::DynamicObject;
use serde_json::{Value, json};

use crate::request::{Database, READY_LIMIT, SHORT_LIMIT};

/// Ten lines become a running, encrypted, tagged database with its credentials in the namespace.
pub(crate) async fn an_xr_becomes_a_database(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("database").await?;
    let storage = json!({"storage": {"size": "20Gi", "maxSize": "100Gi"}});
    let database = Database::apply(plane, &namespace, "orders-db", storage).await?;
    let xr = database.ready().await?;

    let identifier = database.identifier().await?;
    let instance = plane.aws().instance(&identifier).await?.context("no such instance in AWS")?;
    ensure!(instance.status == "available", "{instance:?}");
    ensure!(instance.storage_encrypted, "{instance:?}");
    for (tag, value) in [
        ("crossplane-kind", "instance.rds.aws.m.goldenpath.io"),
        ("crossplane-name", "orders-db"),
        ("goldenpath.io/namespace", namespace.as_str()),
        ("goldenpath.io/team", "payments"),
    ] {
        ensure!(instance.tags.get(tag).is_some_and(|v| v == value), "tag {tag} in {instance:?}");
    }

    let stored = stored(plane, &database).await?;
    let password = instance.password.context("AWS was given no password")?;
    ensure!(stored["password"] == password.0.as_str(), "the stored password is not the database's");
    for (standard, environment) in [
        ("host", "POSTGRES_HOST"),
        ("port", "POSTGRES_PORT"),
        ("username", "POSTGRES_USER"),
        ("password", "POSTGRES_PASSWORD"),
        ("dbname", "POSTGRES_DB"),
    ] {
        ensure!(text(&stored[standard]) == text(&stored[environment]), "{standard} and {environment} differ");
        ensure!(!text(&stored[standard]).is_empty(), "{standard} is empty");
    }
    ensure!(stored["engine"] == "postgres" && stored["dbInstanceIdentifier"] == identifier.as_str());

    let delivered = plane.secret(&namespace, "orders-db").await?.context("no Secret in the namespace")?;
    ensure!(delivered.get("POSTGRES_PASSWORD").map(String::as_str) == stored["password"].as_str());
    let status = &xr.data["status"];
    ensure!(status["phase"] == "Available" && status["secretName"] == "orders-db", "{status:#}");
    ensure!(status["problems"].as_array().is_none_or(Vec::is_empty), "{status:#}");
    ensure!(text(&status["endpoint"]).contains(text(&stored["host"]).as_str()), "{status:#}");
    for condition in ["Accepted", "Available", "SecretSynced"] {
        ensure!(objects::condition(&xr, condition) == Some("True"), "{condition}: {status:#}");
    }
    database.remove().await
}

/// The other engine: its own port, and its own names in the Secret.
pub(crate) async fn an_xr_becomes_a_database_of_mysql(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("mysql").await?;
    let spec = json!({"engine": "mysql", "version": "8.4"});
    let database = Database::apply(plane, &namespace, "orders-db", spec).await?;
    database.ready().await?;
    let identifier = database.identifier().await?;
    let instance = plane.aws().instance(&identifier).await?.context("no such instance in AWS")?;
    ensure!(instance.fields["Engine"] == "mysql", "{:?}", instance.fields);
    let delivered = plane.secret(&namespace, "orders-db").await?.context("no Secret in the namespace")?;
    for (standard, environment) in [
        ("host", "MYSQL_HOST"),
        ("port", "MYSQL_PORT"),
        ("username", "MYSQL_USER"),
        ("password", "MYSQL_PASSWORD"),
        ("dbname", "MYSQL_DB"),
    ] {
        ensure!(delivered.contains_key(standard), "{standard} is missing");
        ensure!(delivered.get(standard) == delivered.get(environment), "{standard} and {environment} differ");
    }
    ensure!(delivered["port"] == "3306" && delivered["engine"] == "mysql", "{:?}", delivered.keys());
    database.remove().await
}

/// The version of the spec is the lowest that may run: what AWS has installed since stays, and is told.
pub(crate) async fn a_newer_minor_version_stays(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("floor").await?;
    let database = Database::apply(plane, &namespace, "orders-db", json!({"version": "16"})).await?;
    database.ready().await?;
    let identifier = database.identifier().await?;
    let before = plane.aws().calls("ModifyDBInstance", &identifier).await?.len();
    plane.aws().drift(&identifier, "EngineVersion", json!("16.99")).await?;
    let is_told = |xr: &DynamicObject| xr.data["status"]["engineVersion"] == "16.99";
    let (kind, what) = (kinds::database(), "says that 16.99 runs");
    plane.until(kind, &namespace, "orders-db", what, SHORT_LIMIT, is_told).await?;
    database.without_problems(SHORT_LIMIT).await?;
    let after = plane.aws().calls("ModifyDBInstance", &identifier).await?;
    ensure!(after.len() == before, "AWS was asked for another version: {after:?}");
    database.remove().await
}

/// What somebody changes in AWS is put back, and told.
pub(crate) async fn drift_is_put_back_and_reported(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("drift").await?;
    let database = Database::apply(plane, &namespace, "orders-db", json!({})).await?;
    database.ready().await?;
    let identifier = database.identifier().await?;

    plane.aws().drift(&identifier, "BackupRetentionPeriod", json!(1)).await?;
    wait::until("the retention is put back", SHORT_LIMIT, async || {
        let instance = plane.aws().instance(&identifier).await?.context("no such instance")?;
        Ok((instance.fields["BackupRetentionPeriod"] == 7).then_some(()))
    })
    .await?;
    wait::until("an event tells of it", SHORT_LIMIT, async || {
        let events = objects::events(plane.client(), &namespace, "Instance", "orders-db").await?;
        Ok(events
            .iter()
            .any(|e| e.contains("UpdatedExternalResource") && e.contains("backupRetentionPeriod"))
            .then_some(()))
    })
    .await?;
    database.remove().await
}

/// Deleting the XR leaves a final snapshot, no instance, and a secret in its recovery window.
pub(crate) async fn deletion_keeps_what_can_be_needed(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("deletion").await?;
    let database = Database::apply(plane, &namespace, "orders-db", json!({})).await?;
    database.ready().await?;
    let (identifier, path) = (database.identifier().await?, database.secret_path().await?);
    database.remove().await?;

    let state = plane.aws().state().await?;
    ensure!(!state.instances.iter().any(|i| i.identifier == identifier), "the instance is still there");
    let snapshot = state.snapshots.iter().find(|s| s.instance == identifier).context("no final snapshot")?;
    ensure!(snapshot.status == "available" && snapshot.encrypted, "{snapshot:?}");
    let secret = state.secrets.iter().find(|s| s.name == path).context("the secret is gone at once")?;
    ensure!(secret.deleted_date.is_some(), "the secret was not deleted");

    // Asked for again within the window, the database is a new one and the secret is the old one.
    let again = Database::apply(plane, &namespace, "orders-db", json!({})).await?;
    again.ready().await?;
    let instance = plane.aws().instance(&identifier).await?.context("no such instance")?;
    let stored = stored(plane, &again).await?;
    ensure!(instance.password.is_some_and(|p| stored["password"] == p.0.as_str()), "the passwords differ");
    again.remove().await
}

/// An instance that somebody removed is reported, not silently replaced by an empty one.
pub(crate) async fn an_instance_removed_by_others_is_reported(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("vanished").await?;
    let database = Database::apply(plane, &namespace, "orders-db", json!({})).await?;
    database.ready().await?;
    let identifier = database.identifier().await?;
    let parameters = json!({"DBInstanceIdentifier": identifier, "SkipFinalSnapshot": "true"});
    plane.aws().call("rds", "DeleteDBInstance", &parameters).await?;

    let problem = database.problem("ExternallyDeleted", READY_LIMIT).await?;
    ensure!(!text(&problem["remedy"]).is_empty(), "{problem:#}");
    ensure!(plane.aws().instance(&identifier).await?.is_none(), "it was silently made again");
    database.remove().await
}

/// The JSON in Secrets Manager.
async fn stored(plane: &ControlPlane, database: &Database<'_>) -> Result<Value> {
    let secret =
        plane.aws().secret(&database.secret_path().await?).await?.context("no such secret in AWS")?;
    secret.json().context("the secret's value is no JSON")
}

/// A scalar as text: a port may be a number in one place and a string in another.
fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| if value.is_null() { String::new() } else { value.to_string() }, str::to_owned)
}
