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
