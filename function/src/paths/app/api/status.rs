//! The status of the XR, as its users read it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::kinds::deployment;
use crate::problems::Problem;
use crate::rendering::ResourceStatus;

/// The status of a `GoldenPathApp`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct AppStatus {
    /// Phase of the app.
    pub phase: Option<Phase>,
    /// `metadata.generation` that this status describes.
    pub observed_generation: Option<i64>,
    /// e.g. 2/3 waiting for Deployment/shop
    pub progress: Option<String>,
    /// Where the app is reached, once the gateway leads to it.
    pub url: Option<String>,
    /// The image that was rolled out last.
    pub image: Option<String>,
    /// Number of pods.
    pub replicas: Option<i32>,
    /// Pods that are ready.
    pub ready_replicas: Option<i32>,
    /// Pods of the latest change.
    pub updated_replicas: Option<i32>,
    /// ready/wanted, e.g. 2/2
    pub replica_summary: Option<String>,
    /// Label selector of the pods, for the scale subresource.
    pub selector: Option<String>,
    /// Progress of the latest rollout.
    pub rollout: Option<Rollout>,
    /// The database that the app uses.
    pub database: Option<DatabaseStatus>,
    /// Defaults that were filled in.
    pub effective: Option<Effective>,
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
    /// The conditions, which are read and not written here.
    #[serde(skip_serializing)]
    #[schemars(skip)]
    pub(in crate::paths::app) conditions: Vec<Said>,
}

/// A condition, as far as it matters that it was said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(in crate::paths::app) struct Said {
    r#type: String,
}

/// The phases of an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "said by docs/golden-paths.md; docs would make the schema a oneOf")]
pub enum Phase {
    Pending,
    Progressing,
    Running,
    Degraded,
    Failed,
    Suspended,
    Terminating,
}

/// Progress of the latest rollout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rollout {
    /// Its state.
    pub state: RolloutState,
    /// Why, for machines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// The states of a rollout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "said by the names; docs would make the schema a oneOf")]
pub enum RolloutState {
    Complete,
    Progressing,
    Stalled,
    Paused,
}

/// The database that an app uses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct DatabaseStatus {
    /// Its name.
    pub name: String,
    /// Its phase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// The Secret with its credentials, once it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_name: Option<String>,
}

/// Defaults, as they are in the composed resources.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Effective {
    /// CPU request.
    pub cpu_request: Option<String>,
    /// CPU limit; none for no limit.
    pub cpu_limit: Option<String>,
    /// Memory request.
    pub memory_request: Option<String>,
    /// Memory limit.
    pub memory_limit: Option<String>,
}

// === impl AppStatus ===

impl AppStatus {
    /// Whether a condition was said before.
    pub(super) fn says(&self, condition: &str) -> bool {
        self.conditions.iter().any(|said| said.r#type == condition)
    }
}

// === impl RolloutState ===

impl From<deployment::Rollout> for RolloutState {
    fn from(rollout: deployment::Rollout) -> Self {
        match rollout {
            deployment::Rollout::Complete => Self::Complete,
            deployment::Rollout::Progressing => Self::Progressing,
            deployment::Rollout::Stalled => Self::Stalled,
            deployment::Rollout::Paused => Self::Paused,
        }
    }
}
