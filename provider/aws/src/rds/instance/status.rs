//! From what AWS says about a DB instance to `status.atProvider` and readiness.

use aws_sdk_rds::types::DbInstance;
use goldenpath_provider_api::rds::{InstanceObservation, InstanceState};
use goldenpath_provider_core::{Drift, Readiness};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;

use super::delta::Asked;
use super::group::Group;
use super::password::Standing;
use super::references::Resolved;
use super::state::{State, state_of};
use super::{notices, planned};

/// Whether the DB instance can be used, in words where it cannot.
pub(super) fn readiness(db: &DbInstance, password: &Standing, being_deleted: bool) -> Readiness {
    let state = state_of(db);
    let unavailable = |words: &str| Readiness::Unavailable(words.to_owned());
    match &state {
        InstanceState::Available
        | InstanceState::BackingUp
        | InstanceState::StorageOptimization
        | InstanceState::StorageInitialization
        | InstanceState::StorageConfigUpgrade
        | InstanceState::ResettingMasterCredentials
        | InstanceState::Modifying
        | InstanceState::ConfiguringEnhancedMonitoring
        | InstanceState::ConfiguringIamDatabaseAuth
        | InstanceState::ConfiguringLogExports
        | InstanceState::ConfiguringAssociatedRoles
        | InstanceState::ConfiguringActivityStream => usable(db, password),
        InstanceState::Creating => Readiness::Creating("AWS is creating the DB instance".into()),
        InstanceState::Deleting | InstanceState::DeletePrecheck if being_deleted => Readiness::Deleting,
        InstanceState::Deleting | InstanceState::DeletePrecheck => {
            unavailable("AWS is deleting the DB instance, and not because of this object")
        }
        InstanceState::StorageFull => {
            unavailable("the storage is full: raise .spec.forProvider.allocatedStorage")
        }
        InstanceState::Stopped => unavailable("the DB instance is stopped: start it in AWS"),
        InstanceState::Failed
        | InstanceState::IncompatibleRestore
        | InstanceState::RestoreError
        | InstanceState::InaccessibleEncryptionCredentials => {
            Readiness::Unavailable(format!("the DB instance is {state}: restore it from a backup"))
        }
        InstanceState::InaccessibleEncryptionCredentialsRecoverable => {
            unavailable("the KMS key cannot be used: enable it, then start the DB instance in AWS")
        }
        InstanceState::IncompatibleNetwork => {
            unavailable("the DB instance does not fit its network: check VPC and subnets")
        }
        InstanceState::IncompatibleParameters => {
            unavailable("the parameter group is incompatible: correct it, or name another one")
        }
        InstanceState::InsufficientCapacity => {
            unavailable("AWS has no capacity for this instance class: choose another")
        }
        InstanceState::Unknown(status) if status.is_empty() => {
            unavailable("AWS does not say how the DB instance is")
        }
        _ => Readiness::Unavailable(format!("the DB instance is {state}")),
    }
}

/// Whoever reads the secret is to find the password that opens the DB instance.
fn usable(db: &DbInstance, password: &Standing) -> Readiness {
    let is_being_set =
        db.pending_modified_values().is_some_and(|queued| queued.master_user_password.is_some());
    match (db.endpoint().and_then(|endpoint| endpoint.address()), password) {
        (None, _) => Readiness::Creating("waiting for the endpoint".into()),
        (Some(_), Standing::AwaitsConsent) => {
            Readiness::Unavailable("the password of the adopted DB instance is not known".into())
        }
        (Some(_), Standing::Differs { .. }) => Readiness::Creating(match state_of(db) {
            InstanceState::Available => "the master user's password is not the secret's yet".into(),
            state => format!(
                "the master user's password is not the secret's yet: AWS takes it once the DB instance is \
                 available, and it is {state}"
            ),
        }),
        (Some(_), Standing::Applied(_)) if is_being_set => {
            Readiness::Creating("AWS sets the master user's password".into())
        }
        (Some(_), Standing::Applied(_) | Standing::NotManaged) => Readiness::Available,
    }
}

