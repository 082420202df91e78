//! From a spec to the requests of RDS.

use aws_sdk_rds::operation::create_db_instance::builders::CreateDbInstanceInputBuilder;
use aws_sdk_rds::operation::modify_db_instance::builders::ModifyDbInstanceInputBuilder;
use aws_sdk_rds::operation::restore_db_instance_from_db_snapshot::builders::RestoreDbInstanceFromDbSnapshotInputBuilder;
use aws_sdk_rds::operation::restore_db_instance_to_point_in_time::builders::RestoreDbInstanceToPointInTimeInputBuilder;
use aws_sdk_rds::types::{CloudwatchLogsExportConfiguration, DbInstance, Tag};
use aws_smithy_types::DateTime;
use goldenpath_provider_api::rds::{Instance, InstanceParameters, InstanceState, PointInTime};
use goldenpath_provider_core::{Change, ChangeClass, Drift, Managed, Sensitive};

use super::field::Field;
use super::group::Group;
use super::planned;
use super::state::{State, queues_others, state_of, window};
use crate::{rds, tags};

/// The request that makes a DB instance.
#[derive(Clone, Debug)]
pub(super) enum Creation {
    New(Box<CreateDbInstanceInputBuilder>),
    FromSnapshot(Box<RestoreDbInstanceFromDbSnapshotInputBuilder>),
    ToPointInTime(Box<RestoreDbInstanceToPointInTimeInputBuilder>),
}

/// Chooses and fills the request that makes a DB instance.
pub(super) fn create(managed: &Instance, cluster: &str, password: Option<&Sensitive>) -> Creation {
    let params = &managed.spec.for_provider;
    let id = managed.external_name();
    let tags = rds::tags::sdk(tags::desired(managed, cluster));
    if let Some(snapshot) = &params.snapshot_identifier {
        Creation::FromSnapshot(Box::new(from_snapshot(params, id, snapshot, tags)))
    } else if let Some(point) = &params.restore_to_point_in_time {
        Creation::ToPointInTime(Box::new(to_point_in_time(params, id, point, tags)))
    } else {
        Creation::New(Box::new(new(params, id, password, tags)))
    }
}

fn new(
    params: &InstanceParameters,
    id: String,
    password: Option<&Sensitive>,
    tags: Vec<Tag>,
) -> CreateDbInstanceInputBuilder {
    let p = params.clone();
    CreateDbInstanceInputBuilder::default()
        .db_instance_identifier(id)
        .engine(p.engine)
        .set_engine_version(p.engine_version)
        .db_instance_class(p.instance_class)
        .set_allocated_storage(p.allocated_storage)
        .set_max_allocated_storage(p.max_allocated_storage.filter(|max| Some(*max) > p.allocated_storage))
        .set_iops(iops(params))
        .set_storage_type(p.storage_type)
        .set_storage_encrypted(p.storage_encrypted)
        .set_kms_key_id(p.kms_key_id)
        .set_db_name(p.db_name)
        .set_master_username(p.username)
        .set_master_user_password(password.map(|p| p.expose().to_owned()))
        .set_manage_master_user_password(p.manage_master_user_password)
        .set_port(p.port)
        .set_multi_az(p.multi_az)
        .set_publicly_accessible(p.publicly_accessible)
        .set_db_subnet_group_name(p.db_subnet_group_name)
        .set_vpc_security_group_ids(p.vpc_security_group_ids.filter(|g| !g.is_empty()))
        .set_db_parameter_group_name(p.parameter_group_name)
        .set_backup_retention_period(p.backup_retention_period)
        .set_preferred_backup_window(p.backup_window.as_deref().map(window))
        .set_preferred_maintenance_window(p.maintenance_window.as_deref().map(window))
        .set_copy_tags_to_snapshot(p.copy_tags_to_snapshot)
        .set_auto_minor_version_upgrade(p.auto_minor_version_upgrade)
        .set_deletion_protection(p.deletion_protection)
        .set_enable_performance_insights(p.performance_insights_enabled)
        .set_enable_cloudwatch_logs_exports(p.enabled_cloudwatch_logs_exports)
        .set_tags(Some(tags))
}

/// What the restore does not take follows with an update once the DB instance is available.
fn from_snapshot(
    params: &InstanceParameters,
    id: String,
    snapshot: &str,
    tags: Vec<Tag>,
) -> RestoreDbInstanceFromDbSnapshotInputBuilder {
    let p = params.clone();
    RestoreDbInstanceFromDbSnapshotInputBuilder::default()
        .db_instance_identifier(id)
        .db_snapshot_identifier(snapshot)
        .engine(p.engine)
        .db_instance_class(p.instance_class)
        .set_iops(iops(params))
        .set_storage_type(p.storage_type)
        .set_manage_master_user_password(p.manage_master_user_password)
        .set_port(p.port)
        .set_multi_az(p.multi_az)
        .set_publicly_accessible(p.publicly_accessible)
        .set_db_subnet_group_name(p.db_subnet_group_name)
        .set_vpc_security_group_ids(p.vpc_security_group_ids.filter(|g| !g.is_empty()))
        .set_db_parameter_group_name(p.parameter_group_name)
        .set_copy_tags_to_snapshot(p.copy_tags_to_snapshot)
        .set_auto_minor_version_upgrade(p.auto_minor_version_upgrade)
        .set_deletion_protection(p.deletion_protection)
        .set_enable_cloudwatch_logs_exports(p.enabled_cloudwatch_logs_exports)
        .set_tags(Some(tags))
}

