//! What AWS refuses of a modification.

use jiff::SignedDuration;

use super::asked::Asked;
use crate::rds::instance::Instance;
use crate::rds::setting::{Change, Setting};
use crate::rds::{Rds, catalog, check, password, rules, storage};
use crate::{Call, Knobs, Refusal};

/// Every check, and the values that come of it.
pub(super) fn all(rds: &Rds, instance: &Instance, asked: &mut Asked, call: &Call<'_>) -> Result<(), Refusal> {
    cooldown(instance, asked, call)?;
    size(instance, asked)?;
    version(instance, asked)?;
    backup(instance, asked)?;
    if let Some(given) = &asked.password {
        let managed = asked.managed.unwrap_or(instance.master_secret.is_some());
        rules::PASSWORD_MANAGED.refuse_if(managed, &[])?;
        password::check(&instance.engine, given)?;
    }
    let mut wanted = instance.effective();
    for change in &asked.changes {
        wanted.set(change.clone());
    }
    let named = wanted.parameter_group.clone();
    wanted.follow_version(&instance.engine);
    if asked.asks(Setting::DBParameterGroupName).is_some() {
        wanted.parameter_group = named;
    }
    storage::ceiling(wanted.allocated_storage, ceiling(asked), true)?;
    check::settings(rds, &instance.engine, &wanted)
}

fn ceiling(asked: &Asked) -> Option<u32> {
    match asked.asks(Setting::MaxAllocatedStorage) {
        Some(Change::MaxAllocatedStorage(ceiling)) => *ceiling,
        _ => None,
    }
}

/// Six hours, or until the optimization is over, whichever is longer.
fn cooldown(instance: &Instance, asked: &Asked, call: &Call<'_>) -> Result<(), Refusal> {
    let mut storage = asked.changes.iter().filter(|change| change.setting().is_storage());
    let changes = storage.any(|change| instance.differs(change));
    rules::STORAGE_COOLDOWN.refuse_if(changes && rests(instance, call), &[])
}

fn rests(instance: &Instance, call: &Call<'_>) -> bool {
    let Knobs { storage_cooldown, .. } = call.knobs;
    let rest = SignedDuration::try_from_secs_f64(*storage_cooldown).unwrap_or(SignedDuration::ZERO);
    instance.storage_changed.is_some_and(|changed| call.now < changed + rest)
}

/// The size, type, IOPS and throughput, together.
fn size(instance: &Instance, asked: &mut Asked) -> Result<(), Refusal> {
    if asked.storage == storage::Asked::default() {
        return Ok(());
    }
    let grown = storage::change(&instance.engine, &instance.settings, &asked.storage)?;
    if let Some(grown) = grown {
        asked.replace(Change::AllocatedStorage(grown));
    }
    Ok(())
}

/// The version, whose parameter group has to go with it over a major.
fn version(instance: &Instance, asked: &mut Asked) -> Result<(), Refusal> {
    let Some(Change::EngineVersion(wanted)) = asked.asks(Setting::EngineVersion) else { return Ok(()) };
    let (engine, now) = (instance.engine.as_str(), instance.settings.version.as_str());
    let line = catalog::line(engine, now).map(|line| line.major);
    // The line that runs is no change, whatever is the newest of it.
    let wanted = if line == Some(wanted.as_str()) { now } else { catalog::resolve(engine, Some(wanted))? };
    catalog::check_upgrade(engine, now, wanted, asked.allow_major)?;
    let wanted = wanted.to_owned();
    let family = catalog::family(engine, &wanted);
    if family != catalog::family(engine, now) && asked.asks(Setting::DBParameterGroupName).is_none() {
        let group = &instance.settings.parameter_group;
        rules::CUSTOM_GROUP.refuse_if(!group.starts_with("default."), &[group])?;
    }
    asked.replace(Change::EngineVersion(wanted));
    Ok(())
}

/// AWS Backup owns retention and window of what it protects: any other value is refused.
fn backup(instance: &Instance, asked: &Asked) -> Result<(), Refusal> {
    let Some(point) = &instance.aws_backup else { return Ok(()) };
    for setting in [Setting::BackupRetentionPeriod, Setting::PreferredBackupWindow] {
        let refused = asked.asks(setting).is_some_and(|change| instance.differs(change));
        rules::AWS_BACKUP.refuse_if(refused, &[&instance.name, point, setting.name()])?;
    }
    Ok(())
}
