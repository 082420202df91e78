//! Remedies of subnet groups and parameter groups.

use anyhow::Result;
use goldenpath_provider_api::rds::{Instance, ParameterGroup, SubnetGroup};
use goldenpath_reports::{Aws, Cluster, REGION};
use serde_json::{Value, json};

use super::{Cured, cured, noticed, notices};
use crate::scene::{DB, NAME, aws, instance};

/// The name of either group.
const GROUP: &str = "payments/corp";
/// Three subnets, each in a zone of its own.
const SUBNETS: [&str; 3] = ["subnet-0d3fa011", "subnet-0d3fa012", "subnet-0d3fa013"];

fn group(kind: &str, over: &Value) -> Value {
    let mut object = json!({
        "apiVersion": "rds.aws.m.goldenpath.io/v1alpha1", "kind": kind,
        "metadata": {
            "name": "corp", "namespace": "payments", "uid": format!("uid of {kind}"),
            "finalizers": ["finalizer.managedresource.crossplane.io"],
            "annotations": {"crossplane.io/external-name": "corp"},
        },
        "spec": {"forProvider": {"region": REGION, "description": "ours"}},
    });
    for (key, value) in over.as_object().unwrap() {
        object["spec"]["forProvider"][key] = value.clone();
    }
    object
}

fn subnets(ids: &[&str]) -> Value {
    group("SubnetGroup", &json!({"subnetIds": ids}))
}

fn parameters(of: &Value) -> Value {
    group("ParameterGroup", &json!({"family": "postgres16", "parameter": of}))
}

/// A group that is ready, and a database in it.
async fn used(group: &Value, over: Value) -> Result<(Aws, Cluster)> {
    let (aws, cluster) = aws().await;
    cluster.apply(group)?;
    cluster.settle::<SubnetGroup>(GROUP, &aws).await.ok();
    cluster.settle::<ParameterGroup>(GROUP, &aws).await.ok();
    cluster.apply(&instance(over))?;
    crate::scene::ready(&cluster, &aws).await?;
    Ok((aws, cluster))
}

async fn without_database(aws: &Aws) -> Result<()> {
    aws.rds(&format!("Action=DeleteDBInstance&SkipFinalSnapshot=true&DBInstanceIdentifier={DB}")).await?;
    aws.pass(600).await
}

pub(super) async fn too_few_zones() -> Result<Cured> {
    let (aws, cluster) = aws().await;
    cluster.apply(&subnets(&SUBNETS[..1]))?;
    cured::<SubnetGroup>(&cluster, &aws, GROUP, async || cluster.apply(&subnets(&SUBNETS[..2]))).await
}

pub(super) async fn no_such_subnet() -> Result<Cured> {
    let (aws, cluster) = aws().await;
    cluster.apply(&subnets(&["net-1", SUBNETS[0]]))?;
    cured::<SubnetGroup>(&cluster, &aws, GROUP, async || cluster.apply(&subnets(&SUBNETS))).await
}

pub(super) async fn subnet_in_use() -> Result<Cured> {
    let (aws, cluster) = used(&subnets(&SUBNETS), json!({"dbSubnetGroupName": "corp"})).await?;
    aws.change(DB, json!({"AvailabilityZone": "eu-central-1c"})).await?;
    let list = |ids: &[&str]| {
        cluster.edit::<SubnetGroup>(GROUP, |object| {
            object.spec.for_provider.subnet_ids = ids.iter().map(|id| (*id).to_owned()).collect();
        })
    };
    list(&SUBNETS[..2])?;
    cured::<SubnetGroup>(&cluster, &aws, GROUP, async || list(&SUBNETS)).await
}

pub(super) async fn subnet_group_in_use() -> Result<Cured> {
    let (aws, cluster) = used(&subnets(&SUBNETS), json!({"dbSubnetGroupName": "corp"})).await?;
    cluster.delete::<SubnetGroup>(GROUP)?;
    cured::<SubnetGroup>(&cluster, &aws, GROUP, async || without_database(&aws).await).await
}

pub(super) async fn parameter_group_in_use() -> Result<Cured> {
    let (aws, cluster) = used(&parameters(&json!([])), json!({"parameterGroupName": "corp"})).await?;
    cluster.delete::<ParameterGroup>(GROUP)?;
    cured::<ParameterGroup>(&cluster, &aws, GROUP, async || without_database(&aws).await).await
}

pub(super) async fn no_such_parameter() -> Result<Cured> {
    let (aws, cluster) = aws().await;
    cluster.apply(&parameters(&json!([{"name": "no_such", "value": "1"}])))?;
    cured::<ParameterGroup>(&cluster, &aws, GROUP, async || {
        cluster.edit::<ParameterGroup>(GROUP, |object| object.spec.for_provider.parameter = None)
    })
    .await
}

/// A parameter that takes effect at a reboot, of the group of a database that runs.
pub(super) async fn rebooted() -> Result<Cured> {
    let refers = json!({"parameterGroupNameRef": {"name": "corp"}});
    let (aws, cluster) = used(&parameters(&json!([])), refers).await?;
    cluster.edit::<ParameterGroup>(GROUP, |object| {
        let static_one = json!([{"name": "max_connections", "value": "200"}]);
        object.spec.for_provider.parameter = serde_json::from_value(static_one).unwrap();
    })?;
    cluster.settle::<ParameterGroup>(GROUP, &aws).await?;
    noticed::<Instance>(&cluster, &aws, NAME, notices, async || {
        aws.rds(&format!("Action=RebootDBInstance&DBInstanceIdentifier={DB}")).await?;
        aws.pass(600).await
    })
    .await
}