fn to_point_in_time(
    params: &InstanceParameters,
    id: String,
    point: &PointInTime,
    tags: Vec<Tag>,
) -> RestoreDbInstanceToPointInTimeInputBuilder {
    let p = params.clone();
    let PointInTime { source_db_instance_identifier, restore_time } = point;
    let time = restore_time.as_ref().map(|t| DateTime::from_secs(t.0.as_second()));
    RestoreDbInstanceToPointInTimeInputBuilder::default()
        .target_db_instance_identifier(id)
        .source_db_instance_identifier(source_db_instance_identifier)
        .set_use_latest_restorable_time(time.is_none().then_some(true))
        .set_restore_time(time)
        .engine(p.engine)
        .db_instance_class(p.instance_class)
        .set_max_allocated_storage(p.max_allocated_storage.filter(|max| Some(*max) > p.allocated_storage))
        .set_iops(iops(params))
        .set_storage_type(p.storage_type)
        .set_manage_master_user_password(p.manage_master_user_password)
        .set_port(p.port)
        .set_multi_az(p.multi_az)
        .set_publicly_accessible(p.publicly_accessible)
        .set_db_subnet_group_name(p.db_subnet_group_name)
        .set_vpc_security_group_ids(p.vpc_security_group_ids.filter(|g| !g.is_empty()))
        .set_db_parameter_group_name(p.parameter_group_name)
        .set_copy_tags_to_snapshot(p.copy_tags_to_snapshot)
        .set_auto_minor_version_upgrade(p.auto_minor_version_upgrade)
        .set_deletion_protection(p.deletion_protection)
        .set_enable_cloudwatch_logs_exports(p.enabled_cloudwatch_logs_exports)
        .set_tags(Some(tags))
}

fn iops(params: &InstanceParameters) -> Option<i32> {
    params.iops.filter(|_| State::takes_iops(params.storage_type.as_deref(), params.allocated_storage))
}

/// Fills one request with all the changes that it can make; `None` when there is none. Tags have their own calls.
pub(super) fn modify(
    managed: &Instance,
    drift: &Drift,
    db: &DbInstance,
    password: Option<&Sensitive>,
) -> Option<ModifyDbInstanceInputBuilder> {
    let params = &managed.spec.for_provider;
    let changes: Vec<_> = drift.actionable().filter_map(|c| Some((Field::of(c)?, c))).collect();
    let changes: Vec<_> = changes.into_iter().filter(|(field, _)| Group::of(*field).is_some()).collect();
    (!changes.is_empty()).then(|| {
        let request = ModifyDbInstanceInputBuilder::default()
            .db_instance_identifier(managed.external_name())
            .apply_immediately(at_once(params, drift, db));
        let with_pending = State::with_pending(db);
        let request = storage(request, params, &changes, db);
        changes.into_iter().fold(request, |request, (field, change)| {
            with(request, field, change, params, &with_pending, password)
        })
    })
}

/// Size, type and iops as one: AWS requires the iops with each change of them, and refuses iops that the size does not
/// support.
fn storage(
    request: ModifyDbInstanceInputBuilder,
    params: &InstanceParameters,
    changes: &[(Field, &Change)],
    db: &DbInstance,
) -> ModifyDbInstanceInputBuilder {
    let to = |wanted: Field| changes.iter().find(|(field, _)| *field == wanted).map(|(_, change)| &change.to);
    let (new_size, new_type, new_iops) =
        (to(Field::AllocatedStorage), to(Field::StorageType), to(Field::Iops));
    if new_size.is_none() && new_type.is_none() && new_iops.is_none() {
        return request;
    }
    let current = State::current(db);
    let size = match new_size {
        Some(size) => size.parse().ok(),
        None => params.allocated_storage.max(State::with_pending(db).allocated_storage),
    };
    let storage_type = new_type.cloned().or(current.storage_type.clone());
    // Kept only where the running size supports them too: below the threshold AWS shows a baseline that it refuses as input.
    let kept = current.iops.filter(|iops| *iops > 0).filter(|_| {
        current.storage_type == storage_type
            && State::takes_iops(current.storage_type.as_deref(), current.allocated_storage)
    });
    let iops = params.iops.filter(|iops| *iops > 0).or(kept);
    let iops = iops.filter(|_| State::takes_iops(storage_type.as_deref(), size));
    request
        .set_allocated_storage(size)
        .set_iops(iops)
        .set_storage_type(new_type.and(params.storage_type.clone()))
}

