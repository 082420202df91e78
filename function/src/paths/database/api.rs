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
    Adopt, AdoptedPassword, Backup, CredentialKeys, Credentials, Deletion, DeletionPolicy, Encryption,
    Insights, Maintenance, Network, PointInTime, RestoreFrom, SecretReference, Storage, StorageType, Upgrade,
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
    /// The database engine; cannot change.
    #[serde(default)]
    pub engine: Engine,
    /// Engine version, major or major.minor: the lowest that may run; never a downgrade
    #[schemars(length(max = 16), regex(pattern = rules::VERSION))]
    pub version: String,
    /// The size; the platform maps it to an instance class.
    #[serde(default)]
    pub size: Size,
    /// Instance class, in place of the size; the platform may forbid it
    #[schemars(length(max = 32), regex(pattern = r"^db\.[a-z0-9]+\.[a-z0-9]+$"))]
    pub instance_class: Option<String>,
    /// Name of the first database; used at creation only.
    #[serde(default = "app")]
    #[schemars(length(max = 63), regex(pattern = "^[a-z][a-z0-9_]*$"))]
    pub database_name: String,
    /// Storage.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub storage: Storage,
    /// Keep a standby in a second availability zone.
    #[serde(default)]
    pub high_availability: bool,
    /// Automated backups.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub backup: Backup,
    /// Maintenance window.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub maintenance: Maintenance,
    /// Upgrades of the engine.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub upgrade: Upgrade,
    /// Encryption; storage is always encrypted.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub encryption: Encryption,
    /// What happens to the database when this object is deleted.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub deletion: Deletion,
    /// The Secret of this namespace for the credentials; named like this object unless set.
    pub secret_ref: Option<SecretReference>,
    /// Credentials.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub credentials: Credentials,
    /// Namespaces whose apps use the database, and block its deletion. To read the credentials they also need a role binding
    /// in this namespace.
    #[schemars(
        length(max = 64),
        inner(length(max = 63), regex(pattern = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")),
        extend("x-kubernetes-list-type" = "set")
    )]
    pub allowed_namespaces: Option<Vec<String>>,
    /// Engine parameters.
    #[schemars(extend("maxProperties" = 64, "additionalProperties" = {"type": "string", "maxLength": 1024}))]
    pub parameters: Option<BTreeMap<String, String>>,
    /// Network of the database; the platform's unless set.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub network: Network,
    /// Monitoring and logs.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub insights: Insights,
    /// Backup that the data is restored from; starts empty unless set. Cannot change.
    pub restore_from: Option<RestoreFrom>,
    /// DB instance that is in AWS already and becomes this database: only looked at first. Cannot be added, and names one.
    pub adopt: Option<Adopt>,
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
