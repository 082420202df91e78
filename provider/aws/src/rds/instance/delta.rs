//! What differs between a spec and a DB instance.

use std::collections::BTreeSet;
use std::fmt::Display;

use aws_sdk_rds::types::DbInstance;
use goldenpath_provider_api::rds::{Instance, InstanceParameters};
use goldenpath_provider_core::{Change, ChangeClass, Drift};

use super::state::{State, key_id, lower, window};
use super::status::{self, Gate};
use super::{identity, is_restored, tags_of, version};
use crate::tags;
use ChangeClass::{Immediate, Reboot, Refused, Window};

/// The field of a password that a restored instance still has to get.
pub(super) const PASSWORD: &str = "masterUserPassword";
/// The field that hands the password over from RDS to the spec, or back.
pub(super) const MANAGED_PASSWORD: &str = "manageMasterUserPassword";
/// The field of the tags, which have calls of their own.
pub(super) const TAGS: &str = "tags";

/// Everything that differs, whether or not it can be asked for now.
pub(super) fn drift(managed: &Instance, db: &DbInstance) -> Drift {
    let params = &managed.spec.for_provider;
    let mut compared = Comparison::default();
    compared.parameters(params, db);

    let applied = managed.status.as_ref().and_then(|s| s.at_provider.master_user_password_applied);
    let sets_password = is_restored(params) && !identity::only_observes(managed);
    if sets_password && params.master_user_password_from.is_some() && applied != Some(true) {
        compared.push(PASSWORD, "(from snapshot)", "(from secret)", Immediate, false);
    }
    let observed = tags_of(db);
    let delta = tags::delta(&tags::desired(managed, params.tags.as_ref()), &observed, params.tags.is_some());
    if !delta.is_empty() {
        let (from, to) = delta.printed(&observed);
        compared.push(TAGS, from, to, Immediate, false);
    }
    compared.0
}

/// What of a drift can be asked for in the state that the DB instance is in. What cannot ever be stays, so that it
/// is told.
pub(super) fn actionable(drift: &Drift, db: &DbInstance) -> Drift {
    let gate = status::gate(db.db_instance_status().unwrap_or_default());
    let passes = |c: &&Change| c.class == Refused || passes(gate, &c.field);
    Drift { changes: drift.changes.iter().filter(passes).cloned().collect() }
}

fn passes(gate: Gate, field: &str) -> bool {
    let storage = matches!(field, "allocatedStorage" | "storageType" | "iops");
    match gate {
        Gate::Open => true,
        Gate::NotStorage => !storage,
        Gate::OnlyGrowth => field == "allocatedStorage" || field == TAGS,
        Gate::OnlyParameters => field == "parameterGroupName" || field == TAGS,
        Gate::OnlyTags => field == TAGS,
        Gate::Closed => false,
    }
}

/// Collects changes.
#[derive(Debug, Default)]
struct Comparison(Drift);

// === impl Comparison ===

impl Comparison {
    fn push(
        &mut self,
        field: &str,
        from: impl Display,
        to: impl Display,
        class: ChangeClass,
        downtime: bool,
    ) {
        let change =
            Change { field: field.into(), from: from.to_string(), to: to.to_string(), class, downtime };
        self.0 = std::mem::take(&mut self.0).with(change);
    }

    /// Compares a wanted value with an observed one. Unset is not managed, and unknown is not different.
    fn value<T: PartialEq + Display>(
        &mut self,
        field: &str,
        wanted: Option<T>,
        seen: Option<T>,
        class: ChangeClass,
        downtime: bool,
    ) {
        if let (Some(wanted), Some(seen)) = (wanted, seen)
            && wanted != seen
        {
            self.push(field, seen, wanted, class, downtime);
        }
    }

    /// As [`value`](Self::value), where AWS leaves a switch out when it is off.
    fn switch(&mut self, field: &str, wanted: Option<bool>, seen: Option<bool>) {
        self.value(field, wanted, Some(seen.unwrap_or(false)), Immediate, false);
    }

    fn set(&mut self, field: &str, wanted: &BTreeSet<String>, seen: &BTreeSet<String>) {
        if wanted != seen {
            let print = |set: &BTreeSet<String>| set.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
            self.push(field, print(seen), print(wanted), Immediate, false);
        }
    }

