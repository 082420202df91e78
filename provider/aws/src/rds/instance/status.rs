//! From what AWS says about a DB instance to `status.atProvider` and readiness.

use aws_sdk_rds::types::DbInstance;
use goldenpath_provider_api::rds::{Engine, InstanceObservation, InstanceParameters, PlannedChange};
use goldenpath_provider_core::{Change, ChangeClass, Drift, Readiness};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;

use super::state::State;
use super::{delta, notices};

/// What can be asked of a DB instance in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    /// Everything.
    Open,
    /// Everything but storage, which is being optimised.
    NotStorage,
    /// More storage, because it is full.
    OnlyGrowth,
    /// Another parameter group, because this one does not fit.
    OnlyParameters,
    /// Tags, which AWS takes at any time.
    OnlyTags,
    /// Nothing.
    Closed,
}

/// What can be asked for in a state. In an unknown one it is wise to wait.
pub(super) fn gate(status: &str) -> Gate {
    match status {
        "available" => Gate::Open,
        "storage-optimization" => Gate::NotStorage,
        "storage-full" => Gate::OnlyGrowth,
        "incompatible-parameters" => Gate::OnlyParameters,
        "creating" | "deleting" | "delete-precheck" => Gate::Closed,
        _ => Gate::OnlyTags,
    }
}

/// Whether the DB instance can be used, in words where it cannot.
pub(super) fn readiness(db: &DbInstance, drift: &Drift, being_deleted: bool) -> Readiness {
    let status = db.db_instance_status().unwrap_or_default();
    let unavailable = |words: &str| Readiness::Unavailable(words.to_owned());
    match status {
        "available"
        | "backing-up"
        | "storage-optimization"
        | "modifying"
        | "configuring-enhanced-monitoring"
        | "configuring-iam-database-auth"
        | "configuring-log-exports"
        | "configuring-associated-roles"
        | "configuring-activity-stream" => match db.endpoint().and_then(|e| e.address()) {
            None => Readiness::Creating("waiting for the endpoint".into()),
            Some(_) if drift.changes.iter().any(|c| c.field == delta::PASSWORD) => {
                Readiness::Creating("restored; the master user's password is still the backup's".into())
            }
            Some(_) => Readiness::Available,
        },
        "creating" => Readiness::Creating(match db.percent_progress() {
            Some(percent) => format!("AWS is creating the DB instance, {percent} %"),
            None => "AWS is creating the DB instance".into(),
        }),
        "deleting" | "delete-precheck" if being_deleted => Readiness::Deleting,
        "deleting" | "delete-precheck" => {
            unavailable("AWS is deleting the DB instance, and not because of this object")
        }
        "storage-full" => unavailable("the storage is full: raise .spec.forProvider.allocatedStorage"),
        "stopped" => unavailable("the DB instance is stopped: start it in AWS"),
        "failed" | "incompatible-restore" | "restore-error" | "inaccessible-encryption-credentials" => {
            Readiness::Unavailable(format!("the DB instance is {status}: restore it from a backup"))
        }
        "inaccessible-encryption-credentials-recoverable" => {
            unavailable("the KMS key cannot be used: enable it, then start the DB instance in AWS")
        }
        "incompatible-network" => {
            unavailable("the DB instance does not fit its network: check VPC and subnets")
        }
        "incompatible-parameters" => {
            unavailable("the parameter group does not fit: correct it, or name another one")
        }
        "insufficient-capacity" => unavailable("AWS has no capacity for this instance class: choose another"),
        "" => unavailable("AWS does not say how the DB instance is"),
        other => Readiness::Unavailable(format!("the DB instance is {other}")),
    }
}

