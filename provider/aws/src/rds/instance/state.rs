//! A DB instance in comparable form: what it is to be, what it is, and what it will be.

use std::collections::BTreeSet;
use std::fmt::Display;

use aws_sdk_rds::types::{DbInstance, PendingModifiedValues};
use goldenpath_provider_api::rds::{InstanceParameters, InstanceState};

use super::field::Field;
use crate::kms::key_id;

/// The compared values. Identifiers and windows are lower case. None for a value that is not managed, or that AWS
/// does not report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    pub(super) engine: Option<String>,
    pub(super) engine_version: Option<String>,
    pub(super) instance_class: Option<String>,
    pub(super) allocated_storage: Option<i32>,
    pub(super) max_allocated_storage: Option<i32>,
    pub(super) storage_type: Option<String>,
    pub(super) iops: Option<i32>,
    pub(super) storage_encrypted: Option<bool>,
    pub(super) kms_key_id: Option<String>,
    pub(super) db_name: Option<String>,
    pub(super) username: Option<String>,
    pub(super) manage_master_user_password: Option<bool>,
    pub(super) port: Option<i32>,
    pub(super) multi_az: Option<bool>,
    pub(super) publicly_accessible: Option<bool>,
    pub(super) db_subnet_group_name: Option<String>,
    pub(super) vpc_security_group_ids: Option<BTreeSet<String>>,
    pub(super) parameter_group_name: Option<String>,
    pub(super) backup_retention_period: Option<i32>,
    pub(super) backup_window: Option<String>,
    pub(super) maintenance_window: Option<String>,
    pub(super) copy_tags_to_snapshot: Option<bool>,
    pub(super) auto_minor_version_upgrade: Option<bool>,
    pub(super) deletion_protection: Option<bool>,
    pub(super) performance_insights_enabled: Option<bool>,
    pub(super) enabled_cloudwatch_logs_exports: Option<BTreeSet<String>>,
}

/// The state of a DB instance.
pub(super) fn state_of(db: &DbInstance) -> InstanceState {
    InstanceState::parse(db.db_instance_status().unwrap_or_default())
}

/// Whether AWS has queued anything that is not compared. Applying the queue at once would apply it as well.
pub(super) fn queues_others(db: &DbInstance) -> bool {
    let Some(pending) = db.pending_modified_values() else { return false };
    pending.master_user_password.is_some()
        || pending.license_model.is_some()
        || pending.db_instance_identifier.is_some()
        || pending.storage_throughput.is_some()
        || pending.ca_certificate_identifier.is_some()
        || pending.processor_features.as_ref().is_some_and(|features| !features.is_empty())
        || pending.automation_mode.is_some()
        || pending.resume_full_automation_mode_time.is_some()
        || pending.multi_tenant.is_some()
        || pending.iam_database_authentication_enabled.is_some()
        || pending.dedicated_log_volume.is_some()
        || pending.engine.is_some()
        || pending.additional_storage_volumes.as_ref().is_some_and(|volumes| !volumes.is_empty())
        || pending.db_capacity_reservation_identifier.is_some()
}

// === impl State ===

