//! `ModifyDBInstance`.

mod asked;
mod checks;

use super::instance::Instance;
use super::setting::{Change, Setting, When};
use super::{Rds, describe, required, status, window};
use crate::{Call, Refusal, Structure};

use asked::Asked;

/// Changes an instance: what AWS defers waits, unless it shall not. The answer still has the old values.
pub(crate) fn answer(rds: &mut Rds, call: &mut Call<'_>) -> Result<Structure, Refusal> {
    let instance = rds.instance(required(call, "DBInstanceIdentifier")?)?;
    let name = instance.name.clone();
    let mut asked = Asked::read(call.form(), instance)?;
    let settings: Vec<Setting> = asked.changes.iter().map(Change::setting).collect();
    let grows = asked.storage.size.is_some_and(|size| size > instance.settings.allocated_storage);
    status::admits(instance, &settings, asked.password.is_some(), grows)?;
    let snapshot = instance.clone();
    checks::all(rds, &snapshot, &mut asked, call)?;

    let instance = rds.instance(&name)?;
    if let Some(managed) = asked.managed {
        managing(instance, managed, call);
    }
    let begun = take(instance, &asked, call);
    let told = describe::one(rds, &name, call)?;
    match begun {
        Begun::Nothing => {}
        Begun::Change { status, everything } => {
            rds.begin_change(&name, status, everything, call.now, call.knobs);
        }
    }
    // A reboot for a new port, or a window that was moved over this moment, may have begun.
    rds.await_window(&name, call.now, call.knobs);
    Ok(told)
}

/// What a modification begins.
enum Begun {
    Nothing,
    Change { status: &'static str, everything: bool },
}

/// RDS takes over the password, or gives it back.
fn managing(instance: &mut Instance, managed: bool, call: &mut Call<'_>) {
    if managed && instance.master_secret.is_none() {
        instance.manage_password(call);
    } else if !managed {
        instance.master_secret = None;
    }
}

/// Takes over what is asked: applies what is applied at once and queues the rest.
fn take(instance: &mut Instance, asked: &Asked, call: &Call<'_>) -> Begun {
    let before = instance.settings.clone();
    let mut at_once = Vec::new();
    // The version first: what comes with it waits with it.
    let (version, others): (Vec<_>, Vec<_>) =
        asked.changes.iter().partition(|change| change.setting() == Setting::EngineVersion);
    for change in version.into_iter().chain(others) {
        let setting = change.setting();
        instance.pending.changes.remove(&setting);
        if !instance.differs(change) {
            continue;
        }
        let with_version = setting == Setting::DBParameterGroupName
            && instance.pending.changes.contains_key(&Setting::EngineVersion);
        match setting.applied(&before, change) {
            When::Now if with_version => _ = instance.pending.changes.insert(setting, change.clone()),
            When::Now => at_once.push(change.clone()),
            When::Soon | When::Window => _ = instance.pending.changes.insert(setting, change.clone()),
        }
    }
    let soon = instance.pending.changes.values().any(|c| c.setting().applied(&before, c) == When::Soon);
    for change in &at_once {
        apply(instance, change.clone(), call);
    }
    instance.settings.settle_insights();
    if let Some(password) = &asked.password {
        instance.pending.password = Some(password.clone());
    }
    let moved = at_once.iter().any(|change| change.setting() == Setting::PreferredMaintenanceWindow);
    let due =
        moved && window::contains(&instance.settings.maintenance_window, call.now) && call.knobs.windows;
    let waits = !instance.pending.is_empty() || !instance.maintenance.is_empty();
    let everything = asked.immediately || due;
    if everything && waits || soon || asked.password.is_some() || !at_once.is_empty() {
        Begun::Change { status: status_of(instance, &at_once, everything), everything }
    } else {
        Begun::Nothing
    }
}

/// Applies one change that waits for nothing.
fn apply(instance: &mut Instance, change: Change, call: &Call<'_>) {
    match &change {
        Change::DeletionProtection(false) => instance.unprotected = Some(call.now),
        // The values of the new group come with the next reboot, which is never AWS's own doing.
        Change::DBParameterGroupName(_) => instance.parameters = super::instance::Applied::PendingReboot,
        _ => {}
    }
    instance.settings.set(change);
}

/// The status that tells what is being done.
fn status_of(instance: &Instance, at_once: &[Change], everything: bool) -> &'static str {
    let queued = |setting: Setting| everything && instance.pending.changes.contains_key(&setting);
    let only =
        |setting: Setting| !at_once.is_empty() && at_once.iter().all(|change| change.setting() == setting);
    if instance.pending.password.is_some() {
        "resetting-master-credentials"
    } else if queued(Setting::EngineVersion) {
        "upgrading"
    } else if queued(Setting::IAMDatabaseAuthenticationEnabled) && instance.pending.changes.len() == 1 {
        "configuring-iam-database-auth"
    } else if at_once.iter().any(|change| change.setting() == Setting::Port) {
        "rebooting"
    } else if only(Setting::MonitoringInterval) {
        "configuring-enhanced-monitoring"
    } else if only(Setting::EnabledCloudwatchLogsExports) {
        "configuring-log-exports"
    } else {
        "modifying"
    }
}
