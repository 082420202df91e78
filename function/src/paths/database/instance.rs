//! The managed `Instance`: the database itself.

use goldenpath_provider_api::LocalReference;
use goldenpath_provider_api::rds::{Instance, InstanceParameters, InstanceSpec, MasterUserPasswordSource};

use crate::paths::database::adoption::{Adoption, Stage};
use crate::paths::database::api::{Backup, DatabaseSpec, DeletionPolicy, Engine};
use crate::paths::database::identity::Identity;
use crate::paths::database::parameter_groups::ParameterGroups;
use crate::paths::database::validated::ValidatedDatabase;
use crate::paths::database::{managed, restore, secret};

/// The managed `Instance` of a database.
pub(super) fn instance(
    identity: &Identity,
    database: &ValidatedDatabase<'_>,
    groups: &ParameterGroups,
    adoption: &Adoption<'_>,
) -> Instance {
    let identifier = adoption.identifier().map_or_else(|| identity.identifier(), str::to_owned);
    let mut metadata = managed::metadata(identity, identifier);
    metadata.annotations.get_or_insert_default().extend(adoption.of_instance());
    let mut for_provider = parameters(identity, database, groups);
    if adoption.is_asked_for() {
        leave_what_cannot_change(database.spec, &mut for_provider);
    }
    if adoption.instance == Stage::Observes {
        // It is not made yet, and what it would be is told as a change.
        for_provider.parameter_group_name_ref = None;
        if let Some(name) = groups.wanted_external_name() {
            for_provider.parameter_group_name = Some(name.to_owned());
        }
    }
    Instance {
        metadata,
        spec: InstanceSpec { for_provider, managed: managed::managed_in(adoption.instance, database) },
        status: None,
    }
}

/// A DB instance that somebody else has made keeps its user, its first database and its place.
fn leave_what_cannot_change(spec: &DatabaseSpec, parameters: &mut InstanceParameters) {
    parameters.username = None;
    parameters.db_name = None;
    parameters.db_subnet_group_name.clone_from(&spec.network.subnet_group);
}

fn parameters(
    identity: &Identity,
    database: &ValidatedDatabase<'_>,
    groups: &ParameterGroups,
) -> InstanceParameters {
    let spec: &DatabaseSpec = database.spec;
    let mut parameters = InstanceParameters {
        region: identity.region.clone(),
        engine: spec.engine.rds_name().into(),
        engine_version: Some(spec.version.clone()),
        instance_class: database.instance_class.clone(),
        allocated_storage: Some(database.storage.0),
        max_allocated_storage: Some(database.max_storage.0),
        storage_type: Some(spec.storage.r#type.to_string()),
        iops: spec.storage.iops,
        storage_encrypted: Some(true),
        kms_key_id: spec.encryption.kms_key_id.clone(),
        db_name: Some(spec.database_name.clone()),
        username: Some(secret::USERNAME.into()),
        master_user_password_from: Some(MasterUserPasswordSource {
            secret_ref: LocalReference { name: identity.name.clone() },
            key: secret::password_key(database),
        }),
        multi_az: Some(spec.high_availability),
        publicly_accessible: Some(spec.network.publicly_accessible),
        db_subnet_group_name: database.subnet_group.clone(),
        vpc_security_group_ids: database.security_group_ids.clone(),
        parameter_group_name: database.parameter_group.clone(),
        parameter_group_name_ref: groups.wanted.clone().map(|name| LocalReference { name }),
        maintenance_window: spec.maintenance.window.clone(),
        auto_minor_version_upgrade: Some(spec.upgrade.auto_minor),
        allow_major_version_upgrade: Some(spec.upgrade.allow_major),
        snapshot_before_major_upgrade: Some(spec.upgrade.pre_snapshot),
        apply_immediately: Some(spec.maintenance.apply_immediately),
        deletion_protection: Some(spec.deletion.protection),
        skip_final_snapshot: Some(spec.deletion.policy == DeletionPolicy::Delete),
        performance_insights_enabled: Some(spec.insights.enabled),
        enabled_cloudwatch_logs_exports: Some(exported_logs(spec)),
        tags: Some(identity.tags.clone()),
        ..InstanceParameters::default()
    };
    back_up(&spec.backup, &mut parameters);
    restore::apply(spec.restore_from.as_ref(), &mut parameters);
    parameters
}

fn back_up(backup: &Backup, parameters: &mut InstanceParameters) {
    let Backup { enabled, retention_days, window, copy_tags_to_snapshot } = backup;
    parameters.backup_retention_period = Some(if *enabled { *retention_days } else { 0 });
    parameters.backup_window.clone_from(window);
    parameters.copy_tags_to_snapshot = Some(*copy_tags_to_snapshot);
}

/// The logs that an engine writes without further settings.
fn exported_logs(spec: &DatabaseSpec) -> Vec<String> {
    let logs: &[&str] = match spec.engine {
        _ if !spec.insights.export_logs => &[],
        Engine::Postgresql => &["postgresql", "upgrade"],
        Engine::Mysql => &["error", "slowquery"],
    };
    logs.iter().map(|log| (*log).to_owned()).collect()
}