impl State {
    /// What the spec wants.
    pub(super) fn wanted(params: &InstanceParameters) -> Self {
        // Complete on purpose: a new field is compared, or is named here as one that is not.
        let InstanceParameters {
            region: _,
            engine,
            engine_version,
            instance_class,
            allocated_storage,
            max_allocated_storage,
            storage_type,
            iops,
            storage_encrypted,
            kms_key_id,
            db_name,
            username,
            master_user_password_from,
            manage_master_user_password,
            port,
            multi_az,
            publicly_accessible,
            db_subnet_group_name,
            db_subnet_group_name_ref: _,
            vpc_security_group_ids,
            parameter_group_name,
            parameter_group_name_ref: _,
            backup_retention_period,
            backup_window,
            maintenance_window,
            copy_tags_to_snapshot,
            auto_minor_version_upgrade,
            allow_major_version_upgrade: _,
            snapshot_before_major_upgrade: _,
            apply_immediately: _,
            deletion_protection,
            skip_final_snapshot: _,
            final_snapshot_identifier: _,
            delete_automated_backups: _,
            performance_insights_enabled,
            enabled_cloudwatch_logs_exports,
            snapshot_identifier: _,
            restore_to_point_in_time: _,
            recreate_when_missing: _,
            tags: _,
        } = params;
        let own_password = master_user_password_from.as_ref().map(|_| false);
        let groups = vpc_security_group_ids.as_ref().filter(|groups| !groups.is_empty());
        Self {
            engine: Some(lower(engine)),
            engine_version: engine_version.clone(),
            instance_class: Some(lower(instance_class)),
            allocated_storage: *allocated_storage,
            max_allocated_storage: *max_allocated_storage,
            storage_type: storage_type.as_deref().map(lower),
            iops: positive(*iops),
            storage_encrypted: *storage_encrypted,
            kms_key_id: comparable_key(kms_key_id.as_deref()),
            db_name: db_name.as_deref().map(lower),
            username: username.clone(),
            manage_master_user_password: manage_master_user_password.or(own_password),
            port: *port,
            multi_az: *multi_az,
            publicly_accessible: *publicly_accessible,
            db_subnet_group_name: db_subnet_group_name.as_deref().map(lower),
            vpc_security_group_ids: groups.map(|groups| groups.iter().cloned().collect()),
            parameter_group_name: parameter_group_name.as_deref().map(lower),
            backup_retention_period: *backup_retention_period,
            backup_window: backup_window.as_deref().map(window),
            maintenance_window: maintenance_window.as_deref().map(window),
            copy_tags_to_snapshot: *copy_tags_to_snapshot,
            auto_minor_version_upgrade: *auto_minor_version_upgrade,
            deletion_protection: *deletion_protection,
            performance_insights_enabled: *performance_insights_enabled,
            enabled_cloudwatch_logs_exports: enabled_cloudwatch_logs_exports
                .as_ref()
                .map(|logs| logs.iter().cloned().collect()),
        }
    }

    /// What the DB instance is. AWS leaves a switch out where it is off, and iops where there are none.
    pub(super) fn current(db: &DbInstance) -> Self {
        let switch = |value: Option<bool>| Some(value.unwrap_or(false));
        let groups = db.vpc_security_groups().iter().filter(|g| g.status() != Some("removing"));
        let parameters = db.db_parameter_groups().first().and_then(|g| g.db_parameter_group_name());
        Self {
            engine: db.engine().map(lower),
            engine_version: db.engine_version.clone(),
            instance_class: db.db_instance_class().map(lower),
            allocated_storage: positive(db.allocated_storage),
            max_allocated_storage: positive(db.max_allocated_storage),
            storage_type: db.storage_type().map(lower),
            iops: Some(db.iops.unwrap_or(0)),
            storage_encrypted: db.storage_encrypted,
            kms_key_id: db.kms_key_id().map(|k| key_id(k).to_owned()),
            db_name: db.db_name().map(lower),
            username: db.master_username.clone(),
            manage_master_user_password: Some(db.master_user_secret.is_some()),
            port: db.endpoint().and_then(|e| positive(e.port)),
            multi_az: switch(db.multi_az),
            publicly_accessible: switch(db.publicly_accessible),
            db_subnet_group_name: db.db_subnet_group().and_then(|g| g.db_subnet_group_name()).map(lower),
            vpc_security_group_ids: Some(groups.filter_map(|g| g.vpc_security_group_id.clone()).collect()),
            parameter_group_name: parameters.map(lower),
            backup_retention_period: db.backup_retention_period,
            backup_window: db.preferred_backup_window().map(window),
            maintenance_window: db.preferred_maintenance_window().map(window),
            copy_tags_to_snapshot: switch(db.copy_tags_to_snapshot),
            auto_minor_version_upgrade: switch(db.auto_minor_version_upgrade),
            deletion_protection: switch(db.deletion_protection),
            performance_insights_enabled: switch(db.performance_insights_enabled),
            enabled_cloudwatch_logs_exports: Some(
                db.enabled_cloudwatch_logs_exports().iter().cloned().collect(),
            ),
        }
    }

    /// What the DB instance will be once its pending changes have taken effect.
    pub(super) fn with_pending(db: &DbInstance) -> Self {
        let mut state = Self::current(db);
        if let Some(pending) = db.pending_modified_values() {
            state.overlay(pending);
        }
        state
    }

