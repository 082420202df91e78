//! The XR, as its users write it.

mod defaults;
mod parts;
mod reserved;
mod rules;
mod status;

use std::collections::BTreeMap;

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use defaults::app;
pub use parts::{
    Backup, CredentialKeys, Credentials, Deletion, DeletionPolicy, Encryption, Insights, Maintenance,
    Network, PointInTime, RestoreFrom, SecretReference, Storage, StorageType, Upgrade,
};
pub use status::{Consumer, DatabaseStatus, Effective, Egress, PendingChange, Phase, When};

/// A managed relational database with credentials delivered to the namespace.
#[derive(CustomResource, Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "goldenpath.io",
    version = "v1alpha1",
    kind = "GoldenPathDatabase",
    doc = "A managed relational database with credentials delivered to the namespace.",
    namespaced,
    status = "DatabaseStatus",
    derive = "PartialEq",
    shortname = "gpdb",
    category = "goldenpath",
    validation = kube::core::Rule::new("self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')")
        .message("metadata.name must be a DNS-1035 label"),
    printcolumn = r#"{"name":"Phase","type":"string","jsonPath":".status.phase"}"#,
    printcolumn = r#"{"name":"Engine","type":"string","jsonPath":".status.engineVersion"}"#,
    printcolumn = r#"{"name":"Class","type":"string","jsonPath":".status.instanceClass","priority":1}"#,
    printcolumn = r#"{"name":"Storage","type":"string","jsonPath":".status.storage"}"#,
    printcolumn = r#"{"name":"Secret","type":"string","jsonPath":".status.secretName"}"#,
    printcolumn = r#"{"name":"Endpoint","type":"string","jsonPath":".status.endpoint","priority":1}"#,
    printcolumn = r#"{"name":"Pending","type":"string","jsonPath":".status.pendingChanges[0].field","priority":1}"#
)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::of_spec()))]
pub struct DatabaseSpec {
    /// The engine; cannot change.
    #[serde(default)]
    pub engine: Engine,
    /// major or major.minor; a floor, never a downgrade
    #[schemars(length(max = 16), regex(pattern = rules::VERSION))]
    pub version: String,
    /// How big it is; the platform says which instance class that means.
    #[serde(default)]
    pub size: Size,
    /// overrides size; policy may forbid it
    #[schemars(length(max = 32), regex(pattern = r"^db\.[a-z0-9]+\.[a-z0-9]+$"))]
    pub instance_class: Option<String>,
    /// Name of the first database; set at creation only.
    #[serde(default = "app")]
    #[schemars(length(max = 63), regex(pattern = "^[a-z][a-z0-9_]*$"))]
    pub database_name: String,
    /// Its storage.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub storage: Storage,
    /// Keep a standby in a second availability zone.
    #[serde(default)]
    pub high_availability: bool,
    /// Its automated backups.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub backup: Backup,
    /// When it may be maintained.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub maintenance: Maintenance,
    /// How its engine is upgraded.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub upgrade: Upgrade,
    /// How it is encrypted; storage always is.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub encryption: Encryption,
    /// What becomes of it when this object is deleted.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub deletion: Deletion,
    /// The Secret of this namespace that gets the credentials; of this object's name unless set.
    pub secret_ref: Option<SecretReference>,
    /// Its credentials.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub credentials: Credentials,
    /// Namespaces whose apps are known to use it, and keep it from being deleted. That they may read its credentials is up to
    /// a role of this namespace and its binding.
    #[schemars(
        length(max = 64),
        inner(length(max = 63), regex(pattern = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")),
        extend("x-kubernetes-list-type" = "set")
    )]
    pub allowed_namespaces: Option<Vec<String>>,
    /// Engine parameters.
    #[schemars(extend("maxProperties" = 64, "additionalProperties" = {"type": "string", "maxLength": 1024}))]
    pub parameters: Option<BTreeMap<String, String>>,
    /// Where it is reached; the platform's network unless set.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub network: Network,
    /// What is recorded of it.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub insights: Insights,
    /// Where its data comes from; empty unless set. Cannot change.
    pub restore_from: Option<RestoreFrom>,
}

/// The engines.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    JsonSchema,
    strum::Display,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Engine {
    #[allow(missing_docs, reason = "a product's name; a doc would make the schema a oneOf")]
    #[default]
    Postgresql,
    #[allow(missing_docs, reason = "a product's name; a doc would make the schema a oneOf")]
    Mysql,
}

/// The sizes.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    JsonSchema,
    strum::Display,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
#[allow(missing_docs, reason = "names without more to say; docs would make the schema a oneOf")]
pub enum Size {
    #[default]
    Small,
    Medium,
    Large,
    Xlarge,
}
