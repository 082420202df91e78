//! Secrets of the secret store.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::defaults::yes;
use super::rules;
use crate::platform::RefreshInterval;

/// One secret of the secret store, copied into a Secret of the namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "!has(self.keys) || !has(self.mappings) || self.mappings.all(m, !(m.targetKey in self.keys))",
     "message": "a key of the Secret is written once, by keys or by mappings"},
]))]
pub struct Secret {
    /// The name of the Secret.
    #[schemars(length(max = 63), regex(pattern = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"))]
    pub name: String,
    /// The path in the secret store, of a secret that the namespace may read.
    #[schemars(
        length(min = 1, max = 512),
        regex(pattern = r"^[A-Za-z0-9_+=@-][A-Za-z0-9_+=.@-]*(/[A-Za-z0-9_+=@-][A-Za-z0-9_+=.@-]*)*$")
    )]
    pub source: String,
    /// The keys that are copied, under their own names; all unless keys or mappings are set.
    #[schemars(
        length(min = 1, max = 64),
        inner(length(min = 1, max = 128), regex(pattern = rules::KEY)),
        extend("x-kubernetes-list-type" = "set")
    )]
    pub keys: Option<Vec<String>>,
    /// The keys that are copied under other names.
    #[schemars(
        length(min = 1, max = 64),
        extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["targetKey"])
    )]
    pub mappings: Option<Vec<KeyMapping>>,
    /// How often it is read again; as the platform says unless set.
    pub refresh_interval: Option<RefreshInterval>,
    /// Mount the keys as files of this folder, in place of environment variables.
    #[schemars(length(max = 512), regex(pattern = rules::MOUNT_PATH))]
    pub mount_path: Option<String>,
    /// Roll the pods once when the value changes.
    #[serde(default = "yes")]
    pub restart_on_change: bool,
}

/// A key that is copied under another name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeyMapping {
    /// The key in the secret store.
    #[schemars(length(min = 1, max = 253), regex(pattern = r"^[A-Za-z0-9_.\-/]+$"))]
    pub source_key: String,
    /// The key in the Secret.
    #[schemars(length(min = 1, max = 128), regex(pattern = rules::KEY))]
    pub target_key: String,
}
