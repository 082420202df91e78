//! The parts of the spec.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::defaults::{a_week, twenty_gibibytes, yes};
use super::rules;

/// Storage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::of_storage()))]
pub struct Storage {
    /// Size at creation; can only grow.
    #[serde(default = "twenty_gibibytes")]
    #[schemars(
        length(max = 16),
        regex(pattern = rules::SIZE),
        extend("x-kubernetes-validations" = rules::of_size())
    )]
    pub size: String,
    /// Size up to which storage grows by itself; the same as size turns growth off. Unless set, twice the size and at least
    /// 100Gi, within the limits of AWS and the platform.
    #[schemars(
        length(max = 16),
        regex(pattern = rules::SIZE),
        extend("x-kubernetes-validations" = rules::of_max_size())
    )]
    pub max_size: Option<String>,
    /// Type of the volume.
    #[serde(default)]
    pub r#type: StorageType,
    /// Provisioned IOPS; unset leaves AWS's value.
    #[schemars(range(min = 1000, max = 256_000))]
    pub iops: Option<i32>,
}

/// The types of volumes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, strum::Display)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
#[allow(missing_docs, reason = "AWS's names; docs would make the schema a oneOf")]
pub enum StorageType {
    #[default]
    Gp3,
    Io2,
}

/// Automated backups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::of_backup()))]
pub struct Backup {
    /// Whether backups are made.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Days that backups are kept.
    #[serde(default = "a_week")]
    #[schemars(range(min = 0, max = 35))]
    pub retention_days: i32,
    /// Daily window, UTC, `hh24:mi-hh24:mi`; unset leaves AWS's choice.
    #[schemars(
        length(max = 11),
        regex(pattern = rules::DAILY),
        extend("x-kubernetes-validations" = rules::of_daily())
    )]
    pub window: Option<String>,
    /// Copy tags to snapshots.
    #[serde(default = "yes")]
    pub copy_tags_to_snapshot: bool,
}

/// Maintenance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Maintenance {
    /// Weekly window, UTC, `ddd:hh24:mi-ddd:hh24:mi`; unset leaves AWS's choice.
    #[schemars(
        length(max = 19),
        regex(pattern = rules::WEEKLY),
        extend("x-kubernetes-validations" = rules::of_weekly())
    )]
    pub window: Option<String>,
    /// Apply changes immediately, not in the window.
    #[serde(default)]
    pub apply_immediately: bool,
}

/// Upgrades of the engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Upgrade {
    /// Let AWS install minor versions.
    #[serde(default = "yes")]
    pub auto_minor: bool,
    /// Allow an upgrade to another major version.
    #[serde(default)]
    pub allow_major: bool,
    /// Take a snapshot before a major upgrade.
    #[serde(default = "yes")]
    pub pre_snapshot: bool,
}

/// Encryption.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "!has(self.kmsKeyId) == !has(oldSelf.kmsKeyId) && (!has(self.kmsKeyId) || self.kmsKeyId == oldSelf.kmsKeyId)",
     "message": "the KMS key cannot change after creation"},
]))]
pub struct Encryption {
    /// KMS key of the storage; the account's RDS key unless set.
    #[schemars(length(min = 1, max = 2048))]
    pub kms_key_id: Option<String>,
    /// Refuse connections without TLS.
    #[serde(default = "yes", rename = "requireTLS")]
    pub require_tls: bool,
}

/// Deletion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Deletion {
    /// Refuse deletion until this is false.
    #[serde(default = "yes")]
    pub protection: bool,
    /// What is left after deletion: a final snapshot (Snapshot), nothing (Delete), or the database itself (Orphan).
    #[serde(default)]
    pub policy: DeletionPolicy,
}

/// What deletion leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "said by the field; docs would make the schema a oneOf")]
pub enum DeletionPolicy {
    #[default]
    Snapshot,
    Delete,
    Orphan,
}

