//! The status of the XR, as its users read it.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::problems::Problem;
use crate::rendering::ResourceStatus;

/// The status of a `GoldenPathDatabase`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct DatabaseStatus {
    /// Phase of the database.
    pub phase: Option<Phase>,
    /// `metadata.generation` that this status describes.
    pub observed_generation: Option<i64>,
    /// e.g. 2/3 waiting for Instance/orders-db (Creating)
    pub progress: Option<String>,
    /// DB instance identifier.
    pub identifier: Option<String>,
    /// ARN of the DB instance.
    pub arn: Option<String>,
    /// Host name.
    pub endpoint: Option<String>,
    /// TCP port.
    pub port: Option<i32>,
    /// Running version.
    pub engine_version: Option<String>,
    /// Running class.
    pub instance_class: Option<String>,
    /// allocated/ceiling
    pub storage: Option<String>,
    /// Whether there is a standby in a second availability zone.
    #[serde(rename = "multiAZ")]
    pub multi_az: Option<bool>,
    /// Kubernetes Secret with the credentials
    pub secret_name: Option<String>,
    /// Changes when the Secret has been written for another version of the credentials
    pub secret_revision: Option<String>,
    /// secret-store path
    pub secret_path: Option<String>,
    /// A point in time that can be restored; it moves along with other changes, and once a day
    pub latest_restorable_time: Option<Time>,
    /// When the server's certificate ends.
    pub ca_expiry: Option<Time>,
    /// When AWS's standard support of the version ends.
    pub end_of_standard_support: Option<String>,
    /// The platform's settings that were applied, and the safe defaults that were relaxed.
    pub effective: Option<Effective>,
    /// Changes that have not taken effect yet.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    pub pending_changes: Vec<PendingChange>,
    /// Where pods that use it have to be let out to, in a cluster in which they reach nothing by themselves. Those of this
    /// namespace are; another namespace has a `NetworkPolicy` of its own.
    pub egress: Option<Egress>,
    /// Apps that use the database.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["namespace", "app"]))]
    pub consumers: Vec<Consumer>,
    /// What is wrong, worst first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    pub problems: Vec<Problem>,
    /// The composed resources.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    pub resources: Vec<ResourceStatus>,
    /// Version of the function that wrote this status.
    pub function_version: Option<String>,
}

/// The platform's settings, as they are in the composed resources.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Effective {
    /// The tier whose limits apply; the platform's general ones unless set.
    pub tier: Option<String>,
    /// AWS region.
    pub region: Option<String>,
    /// Environment of the cluster, a part of the names in AWS.
    pub environment: Option<String>,
    /// Instance class of the size.
    pub instance_class: Option<String>,
    /// DB subnet group.
    pub subnet_group: Option<String>,
    /// DB parameter group.
    pub parameter_group: Option<String>,
    /// Store that credentials are read from, e.g. `ClusterSecretStore/goldenpath`.
    pub secret_store: Option<String>,
    /// Provider configuration with the AWS credentials, e.g. `ClusterProviderConfig/default`.
    pub provider_config: Option<String>,
    /// Fields below `.spec` that relax a safe default.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    pub relaxed: Vec<String>,
}

/// Where pods have to be let out to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Egress {
    /// Ranges of addresses that the database is in.
    #[schemars(length(max = 64))]
    pub cidrs: Vec<String>,
    /// TCP port.
    pub port: i32,
}

/// The phases of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, strum::IntoStaticStr)]
#[allow(missing_docs, reason = "named by what AWS says; docs would make the schema a oneOf")]
pub enum Phase {
    Pending,
    Observing,
    Creating,
    Available,
    Modifying,
    Upgrading,
    BackingUp,
    Maintenance,
    Degraded,
    StorageFull,
    Stopped,
    Failed,
    Deleting,
}

/// A change that has not taken effect yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PendingChange {
    /// The field of the spec.
    pub field: String,
    /// Present value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Requested value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// When it takes effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
    /// Whether the change interrupts service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub downtime: Option<bool>,
}

/// When a change takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, strum::EnumString)]
#[allow(missing_docs, reason = "said by the names; docs would make the schema a oneOf")]
pub enum When {
    Now,
    MaintenanceWindow,
    NeedsApproval,
    NeedsReboot,
    Refused,
}

/// An app that uses the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Consumer {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub app: String,
}
