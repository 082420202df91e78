//! Whose a database is: nothing is made, changed or deleted that is not one's own, and each case is told.

use goldenpath_provider_api::rds::Instance;
use goldenpath_reports::{Cluster, OTHER_ACCOUNT, Outcome};
use kube::ResourceExt;
use serde_json::json;

use crate::scene::{DB, NAME, aws, change, instance, made, ready, told};

/// Two control planes with the same repository and one account.
#[tokio::test]
async fn crossplane_3165_two_clusters_do_not_share_a_database() {
    let (aws, _blue) = made(json!({})).await;
    let green = Cluster::new("green", &aws).unwrap();
    green.apply(&instance(json!({"copyTagsToSnapshot": true}))).unwrap();
    assert_eq!(told(&green, &aws).await.unwrap(), "NotOwned");
    green.delete::<Instance>(NAME).unwrap();
    assert_eq!(told(&green, &aws).await.unwrap(), "(let go)");
    assert!(aws.instance(DB).await.unwrap().is_some(), "the other cluster's stays");
    for action in ["ModifyDBInstance", "AddTagsToResource", "DeleteDBInstance"] {
        assert_eq!(aws.calls(action).await.unwrap(), [""; 0], "{action}");
    }
}

/// A former owner is deleted after another object has adopted its database.
#[tokio::test]
async fn a_former_owner_lets_go_what_another_has_adopted() {
    let (aws, blue) = made(json!({})).await;
    let green = Cluster::new("green", &aws).unwrap();
    let mut adopting = instance(json!({}));
    adopting["metadata"]["annotations"]["goldenpath.io/adopt"] = json!("true");
    green.apply(&adopting).unwrap();
    ready(&green, &aws).await.unwrap();
    let adopted = green.object::<Instance>(NAME).unwrap();
    assert!(!adopted.annotations().contains_key("goldenpath.io/adopt"), "it is an act");
    assert_eq!(told(&blue, &aws).await.unwrap(), "NotOwned");
    blue.delete::<Instance>(NAME).unwrap();
    assert_eq!(told(&blue, &aws).await.unwrap(), "(let go)");
    ready(&green, &aws).await.unwrap();
    assert_eq!(aws.calls("DeleteDBInstance").await.unwrap(), [""; 0]);
}

/// "status … we must assume could be lost": a restore from a backup brings annotations, and no status.
#[tokio::test]
async fn provider_aws_191_a_lost_status_loses_and_makes_nothing() {
    let (aws, cluster) = made(json!({})).await;
    cluster.edit::<Instance>(NAME, |object| object.status = None).unwrap();
    ready(&cluster, &aws).await.unwrap();
    assert_eq!(aws.calls("ModifyDBInstance").await.unwrap(), [""; 0], "taken over without a word to AWS");

    aws.rds(&format!("Action=DeleteDBInstance&DBInstanceIdentifier={DB}&SkipFinalSnapshot=true"))
        .await
        .unwrap();
    aws.pass(600).await.unwrap();
    cluster.edit::<Instance>(NAME, |object| object.status = None).unwrap();
    assert_eq!(told(&cluster, &aws).await.unwrap(), "ExternallyDeleted");
    assert_eq!(aws.calls("CreateDBInstance").await.unwrap().len(), 1, "no empty one in its place");
}

/// Credentials of another account, or another region: what is not found there is not gone.
#[tokio::test]
async fn pulumi_aws_3777_another_account_or_region_loses_nothing() {
    for status_is_lost in [false, true] {
        let (aws, cluster) = made(json!({"recreateWhenMissing": true})).await;
        if status_is_lost {
            cluster.edit::<Instance>(NAME, |object| object.status = None).unwrap();
        }
        cluster.use_account(OTHER_ACCOUNT, &aws).unwrap();
        assert_eq!(told(&cluster, &aws).await.unwrap(), "WrongPlace");
        cluster.delete::<Instance>(NAME).unwrap();
        assert_eq!(told(&cluster, &aws).await.unwrap(), "WrongPlace", "nor is it let go");
        assert_eq!(aws.calls("CreateDBInstance").await.unwrap().len(), 1, "nor made again");
        cluster.edit::<Instance>(NAME, |object| object.metadata.deletion_timestamp = None).unwrap();

        cluster.use_account(goldenpath_reports::ACCOUNT, &aws).unwrap();
        change(&cluster, &json!({"region": "eu-west-1"}));
        assert_eq!(told(&cluster, &aws).await.unwrap(), "WrongPlace");
        change(&cluster, &json!({"region": "eu-central-1"}));
        ready(&cluster, &aws).await.unwrap();
    }
}

/// A Blue/Green switchover puts another database in the place of the one that is known.
#[tokio::test]
async fn terraform_provider_aws_41723_a_switchover_is_reported_and_nothing_is_left_behind() {
    let (aws, cluster) = made(json!({})).await;
    aws.side("switchover", Some(json!({"region": "eu-central-1", "instance": DB}))).await.unwrap();
    let Outcome::Told(fault) = cluster.reconcile::<Instance>(NAME).await.unwrap() else { panic!() };
    assert_eq!(fault.reason, "IdentityChanged");
    assert!(fault.message.contains("\"payments-orders-old1\""), "it says where the former one is: {fault}");
    cluster.delete::<Instance>(NAME).unwrap();
    assert_eq!(told(&cluster, &aws).await.unwrap(), "IdentityChanged", "it is not let go");
    cluster
        .edit::<Instance>(NAME, |object| {
            object.metadata.deletion_timestamp = None;
            object.annotations_mut().insert("goldenpath.io/adopt".to_owned(), "true".to_owned());
        })
        .unwrap();
    ready(&cluster, &aws).await.unwrap();
}

/// An object whose name is taken by what nobody made with it.
#[tokio::test]
async fn what_nobody_tagged_is_not_touched() {
    let (aws, cluster) = aws().await;
    let by_hand = format!(
        "Action=CreateDBInstance&DBInstanceIdentifier={DB}&Engine=postgres&DBInstanceClass=db.t4g.small\
         &AllocatedStorage=20&MasterUsername=somebody&MasterUserPassword=theirs-and-not-ours"
    );
    aws.rds(&by_hand).await.unwrap();
    cluster.apply(&instance(json!({}))).unwrap();
    assert_eq!(told(&cluster, &aws).await.unwrap(), "NotOwned");
    cluster.delete::<Instance>(NAME).unwrap();
    assert_eq!(told(&cluster, &aws).await.unwrap(), "(let go)");
    assert!(aws.instance(DB).await.unwrap().is_some());
}
