//! Storage that is asked for in a way that AWS takes.

use goldenpath_provider_api::rds::Instance;
use serde_json::json;

use crate::scene::{DB, NAME, change, made, ready};

/// "gp3: Invalid iops value for engine name postgres and storage type gp3: 3000": the baseline was repeated.
#[tokio::test]
async fn terraform_provider_aws_28382_gp3_grows_across_400_gib() {
    let (aws, cluster) = made(json!({"allocatedStorage": 100})).await;
    change(&cluster, &json!({"allocatedStorage": 500}));
    ready(&cluster, &aws).await.unwrap();
    let db = aws.instance(DB).await.unwrap().unwrap();
    assert_eq!((&db["AllocatedStorage"], &db["Iops"]), (&json!(500), &json!(12000)));
    assert_eq!(aws.calls("ModifyDBInstance").await.unwrap().len(), 1);
}

/// Another storage type was asked for without the IOPS that it needs.
#[tokio::test]
async fn terraform_5676_another_storage_type_comes_with_its_iops() {
    let (aws, cluster) = made(json!({"allocatedStorage": 400, "iops": 13000})).await;
    change(&cluster, &json!({"storageType": "io2"}));
    ready(&cluster, &aws).await.unwrap();
    let db = aws.instance(DB).await.unwrap().unwrap();
    assert_eq!((&db["StorageType"], &db["Iops"]), (&json!("io2"), &json!(13000)));
}

/// A full instance "cannot be modified by the controller", which waits for it to be available.
#[tokio::test]
async fn aws_controllers_k8s_2214_a_full_one_grows_at_once() {
    let (aws, cluster) = made(json!({"applyImmediately": false})).await;
    aws.change(DB, json!({"DBInstanceStatus": "storage-full"})).await.unwrap();
    change(&cluster, &json!({"allocatedStorage": 40}));
    ready(&cluster, &aws).await.unwrap();
    assert_eq!(aws.instance(DB).await.unwrap().unwrap()["AllocatedStorage"], 40);
}

/// AWS changes the storage once in six hours, and its events tell when the last change was: it is asked once more, then.
#[tokio::test]
async fn a_change_within_six_hours_is_asked_for_once_more_when_they_are_over() {
    let (aws, cluster) = made(json!({})).await;
    change(&cluster, &json!({"allocatedStorage": 40}));
    ready(&cluster, &aws).await.unwrap();
    aws.pass(3600).await.unwrap();
    change(&cluster, &json!({"allocatedStorage": 60}));
    let asked = async || aws.calls("ModifyDBInstance").await.unwrap().len();
    for _ in 0..20 {
        cluster.reconcile::<Instance>(NAME).await.unwrap();
        aws.pass(800).await.unwrap();
    }
    assert_eq!(asked().await, 2, "refused, and left alone for four and a half hours");
    aws.pass(2400).await.unwrap();
    ready(&cluster, &aws).await.unwrap();
    assert_eq!(aws.instance(DB).await.unwrap().unwrap()["AllocatedStorage"], 60);
    assert_eq!(asked().await, 3);
}