    fn parameters(&mut self, params: &InstanceParameters, db: &DbInstance) {
        let now = State::now(db);
        // Who has asked for changes at once does not wait for those that were queued before.
        let flush = params.apply_immediately == Some(true);
        let seen = if flush { now.clone() } else { State::effective(db) };
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
            vpc_security_group_ids,
            parameter_group_name,
            parameter: _,
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

        self.value("engine", Some(lower(engine)), seen.engine.clone(), Refused, false);
        self.value("storageEncrypted", *storage_encrypted, seen.storage_encrypted, Refused, false);
        self.value(
            "kmsKeyId",
            comparable_key(kms_key_id.as_deref()),
            seen.kms_key_id.clone(),
            Refused,
            false,
        );
        self.value("dbName", db_name.as_deref().map(lower), seen.db_name.clone(), Refused, false);
        self.value("username", username.clone(), seen.username.clone(), Refused, false);
        let subnet_group = db_subnet_group_name.as_deref().map(lower);
        self.value("dbSubnetGroupName", subnet_group, seen.subnet_group.clone(), Refused, true);

        self.version(engine_version.as_deref(), &seen);
        self.value("instanceClass", Some(lower(instance_class)), seen.instance_class.clone(), Window, true);
        self.storage(*allocated_storage, *max_allocated_storage, &seen);
        let storage_type = storage_type.as_deref().map(lower);
        self.value("storageType", storage_type.clone(), seen.storage_type.clone(), Window, false);
        let effective_type = storage_type.or(seen.storage_type);
        if State::takes_iops(effective_type.as_deref(), (*allocated_storage).max(seen.allocated_storage)) {
            let wanted = iops.filter(|i| *i > 0);
            self.value("iops", wanted, Some(seen.iops.unwrap_or(0)), Window, false);
        }

        self.value("multiAz", *multi_az, Some(seen.multi_az.unwrap_or(false)), Window, false);
        self.value("port", *port, seen.port, Immediate, true);
        self.switch("publiclyAccessible", *publicly_accessible, seen.publicly_accessible);
        if let Some(wanted) = vpc_security_group_ids.as_ref().filter(|w| !w.is_empty()) {
            self.set("vpcSecurityGroupIds", &wanted.iter().cloned().collect(), &seen.security_groups);
        }
        let group = parameter_group_name.as_deref().map(lower);
        self.value("parameterGroupName", group, seen.parameter_group, Reboot, false);

        let retention = seen.backup_retention_period;
        let crosses_zero = (*backup_retention_period == Some(0)) != (retention == Some(0));
        let class = if crosses_zero { Window } else { Immediate };
        self.value("backupRetentionPeriod", *backup_retention_period, retention, class, crosses_zero);
        self.value(
            "backupWindow",
            backup_window.as_deref().map(window),
            seen.backup_window,
            Immediate,
            false,
        );
        let window = maintenance_window.as_deref().map(window);
        self.value("maintenanceWindow", window, seen.maintenance_window, Immediate, false);

        self.switch("copyTagsToSnapshot", *copy_tags_to_snapshot, seen.copy_tags_to_snapshot);
        self.switch("autoMinorVersionUpgrade", *auto_minor_version_upgrade, seen.auto_minor_version_upgrade);
        self.switch("deletionProtection", *deletion_protection, seen.deletion_protection);
        self.switch("performanceInsightsEnabled", *performance_insights_enabled, seen.performance_insights);
        if let Some(wanted) = enabled_cloudwatch_logs_exports {
            self.set("enabledCloudwatchLogsExports", &wanted.iter().cloned().collect(), &seen.log_exports);
        }
        self.managed_password(
            *manage_master_user_password,
            master_user_password_from.is_some(),
            seen.managed_password,
        );
    }

    fn version(&mut self, wanted: Option<&str>, seen: &State) {
        if let (Some(wanted), Some(running)) = (wanted, seen.engine_version.as_deref())
            && version::is_below(running, wanted)
        {
            self.push("engineVersion", running, wanted, Window, true);
        }
    }

    fn storage(&mut self, wanted: Option<i32>, ceiling: Option<i32>, seen: &State) {
        let Some(allocated) = seen.allocated_storage else {
            return;
        };
        if let Some(wanted) = wanted.filter(|w| *w > allocated) {
            self.push("allocatedStorage", allocated, wanted, Window, false);
        }
        // A ceiling at or below the size turns autoscaling off, and AWS then shows none.
        let size = allocated.max(wanted.unwrap_or(0));
        let off = |ceiling: Option<i32>| ceiling.filter(|c| *c > size);
        if ceiling.is_some() && off(ceiling) != off(seen.max_allocated_storage) {
            let print = |c: Option<i32>| off(c).map_or("(off)".to_owned(), |c| c.to_string());
            self.push(
                "maxAllocatedStorage",
                print(seen.max_allocated_storage),
                print(ceiling),
                Immediate,
                false,
            );
        }
    }

    fn managed_password(&mut self, wanted: Option<bool>, has_own: bool, seen: bool) {
        let wanted = wanted.or(has_own.then_some(false));
        // Turning it off needs a password to put in its place.
        let class = if wanted == Some(false) && !has_own { Refused } else { Immediate };
        self.value(MANAGED_PASSWORD, wanted, Some(seen), class, false);
    }
}

/// A key that can be compared with an ARN: an alias cannot.
fn comparable_key(key: Option<&str>) -> Option<String> {
    key.filter(|k| !k.contains("alias/")).map(|k| key_id(k).to_owned())
}
