use std::collections::BTreeMap;

use goldenpath_provider_core::{ManagedSpec, ManagedStatus, Problem};
use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Parameter;

/// An RDS DB parameter group.
#[derive(CustomResource, Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "rds.aws.m.goldenpath.io",
    version = "v1alpha1",
    kind = "ParameterGroup",
    namespaced,
    doc = "An RDS DB parameter group.",
    status = "ParameterGroupStatus",
    derive = "PartialEq",
    category = "crossplane",
    category = "managed",
    category = "aws",
    printcolumn = r#"{"name":"SYNCED","type":"string","jsonPath":".status.conditions[?(@.type=='Synced')].status"}"#,
    printcolumn = r#"{"name":"READY","type":"string","jsonPath":".status.conditions[?(@.type=='Ready')].status"}"#,
    printcolumn = r#"{"name":"EXTERNAL-NAME","type":"string","jsonPath":".metadata.annotations.crossplane\\.io/external-name"}"#,
    printcolumn = r#"{"name":"AGE","type":"date","jsonPath":".metadata.creationTimestamp"}"#,
    printcolumn = r#"{"name":"FAMILY","type":"string","jsonPath":".spec.forProvider.family","priority":1}"#
)]
#[serde(rename_all = "camelCase")]
pub struct ParameterGroupSpec {
    /// What the parameter group is to be like.
    pub for_provider: ParameterGroupParameters,
    /// The part that all managed resources share.
    #[serde(flatten)]
    pub managed: ManagedSpec,
}

/// The status of a [`ParameterGroup`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ParameterGroupStatus {
    /// What the parameter group is like.
    #[serde(default)]
    pub at_provider: ParameterGroupObservation,
    /// The part that all managed resources share.
    #[serde(flatten)]
    pub managed: ManagedStatus,
}

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
    /// What there is to know that keeps nothing from being in sync.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Problem>,
}

crate::managed!(ParameterGroup, references: |_| Vec::new());