/// What AWS says at a moment (seconds since the epoch), as `status.atProvider` has it. `kept` is what only this provider
/// knows.
pub(super) fn observation(
    params: &InstanceParameters,
    db: &DbInstance,
    drift: &Drift,
    kept: &InstanceObservation,
    now: i64,
) -> InstanceObservation {
    let address = db.endpoint().and_then(|e| e.address()).map(str::to_owned);
    let port = State::now(db).port;
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
        latest_restorable_time: db
            .latest_restorable_time()
            .and_then(|t| time(t.secs() - t.secs().rem_euclid(3600))),
        master_user_password_applied: kept.master_user_password_applied,
        planned_changes: planned(params, db, drift),
        notices: notices::notices(params, db, now),
    }
}

fn time(seconds: i64) -> Option<Time> {
    Timestamp::from_second(seconds).ok().map(Time)
}

/// What will change: that which AWS has queued, that which waits for a reboot, and that which is to be asked for.
pub(super) fn planned(params: &InstanceParameters, db: &DbInstance, drift: &Drift) -> Vec<PlannedChange> {
    let busy = gate(db.db_instance_status().unwrap_or_default()) != Gate::Open;
    let window = if params.apply_immediately == Some(true) { "Now" } else { "MaintenanceWindow" };
    let mut planned = queued(&State::now(db), &State::effective(db));
    for change in &mut planned {
        if busy { "Now" } else { window }.clone_into(&mut change.when);
    }
    for change in drift.actionable().filter(|c| c.field != delta::TAGS) {
        planned.retain(|p| p.field != change.field);
        planned.push(asked_for(params, change, window));
    }
    let group = db.db_parameter_groups().first();
    if group.is_some_and(|g| g.parameter_apply_status() == Some("pending-reboot")) {
        let name = group.and_then(|g| g.db_parameter_group_name.clone());
        planned.retain(|p| p.field != "parameterGroupName");
        planned.push(change("parameterGroupName", None, name, "NeedsReboot", true));
    }
    planned.sort_by(|a, b| a.field.cmp(&b.field));
    planned
}

/// What AWS has queued for the maintenance window.
pub(super) fn queued(now: &State, then: &State) -> Vec<PlannedChange> {
    let text = |v: Option<i32>| v.map(|v| v.to_string());
    let flag = |v: Option<bool>| v.map(|v| v.to_string());
    [
        ("allocatedStorage", text(now.allocated_storage), text(then.allocated_storage), false),
        (
            "backupRetentionPeriod",
            text(now.backup_retention_period),
            text(then.backup_retention_period),
            false,
        ),
        ("engineVersion", now.engine_version.clone(), then.engine_version.clone(), true),
        ("instanceClass", now.instance_class.clone(), then.instance_class.clone(), true),
        ("iops", text(now.iops), text(then.iops), false),
        ("multiAz", flag(now.multi_az), flag(then.multi_az), false),
        ("port", text(now.port), text(then.port), true),
        ("storageType", now.storage_type.clone(), then.storage_type.clone(), false),
    ]
    .into_iter()
    .filter(|(_, from, to, _)| from != to)
    .map(|(field, from, to, downtime)| change(field, from, to, "MaintenanceWindow", downtime))
    .collect()
}

fn asked_for(params: &InstanceParameters, asked: &Change, window: &str) -> PlannedChange {
    let Change { field, from, to, class, downtime } = asked;
    let allowed = params.allow_major_version_upgrade == Some(true);
    let when = match class {
        ChangeClass::Window
            if field == "engineVersion"
                && !allowed
                && Engine::of(&params.engine).is_major_upgrade(from, to) =>
        {
            "NeedsApproval"
        }
        ChangeClass::Window => window,
        ChangeClass::Reboot => "NeedsReboot",
        ChangeClass::Immediate | ChangeClass::Refused => "Now",
    };
    change(field, Some(from.clone()), Some(to.clone()), when, *downtime)
}

fn change(
    field: &str,
    from: Option<String>,
    to: Option<String>,
    when: &str,
    downtime: bool,
) -> PlannedChange {
    PlannedChange { field: field.to_owned(), from, to, when: when.to_owned(), downtime }
}
