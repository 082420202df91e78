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
    /// What it starts with; can only grow.
    #[serde(default = "twenty_gibibytes")]
    #[schemars(
        length(max = 16),
        regex(pattern = rules::SIZE),
        extend("x-kubernetes-validations" = rules::of_size())
    )]
    pub size: String,
    /// What it may grow to by itself; equal to size turns growing off. Unless set it is twice the size, and 100Gi at least, as
    /// far as AWS and the platform let it.
    #[schemars(
        length(max = 16),
        regex(pattern = rules::SIZE),
        extend("x-kubernetes-validations" = rules::of_max_size())
    )]
    pub max_size: Option<String>,
    /// The kind of volume.
    #[serde(default)]
    pub r#type: StorageType,
    /// Provisioned IOPS; unset leaves what AWS has.
    #[schemars(range(min = 1000, max = 256_000))]
    pub iops: Option<i32>,
}

/// The kinds of volumes.
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
    /// Whether there are any.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Days that they are kept.
    #[serde(default = "a_week")]
    #[schemars(range(min = 0, max = 35))]
    pub retention_days: i32,
    /// Daily window, UTC, `hh24:mi-hh24:mi`; unset leaves the one that AWS has.
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
    /// Weekly window, UTC, `ddd:hh24:mi-ddd:hh24:mi`; unset leaves the one that AWS has.
    #[schemars(
        length(max = 19),
        regex(pattern = rules::WEEKLY),
        extend("x-kubernetes-validations" = rules::of_weekly())
    )]
    pub window: Option<String>,
    /// Apply changes now and not in the window.
    #[serde(default)]
    pub apply_immediately: bool,
}

/// Upgrades of the engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Upgrade {
    /// Take minor versions by itself.
    #[serde(default = "yes")]
    pub auto_minor: bool,
    /// Allow version to name another major version.
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
    /// Leave a final snapshot, nothing, or the database itself.
    #[serde(default)]
    pub policy: DeletionPolicy,
}

/// What deletion leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "told by the field; docs would make the schema a oneOf")]
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
    /// 0 means on demand only
    #[serde(default)]
    #[schemars(range(min = 0, max = 365))]
    pub rotation_interval_days: i32,
    /// How the keys are spelled: as AWS does, as environment variables of the engine, or both.
    #[serde(default)]
    pub keys: CredentialKeys,
}

/// How the keys of credentials are spelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "told by the field; docs would make the schema a oneOf")]
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
    /// Give it a public address.
    #[serde(default)]
    pub publicly_accessible: bool,
    /// DB subnet group, by name.
    #[schemars(length(min = 1, max = 255))]
    pub subnet_group: Option<String>,
    /// VPC security groups, by id; unset means the platform's, and where it has none, leaves those that AWS has.
    #[schemars(
        length(max = 16),
        inner(length(max = 64), regex(pattern = "^sg-[0-9a-f]+$")),
        extend("x-kubernetes-list-type" = "set")
    )]
    pub security_group_ids: Option<Vec<String>>,
}

/// What is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Insights {
    /// Performance Insights.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Logs in CloudWatch.
    #[serde(default = "yes")]
    pub export_logs: bool,
}

/// Where data comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "has(self.snapshotIdentifier) != has(self.pointInTime)",
     "message": "exactly one of snapshotIdentifier, pointInTime"},
]))]
pub struct RestoreFrom {
    /// A snapshot.
    #[schemars(length(min = 1, max = 255))]
    pub snapshot_identifier: Option<String>,
    /// Another instance as it was at a time.
    pub point_in_time: Option<PointInTime>,
}

/// Another instance as it was at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PointInTime {
    /// Its identifier.
    #[schemars(length(min = 1, max = 63))]
    pub source_instance: String,
    /// The time; the latest that can be restored unless set.
    pub time: Option<Time>,
}