/// The observation at a moment (seconds since the epoch), for `status.atProvider`. `kept` is the previous one: some of it
/// is known to this provider only.
pub(super) fn observation(
    resolved: &Resolved,
    db: &DbInstance,
    drift: &Drift,
    kept: &InstanceObservation,
    now: i64,
) -> InstanceObservation {
    let address = db.endpoint().and_then(|e| e.address()).map(str::to_owned);
    let port = State::current(db).port;
    let certificate = db.certificate_details().and_then(|c| c.valid_till());
    InstanceObservation {
        resource_id: db.dbi_resource_id.clone(),
        arn: db.db_instance_arn.clone(),
        status: db.db_instance_status.clone(),
        db_name: db.db_name.clone().filter(|name| !name.is_empty()),
        endpoint: address.as_ref().zip(port).map(|(address, port)| format!("{address}:{port}")),
        master_username: db.master_username.clone().filter(|name| !name.is_empty()),
        address,
        port,
        engine_version_actual: db.engine_version.clone(),
        instance_class: db.db_instance_class.clone(),
        allocated_storage: db.allocated_storage,
        max_allocated_storage: db.max_allocated_storage,
        multi_az: db.multi_az,
        storage_encrypted: db.storage_encrypted,
        ca_cert_valid_till: certificate.and_then(|t| time(t.secs())),
        latest_restorable_time: db.latest_restorable_time().and_then(|t| time(t.secs())),
        standard_support_ends: kept.standard_support_ends.clone(),
        standard_support_ending: kept.standard_support_ending,
        password_applied: kept.password_applied.clone(),
        applied_immediately_at: kept.applied_immediately_at.clone(),
        final_snapshot: kept.final_snapshot.clone(),
        storage_modifiable_from: cools_down_until(drift, kept, now),
        planned_changes: planned::planned(&resolved.managed, db, drift),
        notices: notices::notices(resolved, db, cools_down_until(drift, kept, now).as_ref(), now),
    }
}

/// The observation to write. AWS moves the latest restorable time every five minutes; that alone is no change, so that a
/// database at rest is not written, unless the recorded time is so old that the retention may have passed it.
pub(super) fn settled(kept: InstanceObservation, seen: InstanceObservation) -> InstanceObservation {
    let (Some(before), Some(now)) = (&kept.latest_restorable_time, &seen.latest_restorable_time) else {
        return seen;
    };
    let is_recent = now.0.as_second() - before.0.as_second() < SHORTEST_RETENTION;
    let unmoved = InstanceObservation { latest_restorable_time: Some(before.clone()), ..seen.clone() };
    if is_recent && unmoved == kept { kept } else { seen }
}

/// AWS keeps automated backups for a day at least.
const SHORTEST_RETENTION: i64 = 24 * 3600;

/// Until when a change of the storage is not requested again, while it differs.
fn cools_down_until(drift: &Drift, kept: &InstanceObservation, now: i64) -> Option<Time> {
    let until = kept.storage_modifiable_from.clone().filter(|until| now < until.0.as_second())?;
    drift.changes.iter().any(|change| Group::Storage.has(change)).then_some(until)
}

/// How long AWS may show what was before, once it has taken a change that it applies at once.
const QUIET: i64 = 60;

/// Whether AWS may still show what was before its last change.
pub(super) fn asked(kept: Option<&InstanceObservation>, now: i64) -> Asked {
    let last = kept.and_then(|kept| kept.applied_immediately_at.as_ref());
    let is_recent = last.is_some_and(|last| now < last.0.as_second() + QUIET);
    if is_recent { Asked::JustNow } else { Asked::LongAgo }
}

/// A moment, in seconds since the epoch, as the status has it.
pub(super) fn moment(now: i64) -> Option<Time> {
    time(now)
}

/// When there is something new to see: AWS shows what was asked for a moment ago, or takes a change of the storage again.
pub(super) fn next_look(kept: Option<&InstanceObservation>, now: i64) -> Option<Timestamp> {
    let kept = kept?;
    let shown = kept.applied_immediately_at.as_ref().map(|asked| asked.0.as_second() + QUIET);
    let modifiable = kept.storage_modifiable_from.as_ref().map(|from| from.0.as_second());
    let next = [shown, modifiable].into_iter().flatten().filter(|at| *at > now).min()?;
    Timestamp::from_second(next).ok()
}

fn time(seconds: i64) -> Option<Time> {
    Timestamp::from_second(seconds).ok().map(Time)
}
