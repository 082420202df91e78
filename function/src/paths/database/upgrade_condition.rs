//! `UpgradePending`: whether another version or certificate is due.

use goldenpath_provider_api::rds::InstanceObservation;

use crate::condition::Condition;
use crate::paths::database::api::DatabaseSpec;
use crate::paths::database::conditions::UPGRADE_PENDING;

/// The condition.
pub(super) fn upgrade_pending(spec: &DatabaseSpec, seen: &InstanceObservation) -> Condition {
    let is = UPGRADE_PENDING;
    let versions = seen.planned_changes.iter().find(|change| change.field == "engineVersion");
    if let Some((from, to)) = versions.and_then(|change| change.from.as_deref().zip(change.to.as_deref())) {
        let is_major = spec.engine.of_rds().is_major_upgrade(from, to);
        let reason = if is_major { "MajorAvailable" } else { "MinorAvailable" };
        return Condition::holds(is, reason).saying(format!("the version goes from {from} to {to}"));
    }
    match seen.notices.iter().find(|notice| notice.code == "CertificateExpiring") {
        Some(expiring) => Condition::holds(is, "CaExpiring").saying(&expiring.message),
        None => Condition::fails(is, "UpToDate", "no other version or certificate is due"),
    }
}
