//! The status of a database.

use std::str::FromStr;

use goldenpath_provider_api::ConditionStatus;
use goldenpath_provider_api::rds::{Instance, InstanceObservation, InstanceState};
use kube::ResourceExt;

use crate::condition::{AVAILABLE, Condition, SECRET_SYNCED};
use crate::observed::Observed;
use crate::paths::database::adoption::Adoption;
use crate::paths::database::api::{
    DatabaseSpec, DatabaseStatus, GoldenPathDatabase, PendingChange, Phase, When,
};
use crate::paths::database::consumers::Consumers;
use crate::paths::database::identity::{EXTERNAL_NAME, external_name};
use crate::paths::database::{
    EXTERNAL_SECRET, INSTANCE, SECRET, backup_condition, effective, end_of_support, fields, network,
    protection, upgrade_condition,
};
use crate::problems;
use crate::rendering::{Ready, Rendering};

/// How many pending changes a status carries at most; the XRD declares it.
const MOST_CHANGES: usize = 32;
/// How many composed resources a status carries at most; the XRD declares it.
const MOST_RESOURCES: usize = 64;

/// The status and the conditions.
pub(super) fn report(
    xr: &GoldenPathDatabase,
    observed: Observed<'_>,
    rendering: &Rendering,
) -> (DatabaseStatus, Vec<Condition>) {
    let mut instance: Option<Instance> = observed.get(INSTANCE);
    let status = instance.as_mut().and_then(|i| i.status.as_mut());
    let seen = status.map(|status| std::mem::take(&mut status.at_provider)).unwrap_or_default();
    let accepted = rendering.accepted();
    let available = available(instance.as_ref(), &seen, rendering);
    let secret_name = observed.text(EXTERNAL_SECRET, &["spec", "target"], "name");
    let synced = secret_synced(rendering, secret_name);
    let phase = if Adoption::of(&xr.spec, observed).is_observing() {
        Phase::Observing
    } else {
        phase(instance.as_ref(), &seen, &accepted, &available)
    };
    let backups = backup_condition::backup_healthy(rendering, &seen);
    let upgrades = upgrade_condition::upgrade_pending(&xr.spec, &seen);
    let version = seen.engine_version_actual.as_deref().unwrap_or(&xr.spec.version);
    let status = DatabaseStatus {
        phase: Some(phase),
        observed_generation: xr.metadata.generation,
        progress: rendering.progress.clone(),
        identifier: instance.as_ref().and_then(|i| i.annotations().get(EXTERNAL_NAME).cloned()),
        storage: storage(&seen),
        pending_changes: pending_changes(&xr.spec, &seen),
        effective: effective::effective(xr, rendering),
        end_of_standard_support: end_of_support::end(xr.spec.engine, version, &seen),
        arn: seen.arn,
        endpoint: seen.address,
        port: seen.port,
        engine_version: seen.engine_version_actual,
        instance_class: seen.instance_class,
        multi_az: seen.multi_az,
        secret_name: secret_name.map(str::to_owned),
        // What is made of the database follows its Secret by it: nothing else of this object changes with a password.
        secret_revision: observed
            .text(EXTERNAL_SECRET, &["status"], "syncedResourceVersion")
            .map(str::to_owned),
        secret_path: external_name(observed, SECRET).map(str::to_owned),
        latest_restorable_time: seen.latest_restorable_time,
        ca_expiry: seen.ca_cert_valid_till,
        egress: network::egress(rendering),
        consumers: Consumers::of(xr, observed).allowed,
        problems: problems::listed(&rendering.problems).to_vec(),
        resources: rendering.listed_resources(MOST_RESOURCES),
        function_version: Some(env!("CARGO_PKG_VERSION").into()),
    };
    (status, vec![accepted, available, synced, backups, upgrades, protection::blocked(observed, rendering)])
}

