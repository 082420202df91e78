//! `BackupHealthy`: whether the database can be restored to a recent moment.

use goldenpath_provider_api::rds::InstanceObservation;
use pbjson_types::value::Kind;

use crate::condition::Condition;
use crate::paths::database::INSTANCE;
use crate::paths::database::conditions::BACKUP_HEALTHY;
use crate::rendering::Rendering;
use crate::wire;

/// The condition. A backup that fails shows as one that is stale: AWS's listings say no more.
pub(super) fn backup_healthy(rendering: &Rendering, seen: &InstanceObservation) -> Condition {
    let is = BACKUP_HEALTHY;
    // As it was applied, which the spec may not be.
    let parameters =
        rendering.desired(INSTANCE).and_then(|i| wire::child(wire::child(i, "spec")?, "forProvider"));
    let days = parameters.and_then(|p| p.fields.get("backupRetentionPeriod")?.kind.as_ref());
    if days == Some(&Kind::NumberValue(0.0)) {
        return Condition::fails(is, "Disabled", "backups are off: .spec.backup.enabled is false");
    }
    match (seen.notices.iter().find(|notice| notice.code == "BackupStale"), &seen.latest_restorable_time) {
        (Some(stale), _) => Condition::fails(is, "Stale", &stale.message),
        (None, Some(_)) => {
            Condition::holds(is, "Recent").saying("status.latestRestorableTime can be restored")
        }
        (None, None) => Condition::unknown(is, "Pending", "AWS has made no backup yet"),
    }
}
