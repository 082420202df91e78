//! Remedies of what keeps a database from being deleted.

use anyhow::{Context, Result};
use goldenpath_provider_api::rds::Instance;
use serde_json::{Value, json};

use super::{Cured, cured};
use crate::scene::{DB, NAME, change, made};

/// One in a status of AWS's whose deletion is asked for, and what is done then: a change of the spec, or of the status.
async fn deleted(spec: Value, status: &str, right: &Value, back: Option<&str>) -> Result<Cured> {
    let (aws, cluster) = made(spec).await;
    aws.change(DB, json!({"DBInstanceStatus": status})).await?;
    cluster.delete::<Instance>(NAME)?;
    cured::<Instance>(&cluster, &aws, NAME, async || {
        change(&cluster, right);
        match back {
            Some(status) => aws.change(DB, json!({"DBInstanceStatus": status})).await,
            None => Ok(()),
        }
    })
    .await
}

fn without_snapshot() -> Value {
    json!({"skipFinalSnapshot": true})
}

pub(super) async fn protected() -> Result<Cured> {
    let off = json!({"deletionProtection": false});
    deleted(json!({"deletionProtection": true}), "available", &off, None).await
}

/// AWS protects it, and does not show that.
pub(super) async fn protected_by_aws() -> Result<Cured> {
    let (aws, cluster) = made(json!({"deletionProtection": null})).await;
    let words = "Cannot delete protected DB Instance, please disable deletion protection and try again.";
    aws.refuse("DeleteDBInstance", "InvalidParameterCombination", words, 1).await?;
    cluster.delete::<Instance>(NAME)?;
    cured::<Instance>(&cluster, &aws, NAME, async || {
        change(&cluster, &json!({"deletionProtection": false}));
        Ok(())
    })
    .await
}

pub(super) async fn snapshot_missing() -> Result<Cured> {
    let (aws, cluster) = made(json!({"finalSnapshotIdentifier": "last"})).await;
    cluster.delete::<Instance>(NAME)?;
    cluster.reconcile::<Instance>(NAME).await?;
    aws.pass(600).await?;
    aws.rds("Action=DeleteDBSnapshot&DBSnapshotIdentifier=last").await?;
    cured::<Instance>(&cluster, &aws, NAME, async || {
        change(&cluster, &without_snapshot());
        Ok(())
    })
    .await
}

pub(super) async fn stopped() -> Result<Cured> {
    let (aws, cluster) = made(json!({"deletionProtection": true})).await;
    aws.rds(&format!("Action=StopDBInstance&DBInstanceIdentifier={DB}")).await?;
    aws.pass(600).await?;
    change(&cluster, &json!({"deletionProtection": false}));
    cluster.delete::<Instance>(NAME)?;
    cured::<Instance>(&cluster, &aws, NAME, async || {
        aws.rds(&format!("Action=StartDBInstance&DBInstanceIdentifier={DB}")).await?;
        aws.pass(600).await
    })
    .await
}

const LOST_KEY: &str = "inaccessible-encryption-credentials";

pub(super) async fn key_is_back() -> Result<Cured> {
    deleted(json!({"storageEncrypted": true}), LOST_KEY, &json!({}), Some("available")).await
}

pub(super) async fn without_a_key() -> Result<Cured> {
    deleted(json!({"storageEncrypted": true}), LOST_KEY, &without_snapshot(), None).await
}

pub(super) async fn repaired() -> Result<Cured> {
    deleted(json!({"backupRetentionPeriod": 0}), "failed", &json!({}), Some("available")).await
}

pub(super) async fn without_a_snapshot() -> Result<Cured> {
    deleted(json!({"backupRetentionPeriod": 0}), "failed", &without_snapshot(), None).await
}

/// The spec's name of the final snapshot is another snapshot's.
pub(super) async fn name_is_taken(then: &str) -> Result<Cured> {
    let (aws, cluster) = made(json!({"finalSnapshotIdentifier": "last"})).await;
    aws.rds(&format!("Action=CreateDBSnapshot&DBSnapshotIdentifier=last&DBInstanceIdentifier={DB}")).await?;
    aws.pass(600).await?;
    cluster.delete::<Instance>(NAME)?;
    let name = Some(then).filter(|name| !name.is_empty());
    cured::<Instance>(&cluster, &aws, NAME, async || {
        change(&cluster, &json!({"finalSnapshotIdentifier": name}));
        Ok(())
    })
    .await
}

/// So are the derived ones: of the identity of the database, and of its object.
pub(super) async fn names_are_taken() -> Result<Cured> {
    let (aws, cluster) = made(json!({})).await;
    let db = aws.instance(DB).await?.context("the database")?;
    let id = db["DbiResourceId"].as_str().context("its identity")?.trim_start_matches("db-").to_lowercase();
    for short in [&id[..8], "11111111"] {
        let create = "Action=CreateDBSnapshot&DBInstanceIdentifier";
        aws.rds(&format!("{create}={DB}&DBSnapshotIdentifier={DB}-final-{short}")).await?;
        aws.pass(600).await?;
    }
    cluster.delete::<Instance>(NAME)?;
    cured::<Instance>(&cluster, &aws, NAME, async || {
        change(&cluster, &json!({"finalSnapshotIdentifier": "free"}));
        Ok(())
    })
    .await
}
