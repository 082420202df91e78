//! The XR, as its users write it.

mod rules;
mod status;

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::platform::{RefreshInterval, Region, SecretProvider};
pub use status::{By, Phase, Restart, SecretSyncStatus};

/// A Secret of the namespace that follows the secret store, and who is restarted when it changes.
#[derive(CustomResource, Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "goldenpath.io",
    version = "v1alpha1",
    kind = "SecretSync",
    doc = "A Secret of the namespace that follows the secret store, and who is restarted when it changes.",
    namespaced,
    status = "SecretSyncStatus",
    derive = "PartialEq",
    shortname = "gpsync",
    category = "goldenpath",
    validation = kube::core::Rule::new("self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')")
        .message("metadata.name must be a DNS-1035 label"),
    printcolumn = r#"{"name":"Phase","type":"string","jsonPath":".status.phase"}"#,
    printcolumn = r#"{"name":"Secret","type":"string","jsonPath":".spec.target.secretName"}"#,
    printcolumn = r#"{"name":"Refreshed","type":"date","jsonPath":".status.refreshedAt"}"#,
    printcolumn = r#"{"name":"Restarts","type":"string","jsonPath":".status.restartSummary"}"#,
    printcolumn = r#"{"name":"Problem","type":"string","jsonPath":".status.problems[0].message","priority":1}"#
)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::of_spec()))]
pub struct SecretSyncSpec {
    /// Where the values are.
    pub source: SecretSource,
    /// The Secret. It goes with this object, and stays as it is when the value in the store is gone.
    pub target: Target,
    /// How often the store is read again.
    #[serde(default)]
    #[schemars(extend("default" = "1h"))]
    pub refresh_interval: RefreshInterval,
    /// Who is restarted when a value has changed.
    #[schemars(length(max = 16), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["kind", "name"]))]
    pub restart_targets: Option<Vec<RestartTarget>>,
}

/// Where values are: secrets of the secret store, or the credentials of a database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("x-kubernetes-validations" = rules::of_source()))]
pub struct SecretSource {
    /// With region: which of the platform's secret stores.
    #[serde(default)]
    pub provider: SecretProvider,
    /// As the platform's unless set.
    #[schemars(with = "Option<String>", length(max = 32), regex(pattern = r"^[a-z]{2}(-[a-z]+)+-[0-9]+$"))]
    pub region: Option<Region>,
    /// Secrets of the secret store, of which a later one wins over an earlier one where both bring all their keys.
    #[schemars(length(min = 1, max = 16))]
    pub secrets: Option<Vec<StoredSecret>>,
    /// A `GoldenPathDatabase` whose credentials are wanted.
    pub database: Option<DatabaseReference>,
}

/// One secret of the secret store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StoredSecret {
    /// Path of a secret that the namespace may read.
    #[schemars(length(min = 1, max = 512), regex(pattern = r"^[A-Za-z0-9_+=.@-]+(/[A-Za-z0-9_+=.@-]+)*$"))]
    pub path: String,
    /// Which fields, under which names; every field of the JSON object under its own name unless set.
    #[schemars(
        length(min = 1, max = 32),
        extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["targetKey"])
    )]
    pub keys: Option<Vec<Key>>,
}

/// A database, and what is wanted of its credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DatabaseReference {
    /// Its name.
    #[schemars(length(max = 44), regex(pattern = r"^[a-z]([-a-z0-9]*[a-z0-9])?$"))]
    pub name: String,
    /// Its namespace; this one unless set. One of another namespace has to name this one in spec.allowedNamespaces.
    #[schemars(length(max = 63), regex(pattern = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"))]
    pub namespace: Option<String>,
    /// Which of its keys, under which names; all unless set.
    #[schemars(
        length(min = 1, max = 32),
        extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["targetKey"])
    )]
    pub keys: Option<Vec<Key>>,
}

/// A key of the Secret, and where its value is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Key {
    /// The key in the Secret.
    #[schemars(length(min = 1, max = 128), regex(pattern = r"^[-._a-zA-Z0-9]+$"))]
    pub target_key: String,
    /// The field of the JSON object, in which a dot leads into a field of a field; the whole value unless set.
    #[schemars(length(min = 1, max = 253), regex(pattern = r"^[A-Za-z0-9_.\-/]+$"))]
    pub source_key: Option<String>,
    /// How the value is encoded in the store.
    #[serde(default)]
    pub decode: Decode,
}

/// The encodings of values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "said by the names; docs would make the schema a oneOf")]
pub enum Decode {
    #[default]
    None,
    Base64,
}

/// The Secret that is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// Its name.
    #[schemars(
        length(min = 1, max = 253),
        regex(pattern = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
    )]
    pub secret_name: String,
    /// Its type, which says which keys it must have.
    #[serde(default, rename = "type")]
    pub r#type: SecretType,
}

/// The types of Secrets.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, strum::IntoStaticStr,
)]
#[allow(missing_docs, reason = "Kubernetes' names; docs would make the schema a oneOf")]
pub enum SecretType {
    #[default]
    Opaque,
    #[serde(rename = "kubernetes.io/dockerconfigjson")]
    #[strum(serialize = "kubernetes.io/dockerconfigjson")]
    DockerConfigJson,
    #[serde(rename = "kubernetes.io/tls")]
    #[strum(serialize = "kubernetes.io/tls")]
    Tls,
    #[serde(rename = "kubernetes.io/basic-auth")]
    #[strum(serialize = "kubernetes.io/basic-auth")]
    BasicAuth,
    #[serde(rename = "kubernetes.io/ssh-auth")]
    #[strum(serialize = "kubernetes.io/ssh-auth")]
    SshAuth,
}

/// A workload of the namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RestartTarget {
    /// Its kind.
    #[serde(default)]
    pub kind: Workload,
    /// Its name.
    #[schemars(length(max = 63), regex(pattern = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"))]
    pub name: String,
}

/// The kinds of workloads.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, strum::IntoStaticStr,
)]
#[allow(missing_docs, reason = "the kinds' names; docs would make the schema a oneOf")]
pub enum Workload {
    #[default]
    Deployment,
    GoldenPathApp,
}