fn with(
    request: ModifyDbInstanceInputBuilder,
    field: Field,
    change: &Change,
    params: &InstanceParameters,
    with_pending: &State,
    password: Option<&Sensitive>,
) -> ModifyDbInstanceInputBuilder {
    let secret = || password.map(|p| p.expose().to_owned());
    let p = params.clone();
    match field {
        Field::EngineVersion => request
            .engine_version(&change.to)
            .set_allow_major_version_upgrade(p.allow_major_version_upgrade.filter(|allowed| *allowed)),
        Field::InstanceClass => request.db_instance_class(p.instance_class),
        // The size itself as the ceiling turns autoscaling off.
        Field::MaxAllocatedStorage => {
            let size = p.allocated_storage.max(with_pending.allocated_storage);
            request.set_max_allocated_storage(p.max_allocated_storage.max(size))
        }
        Field::Port => request.set_db_port_number(p.port),
        Field::MultiAz => request.set_multi_az(p.multi_az),
        Field::PubliclyAccessible => request.set_publicly_accessible(p.publicly_accessible),
        Field::VpcSecurityGroupIds => request.set_vpc_security_group_ids(p.vpc_security_group_ids),
        Field::ParameterGroupName => request.set_db_parameter_group_name(p.parameter_group_name),
        Field::BackupRetentionPeriod => request.set_backup_retention_period(p.backup_retention_period),
        Field::BackupWindow => request.set_preferred_backup_window(p.backup_window.as_deref().map(window)),
        Field::MaintenanceWindow => {
            request.set_preferred_maintenance_window(p.maintenance_window.as_deref().map(window))
        }
        Field::CopyTagsToSnapshot => request.set_copy_tags_to_snapshot(p.copy_tags_to_snapshot),
        Field::AutoMinorVersionUpgrade => {
            request.set_auto_minor_version_upgrade(p.auto_minor_version_upgrade)
        }
        Field::DeletionProtection => request.set_deletion_protection(p.deletion_protection),
        Field::PerformanceInsightsEnabled => {
            request.set_enable_performance_insights(p.performance_insights_enabled)
        }
        Field::EnabledCloudwatchLogsExports => {
            let wanted = p.enabled_cloudwatch_logs_exports.unwrap_or_default();
            request.cloudwatch_logs_export_configuration(logs(&wanted, with_pending))
        }
        Field::ManageMasterUserPassword if p.manage_master_user_password == Some(true) => {
            request.manage_master_user_password(true)
        }
        Field::ManageMasterUserPassword => {
            request.manage_master_user_password(false).set_master_user_password(secret())
        }
        Field::MasterUserPassword => request.set_master_user_password(secret()),
        // The first three are asked for by `storage`; the others are in no group.
        Field::AllocatedStorage
        | Field::Iops
        | Field::StorageType
        | Field::DbName
        | Field::DbSubnetGroupName
        | Field::Engine
        | Field::KmsKeyId
        | Field::StorageEncrypted
        | Field::Tags
        | Field::Username => request,
    }
}

fn logs(wanted: &[String], with_pending: &State) -> CloudwatchLogsExportConfiguration {
    let exported = with_pending.enabled_cloudwatch_logs_exports.clone().unwrap_or_default();
    let enable = wanted.iter().filter(|log| !exported.contains(*log)).cloned().collect();
    let disable = exported.iter().filter(|log| !wanted.contains(log)).cloned().collect();
    CloudwatchLogsExportConfiguration::builder()
        .set_enable_log_types(Some(enable))
        .set_disable_log_types(Some(disable))
        .build()
}

/// Whether AWS is to apply the request immediately, which applies everything queued, too. Unless the spec asks for it, only
/// to empty the queue, when the request takes back each queued change and each deferred one; and for a DB instance that
/// accepts no writes until its storage grows.
fn at_once(params: &InstanceParameters, drift: &Drift, db: &DbInstance) -> bool {
    if params.apply_immediately == Some(true) || state_of(db) == InstanceState::StorageFull {
        return true;
    }
    let queued = planned::queued(&State::current(db), &State::with_pending(db));
    let takes_back = |change: &Change| {
        queued.iter().any(|q| Field::of(change) == Some(q.field) && q.from.as_ref() == Some(&change.to))
    };
    let is_taken_back =
        |field| drift.actionable().any(|change| Field::of(change) == Some(field) && takes_back(change));
    let mut deferred = drift.actionable().filter(|change| change.class == ChangeClass::Window);
    !queued.is_empty()
        && !queues_others(db)
        && queued.iter().all(|q| is_taken_back(q.field))
        && deferred.all(takes_back)
}
