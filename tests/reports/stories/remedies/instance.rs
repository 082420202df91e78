//! Remedies of what AWS refuses of a DB instance, and of what is to be known of one.

use anyhow::Result;
use goldenpath_provider_api::rds::Instance;
use serde_json::{Value, json};

use super::{Cured, cured, noticed, notices};
use crate::scene::{DB, NAME, aws, change, instance, made, snapshot_by_hand};

/// How often a refusal is made that has no end by itself.
const ALWAYS: u32 = 1000;

/// One that AWS refuses until what is outside of it is as the remedy says, which this AWS does not know of.
pub(super) async fn refused(code: &str) -> Result<Cured> {
    let (aws, cluster) = aws().await;
    aws.refuse("CreateDBInstance", code, "It is refused.", ALWAYS).await?;
    cluster.apply(&instance(json!({"kmsKeyId": "alias/ours", "vpcSecurityGroupIds": ["sg-1"]})))?;
    cured::<Instance>(&cluster, &aws, NAME, async || aws.refuse_no_more().await).await
}

/// One whose spec is changed as the remedy says.
async fn corrected(before: Value, wrong: &Value, right: &Value) -> Result<Cured> {
    let (aws, cluster) = made(before).await;
    change(&cluster, wrong);
    cured::<Instance>(&cluster, &aws, NAME, async || {
        change(&cluster, right);
        Ok(())
    })
    .await
}

/// One that refers to what is not there, until a call makes it.
async fn referring(to: Value, call: &str) -> Result<Cured> {
    let (aws, cluster) = aws().await;
    cluster.apply(&instance(to))?;
    cured::<Instance>(&cluster, &aws, NAME, async || aws.rds(call).await.map(|_| ())).await
}

pub(super) async fn no_parameter_group() -> Result<Cured> {
    let call = "Action=CreateDBParameterGroup&DBParameterGroupName=corp&DBParameterGroupFamily=postgres16\
                &Description=ours";
    referring(json!({"parameterGroupName": "corp"}), call).await
}

const SUBNET_GROUP: &str = "Action=CreateDBSubnetGroup&DBSubnetGroupName=corp&DBSubnetGroupDescription=ours\
                            &SubnetIds.SubnetIdentifier.1=subnet-0d3fa011\
                            &SubnetIds.SubnetIdentifier.2=subnet-0d3fa012";

pub(super) async fn no_subnet_group() -> Result<Cured> {
    referring(json!({"dbSubnetGroupName": "corp"}), SUBNET_GROUP).await
}

pub(super) async fn no_snapshot() -> Result<Cured> {
    let (aws, cluster) = aws().await;
    let restored = json!({"snapshotIdentifier": "legacy-1", "manageMasterUserPassword": null});
    cluster.apply(&instance(restored))?;
    cured::<Instance>(&cluster, &aws, NAME, async || {
        snapshot_by_hand(&aws, "app", "").await;
        Ok(())
    })
    .await
}

pub(super) async fn too_few_zones() -> Result<Cured> {
    let (aws, cluster) = aws().await;
    aws.rds(SUBNET_GROUP).await?;
    aws.refuse("CreateDBInstance", "DBSubnetGroupDoesNotCoverEnoughAZs", "One zone only.", 1).await?;
    cluster.apply(&instance(json!({"dbSubnetGroupName": "narrow"})))?;
    cured::<Instance>(&cluster, &aws, NAME, async || {
        change(&cluster, &json!({"dbSubnetGroupName": "corp"}));
        Ok(())
    })
    .await
}

pub(super) async fn no_capacity() -> Result<Cured> {
    let (aws, cluster) = aws().await;
    aws.refuse("CreateDBInstance", "InsufficientDBInstanceCapacity", "There is none.", 1).await?;
    cluster.apply(&instance(json!({})))?;
    cured::<Instance>(&cluster, &aws, NAME, async || {
        change(&cluster, &json!({"instanceClass": "db.t3.small"}));
        Ok(())
    })
    .await
}

pub(super) async fn quota() -> Result<Cured> {
    let (aws, cluster) = aws().await;
    aws.side("timing", Some(json!({"instance_quota": 0}))).await?;
    cluster.apply(&instance(json!({})))?;
    cured::<Instance>(&cluster, &aws, NAME, async || {
        aws.side("timing", Some(json!({"instance_quota": 1}))).await.map(|_| ())
    })
    .await
}

/// The call of the remedy is one of IAM: AWS has the role after it.
pub(super) async fn no_role() -> Result<Cured> {
    let (aws, cluster) = aws().await;
    let words = "Verify that you have permission to create service linked role.";
    aws.refuse("CreateDBInstance", "InvalidParameterValue", words, ALWAYS).await?;
    cluster.apply(&instance(json!({})))?;
    cured::<Instance>(&cluster, &aws, NAME, async || aws.refuse_no_more().await).await
}

pub(super) async fn allowed() -> Result<Cured> {
    let upgrade = json!({"engineVersion": "17"});
    corrected(json!({}), &upgrade, &json!({"allowMajorVersionUpgrade": true})).await
}

pub(super) async fn kept() -> Result<Cured> {
    corrected(json!({}), &json!({"engineVersion": "17"}), &json!({"engineVersion": "16"})).await
}

pub(super) async fn put_back() -> Result<Cured> {
    corrected(json!({}), &json!({"username": "another"}), &json!({"username": "app"})).await
}

pub(super) async fn no_path() -> Result<Cured> {
    let (aws, cluster) = made(json!({"engineVersion": "15", "allowMajorVersionUpgrade": true})).await;
    let words = "Cannot upgrade postgres from 15.13 to 17.5";
    aws.refuse("ModifyDBInstance", "InvalidParameterCombination", words, 1).await?;
    change(&cluster, &json!({"engineVersion": "17"}));
    cured::<Instance>(&cluster, &aws, NAME, async || {
        change(&cluster, &json!({"engineVersion": "16"}));
        Ok(())
    })
    .await
}

pub(super) async fn backed_up_by_aws() -> Result<Cured> {
    let (aws, cluster) = made(json!({})).await;
    let plan = json!({"AwsBackupRecoveryPointArn": "arn:aws:backup:eu-central-1:1:recovery-point:x"});
    aws.change(DB, plan).await?;
    noticed(&cluster, &aws, NAME, notices, async || {
        aws.change(DB, json!({"AwsBackupRecoveryPointArn": null})).await
    })
    .await
}

pub(super) async fn no_snapshot_of_its_own() -> Result<Cured> {
    let wanted = json!({"snapshotBeforeMajorUpgrade": true, "allowMajorVersionUpgrade": true});
    let (aws, cluster) = made(wanted).await;
    noticed(&cluster, &aws, NAME, notices, async || {
        change(&cluster, &json!({"snapshotBeforeMajorUpgrade": false}));
        Ok(())
    })
    .await
}

pub(super) async fn hidden_tags() -> Result<Cured> {
    let (aws, cluster) = made(json!({})).await;
    aws.side("timing", Some(json!({"tag_list": false}))).await?;
    aws.refuse("ListTagsForResource", "AccessDenied", "not allowed", ALWAYS).await?;
    noticed(&cluster, &aws, NAME, notices, async || aws.refuse_no_more().await).await
}
