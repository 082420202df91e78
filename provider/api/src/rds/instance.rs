mod state;

use std::collections::BTreeMap;

use goldenpath_provider_core::Problem;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::reference::{LocalReference, Referent};
pub use state::InstanceState;

/// The annotation with which a person says what becomes of the password of a DB instance that was adopted: `Set` has it
/// become the secret's, and `Keep` says that it is the secret's already.
pub const ADOPT_PASSWORD: &str = "goldenpath.io/adopt-password";

/// What a DB instance is to be like. An unset optional field is not managed: AWS's own value stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "self.region == oldSelf.region", "message": "region is immutable: the database would be looked for where it is not"},
    {"rule": "self.engine == oldSelf.engine", "message": "engine is immutable: AWS would replace the database"},
    {"rule": "!(has(self.snapshotIdentifier) && has(self.restoreToPointInTime))", "message": "use either snapshotIdentifier or restoreToPointInTime, not both"},
    {"rule": "!(has(self.manageMasterUserPassword) && self.manageMasterUserPassword && has(self.masterUserPasswordFrom))", "message": "use either manageMasterUserPassword or masterUserPasswordFrom, not both"},
]))]
pub struct InstanceParameters {
    /// AWS region, e.g. `eu-central-1`; cannot change.
    pub region: String,
    /// `postgres` or `mysql`; cannot change.
    pub engine: String,
    /// Major or full version, a floor: a newer minor version is not drift.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine_version: Option<String>,
    /// DB instance class, e.g. `db.t4g.small`.
    pub instance_class: String,
    /// Storage in GiB, a floor: what autoscaling has added is not drift.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 20, max = 65536))]
    pub allocated_storage: Option<i32>,
    /// Ceiling of storage autoscaling in GiB; equal to `allocatedStorage` turns it off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_allocated_storage: Option<i32>,
    /// `gp3` or `io2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage_type: Option<String>,
    /// Provisioned IOPS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iops: Option<i32>,
    /// Encrypt the storage; set at creation only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage_encrypted: Option<bool>,
    /// KMS key of the storage (id, ARN or alias); set at creation only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    /// Name of the first database; set at creation only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub db_name: Option<String>,
    /// Name of the master user; set at creation only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Where the provider reads the master user's password from, at the moment that it needs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub master_user_password_from: Option<MasterUserPasswordSource>,
    /// Let RDS make and keep the master user's password in a secret of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manage_master_user_password: Option<bool>,
    /// TCP port; the engine's default unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1150, max = 65535))]
    pub port: Option<i32>,
    /// Keep a standby in a second availability zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multi_az: Option<bool>,
    /// Give the instance a public address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publicly_accessible: Option<bool>,
    /// DB subnet group, by its name in AWS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub db_subnet_group_name: Option<String>,
    /// DB subnet group, by a `SubnetGroup` of the same namespace; `dbSubnetGroupName` counts more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub db_subnet_group_name_ref: Option<LocalReference>,
    /// VPC security groups, by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-kubernetes-list-type" = "set"))]
    pub vpc_security_group_ids: Option<Vec<String>>,
    /// DB parameter group, by its name in AWS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter_group_name: Option<String>,
    /// DB parameter group, by a `ParameterGroup` of the same namespace; `parameterGroupName` counts more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter_group_name_ref: Option<LocalReference>,
    /// Days that automated backups are kept; 0 turns them off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 35))]
    pub backup_retention_period: Option<i32>,
    /// Daily backup window, UTC, `hh24:mi-hh24:mi`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup_window: Option<String>,
    /// Weekly maintenance window, UTC, `ddd:hh24:mi-ddd:hh24:mi`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maintenance_window: Option<String>,
    /// Copy the instance's tags to its snapshots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy_tags_to_snapshot: Option<bool>,
    /// Let AWS apply minor versions in the maintenance window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_minor_version_upgrade: Option<bool>,
    /// Allow `engineVersion` to name a newer major version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_major_version_upgrade: Option<bool>,
    /// Take a snapshot of its own right before a newer major version is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot_before_major_upgrade: Option<bool>,
    /// Apply deferred changes now and not in the maintenance window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub apply_immediately: Option<bool>,
    /// Refuse deletion in AWS; while it is set, deleting this object waits and says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deletion_protection: Option<bool>,
    /// Delete without a final snapshot. Unset means that one is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skip_final_snapshot: Option<bool>,
    /// Name of the final snapshot; unset means a unique derived one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub final_snapshot_identifier: Option<String>,
    /// Remove automated backups with the instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delete_automated_backups: Option<bool>,
    /// Turn Performance Insights on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub performance_insights_enabled: Option<bool>,
    /// Log types exported to CloudWatch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-kubernetes-list-type" = "set"))]
    pub enabled_cloudwatch_logs_exports: Option<Vec<String>>,
    /// Restore from this snapshot; read at creation only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot_identifier: Option<String>,
    /// Restore to a point in time of another instance; read at creation only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restore_to_point_in_time: Option<PointInTime>,
    /// Make a new, empty instance when somebody else has removed this one. Unset reports the loss and waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recreate_when_missing: Option<bool>,
    /// Tags; Crossplane's own are added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-kubernetes-map-type" = "granular"))]
    pub tags: Option<BTreeMap<String, String>>,
}

