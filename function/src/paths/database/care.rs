//! The conditions of a database that say how it is cared for: backups and upgrades.

use goldenpath_provider_api::Problem;
use goldenpath_provider_api::rds::InstanceObservation;
use pbjson_types::value::Kind;

use crate::condition::Condition;
use crate::paths::database::INSTANCE;
use crate::paths::database::api::{DatabaseSpec, Engine};
use crate::paths::database::conditions::{BACKUP_HEALTHY, UPGRADE_PENDING};
use crate::rendering::Rendering;
use crate::wire;

/// `BackupHealthy`. A backup that fails shows as one that is stale: AWS tells no more in a listing.
pub(super) fn backup_healthy(rendering: &Rendering, seen: &InstanceObservation) -> Condition {
    let is = BACKUP_HEALTHY;
    // As it was applied, which the spec may not be.
    let parameters =
        rendering.desired(INSTANCE).and_then(|i| wire::child(wire::child(i, "spec")?, "forProvider"));
    let days = parameters.and_then(|p| p.fields.get("backupRetentionPeriod")?.kind.as_ref());
    if days == Some(&Kind::NumberValue(0.0)) {
        return Condition::fails(is, "Disabled", "backups are off: .spec.backup.enabled is false");
    }
    match (notice(seen, "BackupStale"), &seen.latest_restorable_time) {
        (Some(stale), _) => Condition::fails(is, "Stale", &stale.message),
        (None, Some(_)) => {
            Condition::holds(is, "Recent").saying("status.latestRestorableTime can be restored")
        }
        (None, None) => Condition::unknown(is, "Pending", "AWS has made no backup yet"),
    }
}

/// `UpgradePending`.
pub(super) fn upgrade_pending(spec: &DatabaseSpec, seen: &InstanceObservation) -> Condition {
    let is = UPGRADE_PENDING;
    let versions = seen.planned_changes.iter().find(|change| change.field == "engineVersion");
    if let Some((from, to)) = versions.and_then(|change| change.from.as_deref().zip(change.to.as_deref())) {
        let line = |version: &str| release_line(spec.engine, version);
        let reason = if line(from) == line(to) { "MinorAvailable" } else { "MajorAvailable" };
        return Condition::holds(is, reason).saying(format!("the version goes from {from} to {to}"));
    }
    match notice(seen, "CertificateExpiring") {
        Some(expiring) => Condition::holds(is, "CaExpiring").saying(&expiring.message),
        None => Condition::fails(is, "UpToDate", "no other version or certificate is due"),
    }
}

/// What stays the same over minor versions: `16` of `16.4`, `8.0` of `8.0.39`.
fn release_line(engine: Engine, version: &str) -> Vec<String> {
    let parts = match engine {
        Engine::Postgresql => 1,
        Engine::Mysql => 2,
    };
    version.split('.').take(parts).map(str::to_owned).collect()
}

fn notice<'a>(seen: &'a InstanceObservation, code: &str) -> Option<&'a Problem> {
    seen.notices.iter().find(|notice| notice.code == code)
}
