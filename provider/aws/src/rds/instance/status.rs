//! From what AWS says about a DB instance to `status.atProvider` and readiness.

use aws_sdk_rds::types::DbInstance;
use goldenpath_provider_api::rds::{InstanceObservation, InstanceState};
use goldenpath_provider_core::{Drift, Readiness};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;

use super::field::Field;
use super::group::Group;
use super::references::Resolved;
use super::state::{State, state_of};
use super::{notices, planned};

/// Whether the DB instance can be used, in words where it cannot.
pub(super) fn readiness(db: &DbInstance, drift: &Drift, being_deleted: bool) -> Readiness {
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
        | InstanceState::ConfiguringActivityStream => usable(db, drift),
        InstanceState::Creating => Readiness::Creating(match db.percent_progress() {
            Some(percent) => format!("AWS is creating the DB instance, {percent} %"),
            None => "AWS is creating the DB instance".into(),
        }),
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
            unavailable("the parameter group does not fit: correct it, or name another one")
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

fn usable(db: &DbInstance, drift: &Drift) -> Readiness {
    match db.endpoint().and_then(|endpoint| endpoint.address()) {
        None => Readiness::Creating("waiting for the endpoint".into()),
        Some(_) if Field::MasterUserPassword.is_in(drift) => {
            Readiness::Creating("restored; the master user's password is still the backup's".into())
        }
        Some(_) => Readiness::Available,
    }
}

/// What AWS says at a moment (seconds since the epoch), as `status.atProvider` has it. `kept` is what only this provider
/// knows.
pub(super) fn observation(
    resolved: &Resolved,
    db: &DbInstance,
    drift: &Drift,
    kept: &InstanceObservation,
    now: i64,
) -> InstanceObservation {
    let params = &resolved.managed.spec.for_provider;
    let address = db.endpoint().and_then(|e| e.address()).map(str::to_owned);
    let port = State::current(db).port;
    let certificate = db.certificate_details().and_then(|c| c.valid_till());
    InstanceObservation {
        resource_id: db.dbi_resource_id.clone(),
        arn: db.db_instance_arn.clone(),
        status: db.db_instance_status.clone(),
        db_name: db.db_name.clone().filter(|name| !name.is_empty()),
        endpoint: address.as_ref().zip(port).map(|(address, port)| format!("{address}:{port}")),
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
        master_user_password_applied: kept.master_user_password_applied,
        storage_modifiable_from: cools_down_until(drift, kept, now),
        planned_changes: planned::planned(params, db, drift),
        notices: notices::notices(resolved, db, cools_down_until(drift, kept, now).as_ref(), now),
    }
}

/// What is kept of two observations. AWS moves the latest restorable time every five minutes: by itself it is no change,
/// so that a database at rest is not written, unless it is so old that the retention may have passed it.
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

/// Until when the storage is not asked for again, while it differs.
fn cools_down_until(drift: &Drift, kept: &InstanceObservation, now: i64) -> Option<Time> {
    let until = kept.storage_modifiable_from.clone().filter(|until| now < until.0.as_second())?;
    drift.changes.iter().any(|change| Group::Storage.has(change)).then_some(until)
}

/// How long AWS is left alone with the storage after it has refused to change it. It does so for six hours after the
/// last change, and does not say when that was.
const COOLDOWN: i64 = 30 * 60;

/// When the storage is asked for again that AWS has refused to change now.
pub(super) fn cools_down_from(now: i64) -> Option<Time> {
    time(now + COOLDOWN)
}

fn time(seconds: i64) -> Option<Time> {
    Timestamp::from_second(seconds).ok().map(Time)
}
