//! Safe defaults that a spec relaxes: each is a field of its own, shown in `status.effective`, and can be forbidden.

use crate::paths::database::api::{DatabaseSpec, DeletionPolicy};
use crate::platform::Limits;
use crate::problems::Problem;

/// A safe default: the field that relaxes it, and whether a spec does.
type SafeDefault = (&'static str, fn(&DatabaseSpec) -> bool);

/// Every safe default, sorted.
const DEFAULTS: &[SafeDefault] = &[
    ("backup.copyTagsToSnapshot", |spec| !spec.backup.copy_tags_to_snapshot),
    ("backup.enabled", |spec| !spec.backup.enabled),
    ("deletion.policy", |spec| spec.deletion.policy == DeletionPolicy::Delete),
    ("deletion.protection", |spec| !spec.deletion.protection),
    ("encryption.requireTLS", |spec| !spec.encryption.require_tls),
    ("insights.enabled", |spec| !spec.insights.enabled),
    ("insights.exportLogs", |spec| !spec.insights.export_logs),
    ("network.publiclyAccessible", |spec| spec.network.publicly_accessible),
    ("upgrade.autoMinor", |spec| !spec.upgrade.auto_minor),
    ("upgrade.preSnapshot", |spec| !spec.upgrade.pre_snapshot),
];

/// The fields below `.spec` that relax a safe default, sorted.
pub(super) fn of(spec: &DatabaseSpec) -> Vec<String> {
    let relaxed = DEFAULTS.iter().filter(|(_, relaxes)| relaxes(spec));
    relaxed.map(|(field, _)| (*field).to_owned()).collect()
}

/// A refusal of each that the platform forbids, and of a missing standby where it asks for one.
pub(super) fn refusals(spec: &DatabaseSpec, limits: &Limits) -> Vec<Problem> {
    let denied = |field: &str, message: &str, remedy: &str| {
        Problem::error("PolicyDenied", message).at(format!(".spec.{field}")).remedy(remedy)
    };
    let forbidden = of(spec)
        .into_iter()
        .filter(|field| limits.safe_defaults.iter().any(|kept| kept.as_ref() == field))
        .map(|field| denied(&field, "the platform keeps this safe default", "leave the field out"));
    let standby = (limits.require_high_availability == Some(true) && !spec.high_availability)
        .then(|| denied("highAvailability", "the platform asks for a standby", "set it to true"));
    let kept =
        limits.min_retention_days.filter(|days| spec.backup.enabled && spec.backup.retention_days < *days);
    let retention = kept.map(|days| {
        let message = format!("the platform asks for backups of {days} days at least");
        denied("backup.retentionDays", &message, &format!("set it to {days} or more"))
    });
    forbidden.chain(standby).chain(retention).collect()
}

/// What a platform may list.
pub(crate) fn known() -> Vec<&'static str> {
    DEFAULTS.iter().map(|(known, _)| *known).collect()
}

/// Whether a platform may list it.
pub(crate) fn is_known(field: &str) -> bool {
    DEFAULTS.iter().any(|(known, _)| *known == field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_plain_spec_relaxes_nothing() {
        let spec = serde_json::from_value(json!({"version": "16"})).unwrap();
        assert_eq!(of(&spec), [""; 0]);
    }

    #[test]
    fn every_relaxation_is_named() {
        let spec = serde_json::from_value(json!({
            "version": "16",
            "backup": {"enabled": false, "copyTagsToSnapshot": false},
            "deletion": {"protection": false, "policy": "Delete"},
            "encryption": {"requireTLS": false},
            "insights": {"enabled": false, "exportLogs": false},
            "network": {"publiclyAccessible": true},
            "upgrade": {"autoMinor": false, "preSnapshot": false},
        }));
        let relaxed = of(&spec.unwrap());
        assert_eq!(relaxed.len(), DEFAULTS.len(), "{relaxed:?}");
        assert!(relaxed.is_sorted(), "{relaxed:?}");
    }
}