/// Names a Secret of this namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SecretReference {
    /// Its name.
    #[schemars(
        length(max = 63),
        regex(pattern = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
    )]
    pub name: Option<String>,
}

/// Credentials.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Credentials {
    /// Days between rotations of the password; 0 for on demand only
    #[serde(default)]
    #[schemars(range(min = 0, max = 365))]
    pub rotation_interval_days: i32,
    /// Keys of the Secret: those of AWS, environment variables of the engine, or both.
    #[serde(default)]
    pub keys: CredentialKeys,
}

/// The sets of keys of the Secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "said by the field; docs would make the schema a oneOf")]
pub enum CredentialKeys {
    Standard,
    PostgresEnv,
    #[default]
    Both,
}

/// Network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Network {
    /// Make the database reachable from the internet.
    #[serde(default)]
    pub publicly_accessible: bool,
    /// DB subnet group, by name.
    #[schemars(length(min = 1, max = 255))]
    pub subnet_group: Option<String>,
    /// VPC security groups, by id; the platform's unless set. With neither, AWS's default group.
    #[schemars(
        length(max = 16),
        inner(length(max = 64), regex(pattern = "^sg-[0-9a-f]+$")),
        extend("x-kubernetes-list-type" = "set")
    )]
    pub security_group_ids: Option<Vec<String>>,
}

/// Monitoring and logs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Insights {
    /// Turn on Performance Insights.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Export logs to CloudWatch.
    #[serde(default = "yes")]
    pub export_logs: bool,
}

/// The backup to restore from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "has(self.snapshotIdentifier) != has(self.pointInTime)",
     "message": "exactly one of snapshotIdentifier, pointInTime"},
]))]
pub struct RestoreFrom {
    /// Identifier of a DB snapshot.
    #[schemars(length(min = 1, max = 255))]
    pub snapshot_identifier: Option<String>,
    /// Another DB instance at a point in time.
    pub point_in_time: Option<PointInTime>,
}

/// Another DB instance at a point in time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PointInTime {
    /// Identifier of the DB instance.
    #[schemars(length(min = 1, max = 63))]
    pub source_instance: String,
    /// The point in time; the latest restorable unless set.
    pub time: Option<Time>,
}

/// A DB instance that is in AWS already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::of_adopt()))]
pub struct Adopt {
    /// DB instance identifier; the platform lists those that a namespace may take over.
    #[schemars(length(max = 63), regex(pattern = "^[a-z](-?[a-z0-9])*$"))]
    pub identifier: String,
    /// Have it become this database, and changed to what the spec says. Until then nothing is written to AWS, and
    /// status.pendingChanges says what would change.
    #[serde(default)]
    pub take_over: bool,
    /// What becomes of its password: a new one is set (Set), or the one in use stays (Keep), which somebody has written into
    /// the secret of status.secretPath before.
    pub password: Option<AdoptedPassword>,
}

/// What becomes of the password of a DB instance that is taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, strum::Display)]
#[allow(missing_docs, reason = "said by the field; docs would make the schema a oneOf")]
pub enum AdoptedPassword {
    Set,
    Keep,
}

impl Default for Storage {
    fn default() -> Self {
        Self { size: twenty_gibibytes(), max_size: None, r#type: StorageType::default(), iops: None }
    }
}

impl Default for Backup {
    fn default() -> Self {
        Self { enabled: true, retention_days: a_week(), window: None, copy_tags_to_snapshot: true }
    }
}

impl Default for Upgrade {
    fn default() -> Self {
        Self { auto_minor: true, allow_major: false, pre_snapshot: true }
    }
}

impl Default for Encryption {
    fn default() -> Self {
        Self { kms_key_id: None, require_tls: true }
    }
}

impl Default for Deletion {
    fn default() -> Self {
        Self { protection: true, policy: DeletionPolicy::default() }
    }
}

impl Default for Insights {
    fn default() -> Self {
        Self { enabled: true, export_logs: true }
    }
}
