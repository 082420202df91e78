//! Files and folders.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rules;

/// One folder of the container, and where its files come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "(has(self.configMap) ? 1 : 0) + (has(self.secret) ? 1 : 0) + (has(self.emptyDir) ? 1 : 0) + (has(self.persistentVolumeClaim) ? 1 : 0) == 1",
     "message": "exactly one of configMap, secret, emptyDir, persistentVolumeClaim"},
]))]
pub struct File {
    /// Where it is in the container.
    #[schemars(length(max = 512), regex(pattern = rules::MOUNT_PATH))]
    pub mount_path: String,
    /// A config map of this namespace: a file for each key.
    #[schemars(length(max = 253), regex(pattern = rules::NAME))]
    pub config_map: Option<String>,
    /// A Secret of this namespace: a file for each key.
    #[schemars(length(max = 253), regex(pattern = rules::NAME))]
    pub secret: Option<String>,
    /// A claim of this namespace. Old and new pods of a rollout use it at the same time, unless strategy.type is Recreate.
    #[schemars(length(max = 253), regex(pattern = rules::NAME))]
    pub persistent_volume_claim: Option<String>,
    /// An empty folder, of which nothing is left when the pod ends.
    pub empty_dir: Option<EmptyDir>,
}

/// An empty folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EmptyDir {
    /// The most that it may hold.
    #[serde(default = "size_limit")]
    #[schemars(length(max = 32), regex(pattern = rules::BYTES))]
    pub size_limit: String,
    /// Memory counts as memory of the container.
    #[serde(default)]
    pub medium: Medium,
}

/// Where an empty folder is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, strum::IntoStaticStr,
)]
#[allow(missing_docs, reason = "Kubernetes' names; docs would make the schema a oneOf")]
pub enum Medium {
    #[default]
    #[serde(rename = "")]
    #[strum(serialize = "")]
    Disk,
    Memory,
}

fn size_limit() -> String {
    "64Mi".to_owned()
}
