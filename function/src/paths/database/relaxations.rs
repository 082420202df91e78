//! Safe defaults that a spec relaxes: each is a field of its own, shown in `status.effective`, and can be forbidden.

use strum::IntoEnumIterator;

use crate::paths::database::api::{DatabaseSpec, DeletionPolicy};
use crate::paths::database::policy::{Limits, SafeDefault};
use crate::paths::database::running::{Running, refusal_unless};
use crate::problems::Problem;

/// The safe defaults that the spec relaxes, sorted by field.
pub(super) fn of(spec: &DatabaseSpec) -> impl Iterator<Item = SafeDefault> {
    SafeDefault::iter().filter(|default| relaxes(spec, *default))
}

fn relaxes(spec: &DatabaseSpec, default: SafeDefault) -> bool {
    match default {
        SafeDefault::CopyTagsToSnapshot => !spec.backup.copy_tags_to_snapshot,
        SafeDefault::BackupEnabled => !spec.backup.enabled,
        SafeDefault::DeletionPolicy => spec.deletion.policy == DeletionPolicy::Delete,
        SafeDefault::DeletionProtection => !spec.deletion.protection,
        SafeDefault::RequireTls => !spec.encryption.require_tls,
        SafeDefault::InsightsEnabled => !spec.insights.enabled,
        SafeDefault::ExportLogs => !spec.insights.export_logs,
        SafeDefault::PubliclyAccessible => spec.network.publicly_accessible,
        SafeDefault::AutoMinor => !spec.upgrade.auto_minor,
        SafeDefault::PreSnapshot => !spec.upgrade.pre_snapshot,
    }
}

/// A refusal of each that the platform forbids, and of a missing standby where it asks for one.
pub(super) fn refusals(spec: &DatabaseSpec, limits: &Limits, running: &Running) -> Vec<Problem> {
    let denied = |field: &str, message: &str, remedy: &str| {
        Problem::error("PolicyDenied", message).at(format!(".spec.{field}")).remedy(remedy)
    };
    let forbidden = of(spec).filter(|default| limits.safe_defaults.contains(default)).map(|default| {
        let refusal = denied(default.field(), "the platform keeps this safe default", "leave the field out");
        refusal_unless(running.relaxes(default, spec), refusal)
    });
    let standby = (limits.require_high_availability == Some(true) && !spec.high_availability)
        .then(|| denied("highAvailability", "the platform asks for a standby", "set it to true"))
        .map(|refusal| refusal_unless(running.is_alone(), refusal));
    let kept =
        limits.min_retention_days.filter(|days| spec.backup.enabled && spec.backup.retention_days < *days);
    let retention = kept.map(|days| {
        let message = format!("the platform asks for backups of {days} days at least");
        let refusal = denied("backup.retentionDays", &message, &format!("set it to {days} or more"));
        refusal_unless(running.keeps_backups_for_at_most(spec.backup.retention_days), refusal)
    });
    forbidden.chain(standby).chain(retention).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use strum::VariantNames;

    #[test]
    fn a_plain_spec_relaxes_nothing() {
        let spec = serde_json::from_value(json!({"version": "16"})).unwrap();
        assert_eq!(of(&spec).next(), None);
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
        let relaxed: Vec<_> = of(&spec.unwrap()).map(SafeDefault::field).collect();
        assert_eq!(relaxed, SafeDefault::VARIANTS);
        assert!(relaxed.is_sorted(), "{relaxed:?}");
    }
}
