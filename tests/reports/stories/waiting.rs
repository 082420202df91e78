//! What takes AWS its time is waited for, and asked for once.

use goldenpath_provider_api::rds::Instance;
use goldenpath_provider_core::Readiness;
use goldenpath_reports::Outcome;
use serde_json::json;

use crate::scene::{DB, NAME, aws, change, instance, made, ready, snapshot_by_hand, told};

/// After a change RDS says `available` for half a minute, and still shows what was before.
#[tokio::test]
async fn terraform_provider_aws_31445_a_change_that_is_not_shown_yet_is_asked_for_once() {
    let (aws, cluster) = made(json!({})).await;
    aws.side("timing", Some(json!({"lag": 40, "modifying": 60}))).await.unwrap();
    change(&cluster, &json!({"instanceClass": "db.m7g.large"}));
    for _ in 0..24 {
        cluster.reconcile::<Instance>(NAME).await.unwrap();
        aws.pass(5).await.unwrap();
    }
    ready(&cluster, &aws).await.unwrap();
    assert_eq!(aws.instance(DB).await.unwrap().unwrap()["DBInstanceClass"], "db.m7g.large");
    assert_eq!(aws.calls("ModifyDBInstance").await.unwrap().len(), 1);
}

/// A ceiling less than a tenth above the size: the field that is wrong was not the one that was named.
#[tokio::test]
async fn cloud_platform_environments_24422_a_ceiling_that_is_too_low_is_named() {
    let (aws, cluster) = aws().await;
    let over = json!({"allocatedStorage": 100, "maxAllocatedStorage": 105});
    cluster.apply(&instance(over)).unwrap();
    let Outcome::Told(fault) = cluster.reconcile::<Instance>(NAME).await.unwrap() else { panic!() };
    assert_eq!(fault.field.as_deref(), Some(".spec.forProvider.maxAllocatedStorage"));
    change(&cluster, &json!({"maxAllocatedStorage": 110}));
    ready(&cluster, &aws).await.unwrap();
}

/// A restore is backed up for hours before it takes changes: tools gave up, and restored once more.
#[tokio::test]
async fn terraform_provider_aws_44104_a_restore_that_takes_hours_is_one_restore() {
    let (aws, cluster) = aws().await;
    snapshot_by_hand(&aws, "app", "").await;
    aws.side("timing", Some(json!({"backing_up": 4 * 3600}))).await.unwrap();
    let restored = json!({"snapshotIdentifier": "legacy-1", "manageMasterUserPassword": null, "copyTagsToSnapshot": true});
    cluster.apply(&instance(restored)).unwrap();
    for _ in 0..8 {
        let outcome = cluster.reconcile::<Instance>(NAME).await.unwrap();
        assert!(!matches!(outcome, Outcome::Told(_)), "{outcome:?}");
        aws.pass(1700).await.unwrap();
    }
    ready(&cluster, &aws).await.unwrap();
    assert_eq!(aws.calls("RestoreDBInstanceFromDBSnapshot").await.unwrap().len(), 1);
    assert_eq!(aws.calls("CreateDBInstance").await.unwrap().len(), 1, "the one by hand");
}

/// The parameter group of another major version goes with the version, or not at all.
#[tokio::test]
async fn terraform_aws_rds_94_a_major_upgrade_takes_its_parameter_group_along() {
    let (aws, cluster) = made(json!({})).await;
    let group = "Action=CreateDBParameterGroup&DBParameterGroupName=pg17-corp\
                 &DBParameterGroupFamily=postgres17&Description=ours";
    aws.rds(group).await.unwrap();
    change(&cluster, &json!({"engineVersion": "17", "parameterGroupName": "pg17-corp"}));
    assert_eq!(told(&cluster, &aws).await.unwrap(), "MajorUpgradeNotAllowed");
    assert_eq!(aws.calls("ModifyDBInstance").await.unwrap(), [""; 0]);

    change(&cluster, &json!({"allowMajorVersionUpgrade": true}));
    assert_eq!(cluster.settle::<Instance>(NAME, &aws).await.unwrap(), Outcome::Rests(Readiness::Available));
    let db = aws.instance(DB).await.unwrap().unwrap();
    assert!(db["EngineVersion"].as_str().unwrap().starts_with("17"), "{db}");
    assert_eq!(db["DBParameterGroupName"], "pg17-corp");
    assert_eq!(aws.calls("ModifyDBInstance").await.unwrap().len(), 1);
}