/// Where the master user's password is read from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MasterUserPasswordSource {
    /// A `Secret` managed resource of the same namespace.
    pub secret_ref: LocalReference,
    /// Key of its JSON value.
    pub key: String,
}

/// A point in time of another instance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PointInTime {
    /// Identifier of the instance to restore from.
    pub source_db_instance_identifier: String,
    /// The time; unset means the latest restorable one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restore_time: Option<Time>,
}

/// What a DB instance is like.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InstanceObservation {
    /// AWS's identity of the instance, pinned: another one under the same name is not ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
    /// Its ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// `DBInstanceStatus`, as AWS says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The database that was made with it, whatever the spec asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub db_name: Option<String>,
    /// The master user that was made with it, whatever the spec asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub master_username: Option<String>,
    /// Host name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// TCP port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<i32>,
    /// `address:port`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// Running version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine_version_actual: Option<String>,
    /// Running class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_class: Option<String>,
    /// Storage in GiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allocated_storage: Option<i32>,
    /// Ceiling of storage autoscaling in GiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_allocated_storage: Option<i32>,
    /// Whether there is a standby in a second availability zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multi_az: Option<bool>,
    /// Whether the storage is encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage_encrypted: Option<bool>,
    /// When the server's certificate ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_cert_valid_till: Option<Time>,
    /// A point in time that can be restored: the latest one when another field of this status changed, renewed once a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest_restorable_time: Option<Time>,
    /// The day on which AWS's standard support of the running major version ends, e.g. `2029-02-28`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard_support_ends: Option<String>,
    /// Whether that is within a year, or over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard_support_ending: Option<bool>,
    /// Which version of which secret the master user's password was set from last; absent while that is not known, as
    /// after a restore, which keeps the password of the backup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_applied: Option<PasswordVersion>,
    /// When AWS was last told to apply changes at once; for a minute after it, it may not show them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied_immediately_at: Option<Time>,
    /// When the storage is asked for again, which AWS changes once in six hours; absent while it is not waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage_modifiable_from: Option<Time>,
    /// The final snapshot that its deletion has asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub final_snapshot: Option<String>,
    /// What will change and when, in a stable order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub planned_changes: Vec<PlannedChange>,
    /// What there is to know that keeps nothing from being in sync: fields without effect, stale backups, a
    /// certificate that ends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Problem>,
}

/// A version of a secret in AWS. Says nothing of what is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PasswordVersion {
    /// ARN of the secret.
    pub secret_arn: String,
    /// AWS's name of the version.
    pub version_id: String,
}

/// One change that is asked for and has not taken effect, or cannot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlannedChange {
    /// Path below `forProvider`.
    pub field: String,
    /// The value now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The value asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// `Now`, `MaintenanceWindow`, `NeedsApproval` or `NeedsReboot`; `Refused` where only another database could have it.
    pub when: String,
    /// Whether taking effect interrupts service.
    #[serde(default)]
    pub downtime: bool,
}

// === impl InstanceObservation ===

impl InstanceObservation {
    /// The status, parsed; nothing before AWS has told one.
    pub fn state(&self) -> Option<InstanceState> {
        self.status.as_deref().map(InstanceState::parse)
    }
}

crate::managed::managed! {
    group: "rds.aws.m.goldenpath.io", kind: "Instance", doc: "An RDS DB instance.",
    Instance { spec: InstanceSpec, status: InstanceStatus },
    parameters: InstanceParameters,
    observation: InstanceObservation,
    columns: [
        r#"{"name":"STATUS","type":"string","jsonPath":".status.atProvider.status","priority":1}"#
    ],
    references: |instance| {
        let params = &instance.spec.for_provider;
        let password = params.master_user_password_from.as_ref();
        let subnets = params.db_subnet_group_name_ref.as_ref();
        let parameters = params.parameter_group_name_ref.as_ref();
        [
            password.map(|p| p.secret_ref.to(Referent::Secret)),
            subnets.map(|group| group.to(Referent::SubnetGroup)),
            parameters.map(|group| group.to(Referent::ParameterGroup)),
        ]
        .into_iter()
        .flatten()
        .collect()
    },
}