    fn overlay(&mut self, pending: &PendingModifiedValues) {
        replace(&mut self.instance_class, pending.db_instance_class().map(lower));
        replace(&mut self.allocated_storage, positive(pending.allocated_storage));
        replace(&mut self.port, positive(pending.port));
        replace(&mut self.backup_retention_period, pending.backup_retention_period);
        replace(&mut self.multi_az, pending.multi_az);
        replace(&mut self.engine_version, pending.engine_version.clone());
        replace(&mut self.iops, positive(pending.iops));
        replace(&mut self.storage_type, pending.storage_type().map(lower));
        replace(&mut self.db_subnet_group_name, pending.db_subnet_group_name().map(lower));
        if let Some(pending) = pending.pending_cloudwatch_logs_exports() {
            let logs = self.enabled_cloudwatch_logs_exports.get_or_insert_default();
            logs.extend(pending.log_types_to_enable().iter().cloned());
            for log in pending.log_types_to_disable() {
                logs.remove(log);
            }
        }
    }

    /// A field as a change prints it. Two values are the same when they print the same.
    pub(super) fn printed(&self, field: Field) -> Option<String> {
        fn text(value: Option<impl Display>) -> Option<String> {
            value.map(|value| value.to_string())
        }
        let list = |set: &Option<BTreeSet<String>>| {
            set.as_ref().map(|set| set.iter().map(String::as_str).collect::<Vec<_>>().join(" "))
        };
        match field {
            Field::AllocatedStorage => text(self.allocated_storage),
            Field::AutoMinorVersionUpgrade => text(self.auto_minor_version_upgrade),
            Field::BackupRetentionPeriod => text(self.backup_retention_period),
            Field::BackupWindow => self.backup_window.clone(),
            Field::CopyTagsToSnapshot => text(self.copy_tags_to_snapshot),
            Field::DbName => self.db_name.clone(),
            Field::DbSubnetGroupName => self.db_subnet_group_name.clone(),
            Field::DeletionProtection => text(self.deletion_protection),
            Field::EnabledCloudwatchLogsExports => list(&self.enabled_cloudwatch_logs_exports),
            Field::Engine => self.engine.clone(),
            Field::EngineVersion => self.engine_version.clone(),
            Field::InstanceClass => self.instance_class.clone(),
            Field::Iops => text(self.iops),
            Field::KmsKeyId => self.kms_key_id.clone(),
            Field::MaintenanceWindow => self.maintenance_window.clone(),
            Field::ManageMasterUserPassword => text(self.manage_master_user_password),
            Field::MaxAllocatedStorage => text(self.max_allocated_storage),
            Field::MultiAz => text(self.multi_az),
            Field::ParameterGroupName => self.parameter_group_name.clone(),
            Field::PerformanceInsightsEnabled => text(self.performance_insights_enabled),
            Field::Port => text(self.port),
            Field::PubliclyAccessible => text(self.publicly_accessible),
            Field::StorageEncrypted => text(self.storage_encrypted),
            Field::StorageType => self.storage_type.clone(),
            Field::Username => self.username.clone(),
            Field::VpcSecurityGroupIds => list(&self.vpc_security_group_ids),
            // AWS's answers have no value of the one, and the other is compared by keys.
            Field::MasterUserPassword | Field::Tags => None,
        }
    }

    /// Whether iops can be set at all: gp3 has them from a size on. Source: AWS, for PostgreSQL and MySQL.
    pub(super) fn takes_iops(storage_type: Option<&str>, allocated_storage: Option<i32>) -> bool {
        match storage_type {
            Some("gp3") => allocated_storage.is_some_and(|gib| gib >= 400),
            Some("io1" | "io2") => true,
            _ => false,
        }
    }
}

fn replace<T>(value: &mut Option<T>, pending: Option<T>) {
    if pending.is_some() {
        *value = pending;
    }
}

fn positive(value: Option<i32>) -> Option<i32> {
    value.filter(|v| *v > 0)
}

/// The form in which identifiers are compared.
pub(super) fn lower(value: &str) -> String {
    value.to_lowercase()
}

/// A key that can be compared with an ARN: an alias cannot.
fn comparable_key(key: Option<&str>) -> Option<String> {
    key.filter(|k| !k.contains("alias/")).map(|k| key_id(k).to_owned())
}

/// A window in AWS's own spelling: lower case, two digits each.
pub(super) fn window(value: &str) -> String {
    let pad = |part: &str| match part.parse::<u8>() {
        Ok(number) => format!("{number:02}"),
        Err(_) => part.to_lowercase(),
    };
    let side = |side: &str| side.trim().split(':').map(pad).collect::<Vec<_>>().join(":");
    value.split('-').map(side).collect::<Vec<_>>().join("-")
}
