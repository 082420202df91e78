use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a parameter group is to be like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "self.region == oldSelf.region", "message": "region is immutable: a group of another region is another group"},
    {"rule": "self.family == oldSelf.family", "message": "family is immutable: make another group, and name it for the databases"},
]))]
pub struct ParameterGroupParameters {
    /// AWS region, e.g. `eu-central-1`; cannot change.
    pub region: String,
    /// Family, e.g. `postgres16` or `mysql8.0`; cannot change.
    pub family: String,
    /// Description shown in AWS; set at creation only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// DB parameters that differ from the family's defaults. One that is taken out of the list goes back to its
    /// default, also if somebody else has set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    pub parameter: Option<Vec<Parameter>>,
    /// Tags; Crossplane's own are added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-kubernetes-map-type" = "granular"))]
    pub tags: Option<BTreeMap<String, String>>,
}

/// A DB parameter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Parameter {
    /// Its name, e.g. `max_connections`.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// What a parameter group is like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ParameterGroupObservation {
    /// Its ARN, which tells that it exists and is this object's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// Parameters of the spec that a database takes over at its next reboot only, sorted by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub applied_at_reboot: Vec<String>,
}

crate::managed::managed! {
    group: "rds.aws.m.goldenpath.io", kind: "ParameterGroup", doc: "An RDS DB parameter group.",
    ParameterGroup { spec: ParameterGroupSpec, status: ParameterGroupStatus },
    parameters: ParameterGroupParameters,
    observation: ParameterGroupObservation,
    columns: [
        r#"{"name":"FAMILY","type":"string","jsonPath":".spec.forProvider.family","priority":1}"#
    ],
    references: |_| Vec::new(),
}
