use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a subnet group is to be like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "self.region == oldSelf.region", "message": "region is immutable: a group of another region is another group"},
]))]
pub struct SubnetGroupParameters {
    /// AWS region, e.g. `eu-central-1`; cannot change.
    pub region: String,
    /// Description shown in AWS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Subnets by id, of one VPC and at least two availability zones. One that a DB instance is in cannot be taken out.
    #[schemars(length(min = 1), extend("x-kubernetes-list-type" = "set"))]
    pub subnet_ids: Vec<String>,
    /// Tags; Crossplane's own are added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-kubernetes-map-type" = "granular"))]
    pub tags: Option<BTreeMap<String, String>>,
}

/// What a subnet group is like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SubnetGroupObservation {
    /// Its ARN, which tells that it exists and is this object's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// The VPC of its subnets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_id: Option<String>,
}

crate::managed::managed! {
    group: "rds.aws.m.goldenpath.io", kind: "SubnetGroup", doc: "An RDS DB subnet group.",
    SubnetGroup { spec: SubnetGroupSpec, status: SubnetGroupStatus },
    parameters: SubnetGroupParameters,
    observation: SubnetGroupObservation,
    columns: [],
    references: |_| Vec::new(),
}
