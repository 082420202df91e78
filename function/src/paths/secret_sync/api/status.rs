//! The status of the XR, as its users read it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Workload;
use crate::problems::Problem;
use crate::rendering::ResourceStatus;

/// The status of a `SecretSync`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SecretSyncStatus {
    /// Phase of the Secret.
    pub phase: Option<Phase>,
    /// `metadata.generation` that this status describes.
    pub observed_generation: Option<i64>,
    /// The Secret, once it is there.
    pub secret_name: Option<String>,
    /// When External Secrets Operator last read the store.
    #[schemars(extend("format" = "date-time"))]
    pub refreshed_at: Option<String>,
    /// wired/listed, e.g. 1/2
    pub restart_summary: Option<String>,
    /// Who restarts what is listed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["kind", "name"]))]
    pub restarts: Vec<Restart>,
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

/// The phases of a Secret that follows the secret store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "said by docs/golden-paths.md; docs would make the schema a oneOf")]
pub enum Phase {
    Pending,
    Syncing,
    Synced,
    Degraded,
    Failed,
    Terminating,
}

/// A workload, and who restarts it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Restart {
    /// Its kind.
    pub kind: Workload,
    /// Its name.
    pub name: String,
    /// `GoldenPath`: the app rolls its own pods; Reloader: the Deployment has its annotation; Nobody: see problems.
    pub by: By,
}

/// Who restarts a workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "said by the field; docs would make the schema a oneOf")]
pub enum By {
    GoldenPath,
    Reloader,
    Nobody,
}