/// Whether the database can be used. A change that is refused or not observed yet does not affect it.
fn available(instance: Option<&Instance>, seen: &InstanceObservation, rendering: &Rendering) -> Condition {
    let is = AVAILABLE;
    let conditions = instance.and_then(|i| i.status.as_ref()).map(|s| s.managed.conditions.as_slice());
    let ready = conditions.unwrap_or_default().iter().find(|c| c.r#type == "Ready");
    if ready.is_some_and(|c| c.status == ConditionStatus::True) {
        let place = seen.endpoint.as_deref().map(|e| format!(" at {e}")).unwrap_or_default();
        return Condition::holds(is, "Available").saying(format!("the database accepts connections{place}"));
    }
    if instance.is_none() && !rendering.accepted().is_held() {
        return Condition::fails(is, "NotAccepted", "nothing is made before the spec is accepted");
    }
    let status = seen.status.as_deref();
    let fault = rendering.problems.iter().find(|p| p.is_error() && p.is_on("Instance"));
    let reason = match phase_of(status) {
        Some(Phase::StorageFull) => "StorageFull",
        Some(Phase::Stopped) => "Stopped",
        Some(Phase::Failed) => "Failed",
        Some(Phase::Deleting) => "Deleting",
        // An instance that has an address was usable before, so it is not being made.
        Some(_) if seen.address.is_some() => "Unavailable",
        None if fault.is_some() => "Failed",
        _ => "Creating",
    };
    let words = ready
        .and_then(|c| c.message.clone())
        .or_else(|| fault.map(|p| p.message.clone()))
        .or_else(|| Some(format!("the database is {}", status.filter(|status| *status != "available")?)))
        .unwrap_or_else(|| {
            let there = if status.is_some() { "confirmed to be usable" } else { "there" };
            format!("the database is not {there} yet")
        });
    Condition::fails(is, reason, words)
}

fn secret_synced(rendering: &Rendering, secret_name: Option<&str>) -> Condition {
    let is = SECRET_SYNCED;
    let Some(resource) = rendering.resource(EXTERNAL_SECRET) else {
        return Condition::fails(is, "WaitingForEndpoint", "the credentials are not complete yet");
    };
    let said = resource.message.clone().unwrap_or_default();
    match resource.ready {
        Ready::True => Condition::holds(is, "Synced")
            .saying(format!("the credentials are in the Secret {}", secret_name.unwrap_or_default())),
        Ready::Blocked => {
            Condition::fails(is, resource.reason.as_deref().unwrap_or("WaitingForEndpoint"), said)
        }
        Ready::Unknown => {
            Condition::fails(is, "Syncing", "the credentials are about to be copied into the namespace")
        }
        Ready::False if resource.reason.as_deref().is_some_and(|r| ["Pending", "Syncing"].contains(&r)) => {
            Condition::fails(is, "Syncing", said)
        }
        Ready::False => Condition::fails(is, "SyncError", said),
    }
}

/// Derived from the conditions and the state in AWS.
fn phase(
    instance: Option<&Instance>,
    seen: &InstanceObservation,
    accepted: &Condition,
    available: &Condition,
) -> Phase {
    let Some(instance) = instance else {
        return if accepted.is_held() { Phase::Creating } else { Phase::Pending };
    };
    if instance.metadata.deletion_timestamp.is_some() {
        return Phase::Deleting;
    }
    match phase_of(seen.status.as_deref()) {
        None if available.reason == "Failed" => Phase::Failed,
        None => Phase::Creating,
        Some(Phase::Available) if !available.is_held() && seen.address.is_some() => Phase::Degraded,
        Some(Phase::BackingUp | Phase::Maintenance | Phase::Modifying | Phase::Available)
            if seen.address.is_none() =>
        {
            Phase::Creating
        }
        Some(phase) => phase,
    }
}

/// The phase of a `DBInstanceStatus`. An unknown state is read by its wording, and counts as maintenance otherwise.
fn phase_of(status: Option<&str>) -> Option<Phase> {
    Some(match &InstanceState::parse(status?) {
        InstanceState::Available | InstanceState::StorageOptimization => Phase::Available,
        InstanceState::Creating => Phase::Creating,
        InstanceState::BackingUp => Phase::BackingUp,
        InstanceState::Modifying
        | InstanceState::MovingToVpc
        | InstanceState::ConvertingToVpc
        | InstanceState::Renaming
        | InstanceState::ResettingMasterCredentials
        | InstanceState::StorageConfigUpgrade
        | InstanceState::StorageInitialization
        | InstanceState::ConfiguringActivityStream
        | InstanceState::ConfiguringAssociatedRoles
        | InstanceState::ConfiguringEnhancedMonitoring
        | InstanceState::ConfiguringIamDatabaseAuth
        | InstanceState::ConfiguringLogExports => Phase::Modifying,
        InstanceState::Upgrading => Phase::Upgrading,
        InstanceState::StorageFull => Phase::StorageFull,
        InstanceState::Stopped
        | InstanceState::Stopping
        | InstanceState::InaccessibleEncryptionCredentialsRecoverable => Phase::Stopped,
        InstanceState::Deleting | InstanceState::DeletePrecheck => Phase::Deleting,
        InstanceState::Failed
        | InstanceState::RestoreError
        | InstanceState::InsufficientCapacity
        | InstanceState::InaccessibleEncryptionCredentials
        | InstanceState::IncompatibleCreate
        | InstanceState::IncompatibleCredentials
        | InstanceState::IncompatibleNetwork
        | InstanceState::IncompatibleOptionGroup
        | InstanceState::IncompatibleParameters
        | InstanceState::IncompatibleRestore
        | InstanceState::ModifyFailed
        | InstanceState::UpgradeFailed => Phase::Failed,
        InstanceState::Unknown(status) if status.starts_with("configuring-") => Phase::Modifying,
        InstanceState::Unknown(status)
            if status.starts_with("incompatible-") || status.ends_with("-failed") =>
        {
            Phase::Failed
        }
        InstanceState::Maintenance
        | InstanceState::Rebooting
        | InstanceState::Starting
        | InstanceState::Backtracking
        | InstanceState::ValidatingConfiguration
        | InstanceState::UnsupportedConfiguration
        | InstanceState::AutomationPaused
        | InstanceState::Unknown(_) => Phase::Maintenance,
    })
}

/// `20/100Gi`; without a ceiling `20Gi`.
fn storage(seen: &InstanceObservation) -> Option<String> {
    let allocated = seen.allocated_storage?;
    Some(match seen.max_allocated_storage.filter(|ceiling| *ceiling > allocated) {
        Some(ceiling) => format!("{allocated}/{ceiling}Gi"),
        None => format!("{allocated}Gi"),
    })
}

fn pending_changes(spec: &DatabaseSpec, seen: &InstanceObservation) -> Vec<PendingChange> {
    let changes = seen.planned_changes.iter().take(MOST_CHANGES);
    let of_composite = |field: &str| {
        let of_xr = fields::of_composite(spec, INSTANCE, field);
        of_xr.as_deref().map_or(field, |f| f.trim_start_matches('.')).to_owned()
    };
    changes
        .map(|change| PendingChange {
            field: of_composite(&change.field),
            from: change.from.clone(),
            to: change.to.clone(),
            when: When::from_str(&change.when).ok(),
            downtime: Some(change.downtime),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("available", Phase::Available)]
    #[case("storage-optimization", Phase::Available)]
    #[case("configuring-log-exports", Phase::Modifying)]
    #[case("incompatible-network", Phase::Failed)]
    #[case("upgrade-failed", Phase::Failed)]
    #[case("something-new", Phase::Maintenance)]
    fn every_state_of_aws_is_a_phase(#[case] status: &str, #[case] phase: Phase) {
        assert_eq!(phase_of(Some(status)), Some(phase));
    }

    #[rstest]
    #[case(Some(20), Some(100), Some("20/100Gi"))]
    #[case(Some(20), Some(20), Some("20Gi"))]
    #[case(Some(20), None, Some("20Gi"))]
    #[case(None, Some(100), None)]
    fn storage_reads_as_allocated_of_ceiling(
        #[case] allocated: Option<i32>,
        #[case] ceiling: Option<i32>,
        #[case] expected: Option<&str>,
    ) {
        let seen = InstanceObservation {
            allocated_storage: allocated,
            max_allocated_storage: ceiling,
            ..InstanceObservation::default()
        };
        assert_eq!(storage(&seen).as_deref(), expected);
    }
}
