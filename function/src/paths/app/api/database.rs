//! The database of an app.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::paths::database::api::{DeletionPolicy, Engine, Size};

/// Sizes of storage.
const SIZE: &str = "^[0-9]+(Gi|Ti)$";
/// Names of databases and of namespaces.
const NAME: &str = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

/// The database of an app: one of its own, or one that is there already.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "!has(oldSelf.enabled) || !oldSelf.enabled || !has(self.type) || !has(oldSelf.type) || self.type == oldSelf.type",
     "message": "spec.database.type is immutable once there is a database"},
    {"rule": "!has(self.storage) || !has(oldSelf.storage) || !has(self.storage.size) || !has(oldSelf.storage.size) || quantity(self.storage.size).compareTo(quantity(oldSelf.storage.size)) >= 0",
     "message": "storage can only grow"},
    {"rule": "!has(self.enabled) || !self.enabled || !has(self.ref)",
     "message": "use either spec.database.enabled or spec.database.ref, not both"},
]))]
pub struct Database {
    /// Make a database of its own, a GoldenPathDatabase named like the app with -db behind it. Its Secret is environment
    /// variables, over those of `secrets`.
    pub enabled: bool,
    /// The database engine; cannot change once there is a database.
    pub r#type: Engine,
    /// The size; the platform maps it to an instance class.
    pub size: Size,
    /// Engine version, the lowest that may run. Unless set, the platform's when the database was made, or what it runs.
    #[schemars(length(max = 16), regex(pattern = r"^[0-9]+(\.[0-9]+){0,2}$"))]
    pub version: Option<String>,
    /// Keep a standby in a second availability zone.
    pub high_availability: Option<bool>,
    /// Storage.
    pub storage: Option<Storage>,
    /// Automated backups.
    pub backup: Option<Backup>,
    /// What happens to the database when the app is deleted, or asks for none any more.
    pub deletion: Option<Deletion>,
    /// Upgrades of the engine.
    pub upgrade: Option<Upgrade>,
    /// Namespaces whose apps use the database, and block its deletion.
    #[schemars(
        length(max = 64),
        inner(length(max = 63), regex(pattern = NAME)),
        extend("x-kubernetes-list-type" = "set")
    )]
    pub allowed_namespaces: Option<Vec<String>>,
    /// A database that is there already.
    pub r#ref: Option<DatabaseReference>,
}

/// Storage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Storage {
    /// Size at creation; can only grow.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 16), regex(pattern = SIZE))]
    pub size: Option<String>,
    /// Size up to which storage grows by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 16), regex(pattern = SIZE))]
    pub max_size: Option<String>,
}

/// Automated backups.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Backup {
    /// Whether backups are made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Days that backups are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 35))]
    pub retention_days: Option<i32>,
}

/// Deletion.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Deletion {
    /// Refuse deletion of the database, and of the app with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protection: Option<bool>,
    /// What deletion leaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<DeletionPolicy>,
}

/// Upgrades of the engine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Upgrade {
    /// Allow an upgrade to another major version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_major: Option<bool>,
}

/// A database that is there already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DatabaseReference {
    /// Its name.
    #[schemars(length(max = 63), regex(pattern = NAME))]
    pub name: String,
    /// Its namespace; the app's own unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 63), regex(pattern = NAME))]
    pub namespace: Option<String>,
}
