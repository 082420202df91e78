//! Storage that is asked for in a way that AWS takes.

use serde_json::json;

use crate::scene::{DB, change, made, ready};

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
