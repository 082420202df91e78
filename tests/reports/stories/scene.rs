//! What stories share: an Instance that is ready.

use anyhow::{Result, ensure};
use goldenpath_provider_api::rds::Instance;
use goldenpath_provider_core::Readiness;
use goldenpath_reports::{Aws, Cluster, Outcome, REGION};
use serde_json::{Value, json};

/// The object of every story.
pub(crate) const NAME: &str = "payments/orders";
/// Its external name.
pub(crate) const DB: &str = "payments-orders";

pub(crate) async fn aws() -> (Aws, Cluster) {
    let aws = Aws::start().await.unwrap();
    let cluster = Cluster::new("blue", &aws).unwrap();
    (aws, cluster)
}

/// An Instance, with what a story lays over its spec.
pub(crate) fn instance(over: Value) -> Value {
    let mut object = json!({
        "apiVersion": "rds.aws.m.goldenpath.io/v1alpha1", "kind": "Instance",
        "metadata": {
            "name": "orders", "namespace": "payments", "uid": "11111111-2222-3333-4444-555555555555",
            "finalizers": ["finalizer.managedresource.crossplane.io"],
            "annotations": {"crossplane.io/external-name": DB},
        },
        "spec": {"forProvider": {
            "region": REGION, "engine": "postgres", "engineVersion": "16", "instanceClass": "db.t4g.small",
            "allocatedStorage": 20, "storageType": "gp3", "username": "app", "manageMasterUserPassword": true,
            "backupRetentionPeriod": 7, "applyImmediately": true, "deletionProtection": false,
        }},
    });
    if let Value::Object(over) = over {
        for (key, value) in over {
            object["spec"]["forProvider"][key] = value;
        }
    }
    object
}

/// Brings an object to rest, as something that can be used.
pub(crate) async fn ready(cluster: &Cluster, aws: &Aws) -> Result<()> {
    let outcome = cluster.settle::<Instance>(NAME, aws).await?;
    ensure!(outcome == Outcome::Rests(Readiness::Available), "{outcome:?}");
    Ok(())
}

/// What is told of an object, and its reason.
pub(crate) async fn told(cluster: &Cluster, aws: &Aws) -> Result<&'static str> {
    match cluster.settle::<Instance>(NAME, aws).await? {
        Outcome::Told(fault) => {
            ensure!(fault.remedy.is_some(), "nothing helps against {fault}");
            Ok(fault.reason)
        }
        Outcome::LetGo => Ok("(let go)"),
        outcome => anyhow::bail!("{outcome:?}"),
    }
}

/// An Instance that is ready, alone in its AWS.
pub(crate) async fn made(over: Value) -> (Aws, Cluster) {
    let (aws, cluster) = aws().await;
    cluster.apply(&instance(over)).unwrap();
    ready(&cluster, &aws).await.unwrap();
    (aws, cluster)
}

/// A database that a person has made in AWS, with a user name and what else a request has.
pub(crate) async fn database_by_hand(aws: &Aws, identifier: &str, user_name: &str, besides: &str) {
    let create = format!(
        "Action=CreateDBInstance&DBInstanceIdentifier={identifier}&Engine=postgres&EngineVersion=16\
         &DBInstanceClass=db.t4g.small&AllocatedStorage=20&MasterUsername={user_name}\
         &MasterUserPassword=by-hand-and-long&BackupRetentionPeriod=7{besides}"
    );
    aws.rds(&create).await.unwrap();
    aws.pass(600).await.unwrap();
}

/// The snapshot `legacy-1` of such a database.
pub(crate) async fn snapshot_by_hand(aws: &Aws, user_name: &str, besides: &str) {
    database_by_hand(aws, "legacy", user_name, besides).await;
    let snapshot = "Action=CreateDBSnapshot&DBInstanceIdentifier=legacy&DBSnapshotIdentifier=legacy-1";
    aws.rds(snapshot).await.unwrap();
    aws.pass(600).await.unwrap();
}

/// Changes the spec.
pub(crate) fn change(cluster: &Cluster, over: &Value) {
    cluster
        .edit::<Instance>(NAME, |object| {
            let mut params = serde_json::to_value(&object.spec.for_provider).unwrap();
            for (key, value) in over.as_object().unwrap() {
                params[key] = value.clone();
            }
            object.spec.for_provider = serde_json::from_value(params).unwrap();
        })
        .unwrap();
}
