//! What others in the same account do.

use goldenpath_provider_api::rds::Instance;
use serde_json::json;

use crate::scene::{DB, NAME, aws, change, instance, made, ready, snapshot_by_hand, told};

/// AWS Backup owns the retention: each reconcile was refused, and everything else with it.
#[tokio::test]
async fn provider_aws_1356_a_plan_of_aws_backup_is_left_alone() {
    let (aws, cluster) = made(json!({})).await;
    let plan = json!({"AwsBackupRecoveryPointArn": "arn:aws:backup:eu-central-1:1:recovery-point:x", "BackupRetentionPeriod": 35});
    aws.change(DB, plan).await.unwrap();
    change(&cluster, &json!({"copyTagsToSnapshot": true}));
    ready(&cluster, &aws).await.unwrap();
    let db = aws.instance(DB).await.unwrap().unwrap();
    assert_eq!((&db["BackupRetentionPeriod"], &db["CopyTagsToSnapshot"]), (&json!(35), &json!(true)));
    let seen = cluster.object::<Instance>(NAME).unwrap().status.unwrap().at_provider;
    assert!(seen.notices.iter().any(|notice| notice.code == "BackupsOwnedByAWSBackup"), "{seen:?}");
}

/// Tags of others were removed at each look, and put back by them.
#[tokio::test]
async fn provider_aws_2252_tags_of_others_stay_and_those_no_longer_asked_for_go() {
    let (aws, cluster) = made(json!({"tags": {"team": "a", "cost": "1"}})).await;
    let mut tags = aws.instance(DB).await.unwrap().unwrap()["tags"].clone();
    tags["c7n:stop"] = json!("1");
    aws.change(DB, json!({"TagList": tags})).await.unwrap();
    for _ in 0..3 {
        ready(&cluster, &aws).await.unwrap();
    }
    assert_eq!(aws.calls("RemoveTagsFromResource").await.unwrap(), [""; 0]);
    change(&cluster, &json!({"tags": {"team": "a"}}));
    ready(&cluster, &aws).await.unwrap();
    let tags = aws.instance(DB).await.unwrap().unwrap()["tags"].clone();
    assert_eq!((&tags["c7n:stop"], &tags["team"], &tags["cost"]), (&json!("1"), &json!("a"), &json!(null)));
}

/// A stopped instance with protection could not be deleted, and nobody said why.
#[tokio::test]
async fn aws_terminator_319_a_stopped_one_with_protection_says_what_helps() {
    let (aws, cluster) = made(json!({"deletionProtection": true})).await;
    aws.change(DB, json!({"DBInstanceStatus": "stopped"})).await.unwrap();
    change(&cluster, &json!({"deletionProtection": false}));
    cluster.delete::<Instance>(NAME).unwrap();
    assert_eq!(told(&cluster, &aws).await.unwrap(), "InstanceStopped");
    aws.change(DB, json!({"DBInstanceStatus": "available"})).await.unwrap();
    assert_eq!(told(&cluster, &aws).await.unwrap(), "(let go)", "as the remedy says");
    assert_eq!(aws.instance(DB).await.unwrap(), None);
}

/// The first database of an account: AWS makes its service-linked role meanwhile.
#[tokio::test]
async fn terraform_aws_rds_364_a_missing_service_linked_role_heals() {
    let (aws, cluster) = aws().await;
    let words = "Unable to create the resource. Verify that you have permission to create service linked role. \
                 Otherwise wait and try again later";
    aws.refuse("CreateDBInstance", "InvalidParameterValue", words, 2).await.unwrap();
    cluster.apply(&instance(json!({}))).unwrap();
    for _ in 0..2 {
        assert_eq!(told(&cluster, &aws).await.unwrap(), "ServiceLinkedRole");
    }
    ready(&cluster, &aws).await.unwrap();
}

/// A restored database has the user name of its backup: the difference asked for a replacement.
#[tokio::test]
async fn terraform_4857_a_restore_keeps_the_user_name_of_its_backup() {
    let (aws, cluster) = aws().await;
    snapshot_by_hand(&aws, "postgres", "").await;
    let restored =
        json!({"snapshotIdentifier": "legacy-1", "manageMasterUserPassword": null, "dbName": "orders"});
    cluster.apply(&instance(restored)).unwrap();
    ready(&cluster, &aws).await.unwrap();
}

/// Partitions exist in which AWS leaves the tags out of what it says of an instance.
#[tokio::test]
async fn aws_cli_6392_tags_that_are_not_shown_are_asked_for() {
    let (aws, cluster) = aws().await;
    aws.side("timing", Some(json!({"tag_list": false}))).await.unwrap();
    cluster.apply(&instance(json!({}))).unwrap();
    ready(&cluster, &aws).await.unwrap();
    assert_eq!(aws.calls("AddTagsToResource").await.unwrap(), [""; 0], "they are as wanted");
    let change = json!({"TagList": {"crossplane-name": "another"}});
    aws.change(DB, change).await.unwrap();
    assert_eq!(told(&cluster, &aws).await.unwrap(), "NotOwned", "and say whose it is");
}

/// A role that may not list tags wrote them again at each look.
#[tokio::test]
async fn tags_that_may_not_be_seen_are_left_as_they_are() {
    let (aws, cluster) = made(json!({})).await;
    aws.side("timing", Some(json!({"tag_list": false}))).await.unwrap();
    let refuse =
        async |times| aws.refuse("ListTagsForResource", "AccessDenied", "not allowed", times).await.unwrap();
    refuse(6).await;
    for _ in 0..3 {
        ready(&cluster, &aws).await.unwrap();
    }
    assert_eq!(aws.calls("AddTagsToResource").await.unwrap(), [""; 0]);
    let notices = || cluster.object::<Instance>(NAME).unwrap().status.unwrap().at_provider.notices;
    assert_eq!(notices()[0].code, "TagsNotVisible");
    aws.side("faults", Some(json!([]))).await.unwrap();

    // Nothing is known of it any more: whose it is has to be seen.
    cluster
        .edit::<Instance>(NAME, |object| {
            object.status = None;
            object
                .metadata
                .annotations
                .get_or_insert_default()
                .retain(|key, _| !key.contains("goldenpath.io/"));
        })
        .unwrap();
    assert_eq!(told(&cluster, &aws).await.unwrap(), "AccessDenied");
    for _ in 0..9 {
        if ready(&cluster, &aws).await.is_ok() {
            assert_eq!(notices(), [], "the role may see them again");
            return;
        }
    }
    panic!("it stays so");
}
