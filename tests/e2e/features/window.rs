//! What AWS defers: it waits in sight, can be taken back, and comes with the window or at once; and a major upgrade.

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, kinds, wait};
use kube::core::DynamicObject;
use serde_json::{Value, json};

use super::now;
use super::picture::changes_asked_for;
use crate::request::{Database, READY_LIMIT, SHORT_LIMIT};

/// A change that costs something waits for the maintenance window unless the spec says otherwise, and a major upgrade for
/// consent.
pub(crate) async fn what_costs_something_waits_for_its_window_or_for_consent(
    plane: &ControlPlane,
) -> Result<()> {
    let namespace = plane.namespace("window").await?;
    let database = Database::apply(plane, &namespace, "orders-db", json!({"version": "15"})).await?;
    database.ready().await?;

    database.change(json!({"highAvailability": true})).await?;
    pending(plane, &database, &["spec.highAvailability MaintenanceWindow"]).await?;
    has(plane, &database, "MultiAZ", json!(false)).await?;
    database.change(json!({"highAvailability": false})).await?;
    pending(plane, &database, &[]).await?;

    database.change(json!({"highAvailability": true})).await?;
    pending(plane, &database, &["spec.highAvailability MaintenanceWindow"]).await?;
    plane.aws().maintain(&database.identifier().await?).await?;
    has(plane, &database, "MultiAZ", json!(true)).await?;
    pending(plane, &database, &[]).await?;

    database.change(json!({"highAvailability": false, "maintenance": {"applyImmediately": true}})).await?;
    has(plane, &database, "MultiAZ", json!(false)).await?;
    pending(plane, &database, &[]).await?;

    upgraded(plane, &database).await?;
    database.remove().await
}

/// Refused without consent, and one call with it.
async fn upgraded(plane: &ControlPlane, database: &Database<'_>) -> Result<()> {
    let refused = database.change(json!({"version": "16"})).await;
    let refusal = format!("{:#}", refused.err().context("a major upgrade was let through")?);
    ensure!(refusal.contains("set spec.upgrade.allowMajor"), "{refusal}");

    let begun = now()?;
    database.change(json!({"version": "16", "upgrade": {"allowMajor": true, "preSnapshot": false}})).await?;
    has(plane, database, "EngineVersion", json!("16.9")).await?;
    let runs = |xr: &DynamicObject| xr.data["status"]["engineVersion"] == "16.9";
    let (namespace, name) = (&database.namespace, &database.name);
    plane.until(kinds::database(), namespace, name, "runs the version", READY_LIMIT, runs).await?;
    let asked = changes_asked_for(plane, database, begun).await?;
    ensure!(asked == ["ModifyDBInstance(AllowMajorVersionUpgrade, EngineVersion)"], "{asked:?}");
    database.ready().await?;
    database.without_problems(SHORT_LIMIT).await
}

/// Waits until the XR tells of exactly these changes; the database is used meanwhile.
async fn pending(plane: &ControlPlane, database: &Database<'_>, expected: &[&str]) -> Result<()> {
    let told = |xr: &DynamicObject| -> Vec<String> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let changes = xr.data["status"]["pendingChanges"].as_array().cloned().unwrap_or_default();
        changes.iter().map(|change| format!("{} {}", text(&change["field"]), text(&change["when"]))).collect()
    };
    let is = |xr: &DynamicObject| {
        xr.data["status"]["observedGeneration"].as_i64() == xr.metadata.generation && told(xr) == expected
    };
    let what = format!("tells of {expected:?}");
    let (namespace, name) = (&database.namespace, &database.name);
    plane.until(kinds::database(), namespace, name, &what, SHORT_LIMIT, is).await?;
    database.ready().await?;
    Ok(())
}

/// Waits until an available DB instance has a field of a value.
async fn has(plane: &ControlPlane, database: &Database<'_>, field: &str, value: Value) -> Result<()> {
    let identifier = database.identifier().await?;
    wait::until(&format!("{field} is {value}"), SHORT_LIMIT, async || {
        let instance = plane.aws().instance(&identifier).await?.context("no such instance")?;
        Ok((instance.status == "available" && instance.fields.get(field) == Some(&value)).then_some(()))
    })
    .await
}
