//! A DB instance in comparable form: what it is, and what it will be.

use std::collections::BTreeSet;

use aws_sdk_rds::types::{DbInstance, PendingModifiedValues};

/// The compared values. Identifiers and windows are lower case, and zero is none where AWS means it so.
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
    pub(super) managed_password: bool,
    pub(super) port: Option<i32>,
    pub(super) multi_az: Option<bool>,
    pub(super) publicly_accessible: Option<bool>,
    pub(super) subnet_group: Option<String>,
    pub(super) security_groups: BTreeSet<String>,
    pub(super) parameter_group: Option<String>,
    pub(super) backup_retention_period: Option<i32>,
    pub(super) backup_window: Option<String>,
    pub(super) maintenance_window: Option<String>,
    pub(super) copy_tags_to_snapshot: Option<bool>,
    pub(super) auto_minor_version_upgrade: Option<bool>,
    pub(super) deletion_protection: Option<bool>,
    pub(super) performance_insights: Option<bool>,
    pub(super) log_exports: BTreeSet<String>,
}

// === impl State ===

impl State {
    /// What the DB instance is.
    pub(super) fn now(db: &DbInstance) -> Self {
        Self {
            engine: db.engine().map(lower),
            engine_version: db.engine_version.clone(),
            instance_class: db.db_instance_class().map(lower),
            allocated_storage: positive(db.allocated_storage),
            max_allocated_storage: positive(db.max_allocated_storage),
            storage_type: db.storage_type().map(lower),
            iops: positive(db.iops),
            storage_encrypted: db.storage_encrypted,
            kms_key_id: db.kms_key_id().map(|k| key_id(k).to_owned()),
            db_name: db.db_name().map(lower),
            username: db.master_username.clone(),
            managed_password: db.master_user_secret.is_some(),
            port: db.endpoint().and_then(|e| positive(e.port)),
            multi_az: db.multi_az,
            publicly_accessible: db.publicly_accessible,
            subnet_group: db.db_subnet_group().and_then(|g| g.db_subnet_group_name()).map(lower),
            security_groups: db
                .vpc_security_groups()
                .iter()
                .filter(|g| g.status() != Some("removing"))
                .filter_map(|g| g.vpc_security_group_id.clone())
                .collect(),
            parameter_group: db
                .db_parameter_groups()
                .first()
                .and_then(|g| g.db_parameter_group_name())
                .map(lower),
            backup_retention_period: db.backup_retention_period,
            backup_window: db.preferred_backup_window().map(window),
            maintenance_window: db.preferred_maintenance_window().map(window),
            copy_tags_to_snapshot: db.copy_tags_to_snapshot,
            auto_minor_version_upgrade: db.auto_minor_version_upgrade,
            deletion_protection: db.deletion_protection,
            performance_insights: db.performance_insights_enabled,
            log_exports: db.enabled_cloudwatch_logs_exports().iter().cloned().collect(),
        }
    }

    /// What the DB instance will be once its pending changes have taken effect.
    pub(super) fn effective(db: &DbInstance) -> Self {
        let mut state = Self::now(db);
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
        replace(&mut self.subnet_group, pending.db_subnet_group_name().map(lower));
        if let Some(logs) = pending.pending_cloudwatch_logs_exports() {
            self.log_exports.extend(logs.log_types_to_enable().iter().cloned());
            for log in logs.log_types_to_disable() {
                self.log_exports.remove(log);
            }
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

/// The part of a key's name that its id and its ARN share.
pub(super) fn key_id(key: &str) -> &str {
    key.rsplit_once(":key/").map_or(key, |(_, id)| id)
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
