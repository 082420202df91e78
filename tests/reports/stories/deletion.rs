//! What is deleted leaves its snapshot, and nothing is let go because of one answer.

use goldenpath_provider_api::rds::Instance;
use goldenpath_provider_core::{Event, Severity};
use goldenpath_reports::{Aws, Cluster, Outcome};
use kube::ResourceExt;
use serde_json::json;

use crate::scene::{DB, NAME, change, made, ready, told};

/// The reason and the words of the only event.
fn event(cluster: &Cluster) -> (Severity, &'static str, String) {
    let events = cluster.events();
    assert_eq!(events.len(), 1, "{events:?}");
    let Event { severity, reason, message } = events[0].clone();
    (severity, reason, message)
}

/// The names of the snapshots that somebody has asked for.
async fn snapshots(aws: &Aws) -> Vec<String> {
    let state = aws.side("state", None).await.unwrap();
    let manual = state["snapshots"].as_array().unwrap().iter().filter(|one| one["SnapshotType"] == "manual");
    manual.map(|one| one["DBSnapshotIdentifier"].as_str().unwrap().to_owned()).collect()
}

async fn forget_snapshot(aws: &Aws, name: &str) {
    aws.rds(&format!("Action=DeleteDBSnapshot&DBSnapshotIdentifier={name}")).await.unwrap();
}

#[tokio::test]
async fn the_final_snapshot_is_seen_before_the_object_is_let_go_and_its_arn_is_told() {
    let (aws, cluster) = made(json!({})).await;
    cluster.delete::<Instance>(NAME).unwrap();
    assert_eq!(told(&cluster, &aws).await.unwrap(), "(let go)");
    let taken = snapshots(&aws).await;
    let arn = format!("arn:aws:rds:eu-central-1:111111111111:snapshot:{}", taken[0]);
    assert_eq!(
        event(&cluster),
        (Severity::Normal, "FinalSnapshotTaken", format!("The final snapshot is {arn}"))
    );
    assert_eq!(taken.len(), 1);
}

#[tokio::test]
async fn a_final_snapshot_that_is_not_there_keeps_the_object() {
    let (aws, cluster) = made(json!({})).await;
    cluster.delete::<Instance>(NAME).unwrap();
    assert_eq!(cluster.reconcile::<Instance>(NAME).await.unwrap(), Outcome::Asked);
    aws.pass(600).await.unwrap();
    forget_snapshot(&aws, &snapshots(&aws).await[0]).await;
    assert_eq!(told(&cluster, &aws).await.unwrap(), "FinalSnapshotMissing");
    change(&cluster, &json!({"skipFinalSnapshot": true}));
    assert_eq!(told(&cluster, &aws).await.unwrap(), "(let go)", "as the remedy says");
}

#[tokio::test]
async fn a_snapshot_that_aws_does_not_take_is_told() {
    let (aws, cluster) = made(json!({})).await;
    aws.change(DB, json!({"DBInstanceStatus": "failed"})).await.unwrap();
    cluster.delete::<Instance>(NAME).unwrap();
    assert_eq!(told(&cluster, &aws).await.unwrap(), "(let go)");
    let words =
        "AWS takes no final snapshot of a DB instance that is failed; its automated backups are kept instead";
    assert_eq!(event(&cluster), (Severity::Warning, "FinalSnapshotSkipped", words.to_owned()));
}

#[tokio::test]
async fn one_answer_of_not_found_lets_nothing_go() {
    let (aws, cluster) = made(json!({})).await;
    cluster.delete::<Instance>(NAME).unwrap();
    // By its name, and by its identity.
    aws.refuse("DescribeDBInstances", "DBInstanceNotFound", "DBInstance not found.", 2).await.unwrap();
    assert_eq!(cluster.reconcile::<Instance>(NAME).await.unwrap(), Outcome::Waits);
    assert_eq!(told(&cluster, &aws).await.unwrap(), "(let go)");
    assert_eq!(snapshots(&aws).await.len(), 1, "it was deleted, and not forgotten");
}

