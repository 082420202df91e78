//! What waits for the maintenance window and is taken back never happens, and takes nothing else along.

use goldenpath_reports::Aws;
use serde_json::{Value, json};

use crate::scene::{DB, change, made, ready};

/// A field, a value that waits for the window, the value that runs, and AWS's name of it.
fn deferred() -> Vec<(&'static str, Value, Value, &'static str)> {
    vec![
        ("allocatedStorage", json!(500), json!(400), "AllocatedStorage"),
        ("backupRetentionPeriod", json!(0), json!(7), "BackupRetentionPeriod"),
        ("engineVersion", json!("17"), json!("16"), "EngineVersion"),
        ("instanceClass", json!("db.m7g.large"), json!("db.t4g.small"), "DBInstanceClass"),
        ("iops", json!(14000), json!(12000), "Iops"),
        ("multiAz", json!(true), json!(false), "MultiAZ"),
        ("storageType", json!("io2"), json!("gp3"), "StorageType"),
    ]
}

/// What others may have queued, in forms that this provider does not compare.
fn of_others() -> Vec<(&'static str, Value)> {
    vec![
        ("AutomationMode", json!("all-paused")),
        ("CACertificateIdentifier", json!("rds-ca-ecc384-g1")),
        ("DBInstanceIdentifier", json!("renamed")),
        ("DBSubnetGroupName", json!("another")),
        ("DedicatedLogVolume", json!(true)),
        ("IAMDatabaseAuthenticationEnabled", json!(true)),
        ("LicenseModel", json!("bring-your-own-license")),
        ("StorageThroughput", json!(600)),
    ]
}

async fn pending(aws: &Aws) -> Value {
    aws.instance(DB).await.unwrap().unwrap()["PendingModifiedValues"].clone()
}

/// Queues a value, takes it back, and runs the window.
async fn cancel(field: &str, queued: &Value, runs: &Value, member: &str, other: Option<(&str, Value)>) {
    let spec = json!({
        "applyImmediately": false, "allowMajorVersionUpgrade": true, "allocatedStorage": 400, "iops": 12000,
        "multiAz": false,
    });
    let (aws, cluster) = made(spec).await;
    let before = aws.instance(DB).await.unwrap().unwrap()[member].clone();
    if let Some((member, value)) = &other {
        aws.change(DB, json!({"PendingModifiedValues": {*member: value}})).await.unwrap();
    }
    change(&cluster, &json!({field: queued}));
    ready(&cluster, &aws).await.unwrap();
    assert!(!pending(&aws).await[member].is_null(), "{member} waits");

    change(&cluster, &json!({field: runs}));
    ready(&cluster, &aws).await.unwrap();
    aws.pass(60).await.unwrap();
    assert!(pending(&aws).await[member].is_null(), "{member} is taken back");
    if let Some((other, _)) = &other {
        assert!(!pending(&aws).await[*other].is_null(), "{other} is not flushed by {member}");
    }

    aws.side("maintenance", Some(json!({"region": "eu-central-1", "instance": DB}))).await.unwrap();
    aws.pass(600).await.unwrap();
    ready(&cluster, &aws).await.unwrap();
    assert_eq!(aws.instance(DB).await.unwrap().unwrap()[member], before, "{member} has not happened");
    let calls = aws.calls("ModifyDBInstance").await.unwrap().len();
    assert_eq!(calls, 2, "{member}: asked for, and taken back");
}

#[tokio::test]
async fn every_deferred_change_can_be_taken_back() {
    for (field, queued, runs, member) in deferred() {
        cancel(field, &queued, &runs, member, None).await;
    }
}

#[tokio::test]
async fn taking_back_flushes_nothing_of_others() {
    for (other, value) in of_others() {
        cancel("multiAz", &json!(true), &json!(false), "MultiAZ", Some((other, value))).await;
    }
}
