//! What differs between a spec and a DB instance.

use aws_sdk_rds::types::DbInstance;
use goldenpath_provider_api::rds::{Instance, InstanceParameters};
use goldenpath_provider_core::{Change, ChangeClass, Drift};
use strum::IntoEnumIterator;

use super::field::Field;
use super::state::State;
use super::{is_restored, version};
use crate::{rds, tags};
use ChangeClass::{Immediate, Reboot, Refused, Window};

/// How long ago AWS was told to apply changes at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// So lately that it may not show them yet.
    JustNow,
    LongAgo,
}

/// Everything that differs, whether or not it can be asked for now.
pub(super) fn drift(managed: &Instance, cluster: &str, db: &DbInstance, asked: Asked) -> Drift {
    let params = &managed.spec.for_provider;
    let states = States {
        wanted: State::wanted(params),
        current: State::current(db),
        with_pending: State::with_pending(db),
    };
    // With applyImmediately, what was queued before is to take effect at once, too.
    let flush = params.apply_immediately == Some(true) && asked == Asked::LongAgo;
    let seen = if flush { &states.current } else { &states.with_pending };
    Field::iter()
        .filter(|field| !is_owned_by_aws_backup(*field, db) && !is_of_the_backup(*field, params))
        .filter_map(|field| {
            let (from, to) = match field {
                // What AWS never tells is compared by where it came from.
                Field::MasterUserPassword => return None,
                Field::Tags => tags(managed, cluster, db)?,
                _ => states.not_asked_for(field).or_else(|| difference(field, &states.wanted, seen))?,
            };
            let (class, downtime) = cost(field, params, seen);
            Some(Change { field: field.to_string(), from, to, class, downtime })
        })
        .fold(Drift::none(), Drift::with)
}

/// The three values of each field.
#[derive(Clone, Debug)]
struct States {
    wanted: State,
    /// What runs.
    current: State,
    /// What will run once the queue has taken effect.
    with_pending: State,
}

impl States {
    /// A version or a size that is queued and that the spec does not ask for (any more), and what to ask for in its
    /// place: neither can be undone once it has taken effect. It is the running value where that satisfies the spec.
    fn not_asked_for(&self, field: Field) -> Option<(String, String)> {
        let Self { wanted, current, with_pending } = self;
        match field {
            Field::EngineVersion => {
                let (running, queued) =
                    (current.engine_version.as_deref()?, with_pending.engine_version.as_deref()?);
                let wanted = wanted.engine_version.as_deref()?;
                let is_asked_for = version::is_of(queued, wanted);
                (queued != running && !is_asked_for && !version::is_below(queued, wanted)).then(|| {
                    let to = if version::is_below(running, wanted) { wanted } else { running };
                    (queued.to_owned(), to.to_owned())
                })
            }
            Field::AllocatedStorage => {
                let (running, queued) = (current.allocated_storage?, with_pending.allocated_storage?);
                let asked_for = wanted.allocated_storage?.max(running);
                (queued > asked_for).then(|| (queued.to_string(), asked_for.to_string()))
            }
            _ => None,
        }
    }
}

/// Whether AWS Backup keeps a field as its plan says, and refuses every other value.
fn is_owned_by_aws_backup(field: Field, db: &DbInstance) -> bool {
    matches!(field, Field::BackupRetentionPeriod | Field::BackupWindow)
        && db.aws_backup_recovery_point_arn().is_some()
}

/// Whether a field has its value from the backup that the DB instance is restored from: AWS accepts no other, so it never
/// counts as different.
fn is_of_the_backup(field: Field, params: &InstanceParameters) -> bool {
    is_restored(params) && matches!(field, Field::DbName | Field::Username)
}

/// The observed value and the desired one, where they differ. An unset field is not managed, and an
/// unknown value counts as equal.
fn difference(field: Field, wanted: &State, seen: &State) -> Option<(String, String)> {
    let printed = || Some((seen.printed(field)?, wanted.printed(field)?));
    match field {
        Field::EngineVersion => printed().filter(|(running, wanted)| version::is_below(running, wanted)),
        Field::AllocatedStorage => printed().filter(|_| wanted.allocated_storage > seen.allocated_storage),
        Field::MaxAllocatedStorage => ceiling(wanted, seen),
        Field::Iops => {
            let storage_type = wanted.storage_type.as_deref().or(seen.storage_type.as_deref());
            let size = wanted.allocated_storage.max(seen.allocated_storage);
            printed().filter(|(from, to)| from != to && State::takes_iops(storage_type, size))
        }
        _ => printed().filter(|(from, to)| from != to),
    }
}

/// A ceiling at or below the size turns autoscaling off, and AWS then shows none.
fn ceiling(wanted: &State, seen: &State) -> Option<(String, String)> {
    let allocated = seen.allocated_storage?;
    let size = allocated.max(wanted.allocated_storage.unwrap_or(0));
    let on = |state: &State| state.max_allocated_storage.filter(|ceiling| *ceiling > size);
    wanted.max_allocated_storage?;
    let print = |ceiling: Option<i32>| ceiling.map_or("(off)".to_owned(), |c| c.to_string());
    (on(wanted) != on(seen)).then(|| (print(on(seen)), print(on(wanted))))
}

fn tags(managed: &Instance, cluster: &str, db: &DbInstance) -> Option<(String, String)> {
    // What is not shown is not compared.
    let observed = rds::tags::of(db.tag_list.as_ref()?);
    let change = tags::change(managed, cluster, &observed)?;
    Some((change.from, change.to))
}

/// When a change of a field takes effect, and whether that interrupts service.
pub(super) fn cost(field: Field, params: &InstanceParameters, seen: &State) -> (ChangeClass, bool) {
    match field {
        Field::Engine | Field::StorageEncrypted | Field::KmsKeyId | Field::DbName | Field::Username => {
            (Refused, false)
        }
        Field::DbSubnetGroupName => (Refused, true),
        Field::EngineVersion | Field::InstanceClass => (Window, true),
        Field::AllocatedStorage | Field::StorageType | Field::Iops | Field::MultiAz => (Window, false),
        Field::BackupRetentionPeriod => {
            let is_off = |days: Option<i32>| days == Some(0);
            let is_switched = is_off(params.backup_retention_period) != is_off(seen.backup_retention_period);
            if is_switched { (Window, true) } else { (Immediate, false) }
        }
        // Turning it off needs a password to put in its place.
        Field::ManageMasterUserPassword
            if params.manage_master_user_password != Some(true)
                && params.master_user_password_from.is_none() =>
        {
            (Refused, false)
        }
        Field::ParameterGroupName => (Reboot, false),
        Field::Port => (Immediate, true),
        Field::AutoMinorVersionUpgrade
        | Field::BackupWindow
        | Field::CopyTagsToSnapshot
        | Field::DeletionProtection
        | Field::EnabledCloudwatchLogsExports
        | Field::MaintenanceWindow
        | Field::ManageMasterUserPassword
        | Field::MasterUserPassword
        | Field::MaxAllocatedStorage
        | Field::PerformanceInsightsEnabled
        | Field::PubliclyAccessible
        | Field::Tags
        | Field::VpcSecurityGroupIds => (Immediate, false),
    }
}