#[tokio::test]
async fn what_was_deleted_outside_is_let_go_after_a_second_look() {
    let (aws, cluster) = made(json!({})).await;
    let delete = format!("Action=DeleteDBInstance&DBInstanceIdentifier={DB}&SkipFinalSnapshot=true");
    aws.rds(&delete).await.unwrap();
    aws.pass(600).await.unwrap();
    assert_eq!(told(&cluster, &aws).await.unwrap(), "ExternallyDeleted");
    cluster.delete::<Instance>(NAME).unwrap();
    assert_eq!(told(&cluster, &aws).await.unwrap(), "(let go)");
}

#[tokio::test]
async fn a_renamed_one_is_found_and_not_let_go() {
    let (aws, cluster) = made(json!({})).await;
    aws.change(DB, json!({"DBInstanceIdentifier": "moved"})).await.unwrap();
    assert_eq!(told(&cluster, &aws).await.unwrap(), "Renamed");
    cluster.delete::<Instance>(NAME).unwrap();
    assert_eq!(told(&cluster, &aws).await.unwrap(), "Renamed");
    cluster
        .edit::<Instance>(NAME, |object| {
            object.metadata.deletion_timestamp = None;
            object.annotations_mut().insert("crossplane.io/external-name".to_owned(), "moved".to_owned());
        })
        .unwrap();
    ready(&cluster, &aws).await.unwrap();
    aws.change("moved", json!({"DBInstanceIdentifier": DB})).await.unwrap();
    assert_eq!(told(&cluster, &aws).await.unwrap(), "Renamed");
    cluster
        .edit::<Instance>(NAME, |object| {
            object.annotations_mut().insert("crossplane.io/external-name".to_owned(), DB.to_owned());
        })
        .unwrap();
    cluster.delete::<Instance>(NAME).unwrap();
    assert_eq!(told(&cluster, &aws).await.unwrap(), "(let go)");
    assert_eq!(snapshots(&aws).await.len(), 1);
}

/// "Cannot delete protected DB Instance", although its protection was taken off a moment ago.
#[tokio::test]
async fn a_protection_that_aws_still_sees_is_waited_for() {
    let (aws, cluster) = made(json!({"deletionProtection": true})).await;
    aws.side("timing", Some(json!({"protected": 20}))).await.unwrap();
    change(&cluster, &json!({"deletionProtection": false}));
    cluster.delete::<Instance>(NAME).unwrap();
    let Outcome::Told(fault) = cluster.reconcile::<Instance>(NAME).await.unwrap() else { panic!() };
    assert_eq!((fault.kind.into(), fault.reason), ("Waiting", "WaitingForState"), "{fault}");
    aws.pass(20).await.unwrap();
    assert_eq!(told(&cluster, &aws).await.unwrap(), "(let go)");
    assert_eq!(snapshots(&aws).await.len(), 1);
}

#[tokio::test]
async fn a_lost_key_leaves_a_choice() {
    for choice in ["skip", "repair"] {
        let (aws, cluster) = made(json!({"storageEncrypted": true})).await;
        let lost = "inaccessible-encryption-credentials";
        aws.change(DB, json!({"DBInstanceStatus": lost})).await.unwrap();
        cluster.delete::<Instance>(NAME).unwrap();
        assert_eq!(told(&cluster, &aws).await.unwrap(), "KMSKeyNotAccessible");
        if choice == "skip" {
            change(&cluster, &json!({"skipFinalSnapshot": true}));
        } else {
            aws.change(DB, json!({"DBInstanceStatus": "available"})).await.unwrap();
        }
        assert_eq!(told(&cluster, &aws).await.unwrap(), "(let go)");
        assert_eq!(snapshots(&aws).await.len(), usize::from(choice == "repair"));
    }
}
