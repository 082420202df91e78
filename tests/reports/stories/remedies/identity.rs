//! Remedies where it is in question whose a database is, or where.

use anyhow::Result;
use goldenpath_provider_api::rds::Instance;
use goldenpath_reports::{ACCOUNT, Cluster, OTHER_ACCOUNT};
use kube::ResourceExt;
use serde_json::json;

use super::{Cured, cured};
use crate::scene::{DB, NAME, aws, change, database_by_hand, instance, made};

fn annotate(cluster: &Cluster, key: &str, value: &str) -> Result<()> {
    cluster.edit::<Instance>(NAME, |object| {
        object.annotations_mut().insert(key.to_owned(), value.to_owned());
    })
}

const ADOPT: &str = "goldenpath.io/adopt";
const NAMED: &str = "crossplane.io/external-name";

pub(super) async fn missing() -> Result<Cured> {
    let (aws, cluster) = aws().await;
    let mut looking = instance(json!({}));
    looking["spec"]["managementPolicies"] = json!(["Observe"]);
    cluster.apply(&looking)?;
    cured::<Instance>(&cluster, &aws, NAME, async || {
        database_by_hand(&aws, DB, "app", "&StorageType=gp3").await;
        Ok(())
    })
    .await
}

pub(super) async fn restored() -> Result<Cured> {
    let (aws, cluster) = made(json!({})).await;
    let delete = "Action=DeleteDBInstance&FinalDBSnapshotIdentifier=last&DBInstanceIdentifier=";
    aws.rds(&format!("{delete}{DB}")).await?;
    aws.pass(600).await?;
    cured::<Instance>(&cluster, &aws, NAME, async || {
        let restore =
            "Action=RestoreDBInstanceFromDBSnapshot&DBSnapshotIdentifier=last&DBInstanceIdentifier=";
        aws.rds(&format!("{restore}{DB}")).await?;
        aws.pass(600).await?;
        annotate(&cluster, ADOPT, "true")
    })
    .await
}

pub(super) async fn made_anew() -> Result<Cured> {
    let (aws, cluster) = made(json!({})).await;
    aws.rds(&format!("Action=DeleteDBInstance&SkipFinalSnapshot=true&DBInstanceIdentifier={DB}")).await?;
    aws.pass(600).await?;
    cured::<Instance>(&cluster, &aws, NAME, async || {
        change(&cluster, &json!({"recreateWhenMissing": true}));
        Ok(())
    })
    .await
}

pub(super) async fn another() -> Result<Cured> {
    let (aws, cluster) = made(json!({})).await;
    aws.side("switchover", Some(json!({"region": "eu-central-1", "instance": DB}))).await?;
    cured::<Instance>(&cluster, &aws, NAME, async || annotate(&cluster, ADOPT, "true")).await
}

async fn taken(key: &str, value: &str) -> Result<Cured> {
    let (aws, cluster) = aws().await;
    database_by_hand(&aws, DB, "app", "&StorageType=gp3").await;
    cluster.apply(&instance(json!({})))?;
    cured::<Instance>(&cluster, &aws, NAME, async || annotate(&cluster, key, value)).await
}

pub(super) async fn another_name() -> Result<Cured> {
    taken(NAMED, "payments-orders-2").await
}

pub(super) async fn adopted() -> Result<Cured> {
    taken(ADOPT, "true").await
}

pub(super) async fn renamed_back() -> Result<Cured> {
    let (aws, cluster) = made(json!({})).await;
    aws.change(DB, json!({"DBInstanceIdentifier": "moved"})).await?;
    cured::<Instance>(&cluster, &aws, NAME, async || {
        aws.change("moved", json!({"DBInstanceIdentifier": DB})).await
    })
    .await
}

pub(super) async fn followed() -> Result<Cured> {
    let (aws, cluster) = made(json!({})).await;
    aws.change(DB, json!({"DBInstanceIdentifier": "moved"})).await?;
    cured::<Instance>(&cluster, &aws, NAME, async || annotate(&cluster, NAMED, "moved")).await
}

pub(super) async fn another_region() -> Result<Cured> {
    let (aws, cluster) = made(json!({})).await;
    change(&cluster, &json!({"region": "eu-west-1"}));
    cured::<Instance>(&cluster, &aws, NAME, async || {
        change(&cluster, &json!({"region": "eu-central-1"}));
        Ok(())
    })
    .await
}

pub(super) async fn another_account() -> Result<Cured> {
    let (aws, cluster) = made(json!({})).await;
    cluster.use_account(OTHER_ACCOUNT, &aws)?;
    cured::<Instance>(&cluster, &aws, NAME, async || cluster.use_account(ACCOUNT, &aws)).await
}
