//! Restores: from a snapshot, and to a time. The new instance has the data, the user and the password of the source, and
//! of the settings what a restore takes; the rest needs a modification afterwards.

use jiff::Timestamp;

use super::describe::restorable;
use super::instance::Instance;
use super::setting::{Change, Setting};
use super::value::Value;
use super::{Rds, check, create, required, rules, storage, tag};
use crate::{Call, Refusal, Structure};

/// What a restore does not take, so that a modification has to follow.
const AFTERWARDS: &[Setting] = &[
    Setting::BackupRetentionPeriod,
    Setting::EngineVersion,
    Setting::MonitoringInterval,
    Setting::MonitoringRoleArn,
    Setting::PerformanceInsightsEnabled,
    Setting::PerformanceInsightsKMSKeyId,
    Setting::PerformanceInsightsRetentionPeriod,
    Setting::DatabaseInsightsMode,
    Setting::PreferredMaintenanceWindow,
    Setting::PreferredBackupWindow,
];

/// `RestoreDBInstanceFromDBSnapshot`.
pub(crate) fn from_snapshot(rds: &mut Rds, call: &mut Call<'_>) -> Result<Structure, Refusal> {
    let name = check::identifier("DBInstanceIdentifier", required(call, "DBInstanceIdentifier")?)?;
    rds.admit_new(&name, call)?;
    let asked = required(call, "DBSnapshotIdentifier")?;
    // An ARN names a snapshot by its end, and an automated one has a colon in its name.
    let key = if asked.starts_with("arn:") { asked.splitn(7, ':').last().unwrap_or(asked) } else { asked };
    let found = rds.snapshots.get(&key.to_ascii_lowercase());
    let snapshot = found.ok_or_else(|| rules::SNAPSHOT_NOT_FOUND.refuse(&[asked]))?;
    rules::SNAPSHOT_NOT_READY.refuse_if(!snapshot.is_available(), &[key, snapshot.status()])?;
    let source = snapshot.of.clone();
    restore(rds, call, &name, source)
}

/// `RestoreDBInstanceToPointInTime`.
pub(crate) fn to_time(rds: &mut Rds, call: &mut Call<'_>) -> Result<Structure, Refusal> {
    let name =
        check::identifier("TargetDBInstanceIdentifier", required(call, "TargetDBInstanceIdentifier")?)?;
    rds.admit_new(&name, call)?;
    let form = call.form();
    let by_id = form.get("SourceDbiResourceId").and_then(|id| {
        rds.instances.values().find(|instance| instance.resource_id == id).map(|found| found.name.clone())
    });
    let source = match by_id {
        Some(name) => name,
        None => required(call, "SourceDBInstanceIdentifier")?.to_owned(),
    };
    let source = rds.instance(&source)?.clone();
    let latest = restorable(&source, call.now).ok_or_else(|| rules::NO_BACKUPS.refuse(&[&source.name]))?;
    let newest = bool::read(form, "UseLatestRestorableTime")?.unwrap_or(false);
    let time = form.get("RestoreTime");
    rules::RESTORE_UNDECIDED.refuse_if(newest == time.is_some(), &[])?;
    if let Some(time) = time {
        let moment: Timestamp = time.parse().map_err(|_| rules::MALFORMED.refuse(&[time, "RestoreTime"]))?;
        let refused = moment > latest || source.created.is_none_or(|created| moment < created);
        rules::RESTORE_TIME.refuse_if(refused, &[&latest.to_string()])?;
    }
    restore(rds, call, &name, source)
}

fn restore(rds: &mut Rds, call: &mut Call<'_>, name: &str, source: Instance) -> Result<Structure, Refusal> {
    let engine = source.engine.clone();
    let mut settings = source.settings.clone();
    // A restore begins from AWS's defaults for what is not data: protection, ceiling, logs and features are asked anew.
    settings.deletion_protection = false;
    settings.ceiling = None;
    settings.logs.clear();
    (settings.insights, settings.monitoring_interval, settings.monitoring_role) = (false, 0, None);
    let kept: Vec<Change> = AFTERWARDS.iter().map(|setting| settings.get(*setting)).collect();
    create::read(&mut settings, call.form())?;
    for change in kept {
        settings.set(change);
    }
    settings.settle_insights();
    storage::ceiling(settings.allocated_storage, settings.ceiling, false)?;
    storage::settle(&engine, &mut settings);
    check::settings(rds, &engine, &settings)?;

    let mut made = create::instance(call, name, &engine, settings);
    made.master_username = source.master_username;
    made.password = source.password;
    made.db_name = source.db_name;
    made.storage_encrypted = source.storage_encrypted;
    made.kms_key = source.kms_key;
    made.tags = tag::read(call.form())?;
    Ok(rds.welcome(made, call))
}
