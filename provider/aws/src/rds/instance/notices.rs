//! Notices: what a user has to know of a DB instance although it is in sync.

use aws_sdk_rds::types::DbInstance;
use goldenpath_provider_api::rds::InstanceParameters;
use goldenpath_provider_core::{Fault, Problem};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::references::Resolved;

/// How old the latest restorable time may be, in seconds. AWS keeps it within minutes while backups work.
const STALE_AFTER: i64 = 24 * 60 * 60;
/// How long before its end a server certificate is reported, in seconds.
const EXPIRES_SOON: i64 = 60 * 24 * 60 * 60;

/// The notices at a moment, in seconds since the epoch; unchanged until one of the limits above is passed.
pub(super) fn notices(
    resolved: &Resolved,
    db: &DbInstance,
    cools_down_until: Option<&Time>,
    now: i64,
) -> Vec<Problem> {
    let Resolved { managed, unresolved, applied_at_reboot } = resolved;
    let params = &managed.spec.for_provider;
    [
        snapshot(params),
        reboot(db, applied_at_reboot),
        cools_down_until.map(cooldown),
        aws_backup(params, db),
        stale_backups(db, now),
        certificate(db, now),
        hidden_tags(db),
    ]
    .into_iter()
    .flatten()
    .chain(unresolved.iter().cloned())
    .map(|fault| fault.problem())
    .collect()
}

/// A change of the storage that AWS does not take yet.
fn cooldown(until: &Time) -> Fault {
    let message = format!(
        "AWS changes the storage once in six hours, and has changed it not long ago; it is asked again at {}",
        until.0
    );
    Fault::waiting("StorageCooldown", message).at(".spec.forProvider.allocatedStorage")
}

/// Backups that are not this object's to configure.
fn aws_backup(params: &InstanceParameters, db: &DbInstance) -> Option<Fault> {
    let plan = db.aws_backup_recovery_point_arn()?;
    (params.backup_retention_period.is_some() || params.backup_window.is_some()).then(|| {
        let message = format!("AWS Backup keeps retention and window as its plan says ({plan})");
        Fault::user("BackupsOwnedByAWSBackup", message)
            .at(".spec.forProvider.backupRetentionPeriod")
            .remedy("change them in the plan of AWS Backup, or take the database out of it")
    })
}

/// Parameters that are in the group, and not yet in effect.
fn reboot(db: &DbInstance, parameters: &[String]) -> Option<Fault> {
    let group = db.db_parameter_groups().first()?;
    let is_pending = group.parameter_apply_status() == Some("pending-reboot");
    (is_pending && !parameters.is_empty()).then(|| {
        let message = format!("takes effect at the next reboot: {}", parameters.join(", "));
        Fault::user("RebootPending", message).remedy("reboot the DB instance in AWS when it suits")
    })
}

fn snapshot(params: &InstanceParameters) -> Option<Fault> {
    let wanted = params.snapshot_before_major_upgrade == Some(true);
    (wanted && params.allow_major_version_upgrade == Some(true)).then(|| {
        let message =
            "no snapshot of its own is taken before a major upgrade; AWS takes one while backups are on";
        Fault::user("NotYetSupported", message)
            .at(".spec.forProvider.snapshotBeforeMajorUpgrade")
            .remedy("take one by hand before the version is changed, or set it to false")
    })
}

fn stale_backups(db: &DbInstance, now: i64) -> Option<Fault> {
    let backed_up = db.backup_retention_period().is_some_and(|days| days > 0);
    // An instance that is stopped has nothing new to back up.
    let runs = db.db_instance_status() == Some("available");
    let latest = db.latest_restorable_time()?;
    (backed_up && runs && latest.secs() < now - STALE_AFTER).then(|| {
        let message =
            "AWS has made no backup for more than 24 hours: what was written since cannot be restored";
        Fault::user("BackupStale", message).remedy("see the events of the DB instance in AWS")
    })
}

fn certificate(db: &DbInstance, now: i64) -> Option<Fault> {
    let ends = db.certificate_details()?.valid_till()?;
    (ends.secs() < now + EXPIRES_SOON).then(|| {
        Fault::user("CertificateExpiring", "the server certificate ends within 60 days")
            .remedy("rotate it in AWS, and have clients trust the new authority")
    })
}

/// Tags that say whose it is, and that AWS does not show.
fn hidden_tags(db: &DbInstance) -> Option<Fault> {
    db.tag_list.is_none().then(|| {
        let message = "AWS does not show the tags of the DB instance: they are left as they are";
        Fault::user("TagsNotVisible", message)
            .at(".spec.forProvider.tags")
            .remedy("allow rds:ListTagsForResource in the role's policy")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_rds::primitives::DateTime;
    use aws_sdk_rds::types::{CertificateDetails, DbParameterGroupStatus};
    use rstest::rstest;

    use crate::testing;

    const NOW: i64 = 1_800_000_000;

    fn resolved(params: InstanceParameters) -> Resolved {
        let mut managed = Box::new(testing::instance());
        managed.spec.for_provider = params;
        Resolved { managed, unresolved: Vec::new(), applied_at_reboot: Vec::new() }
    }

    fn db() -> aws_sdk_rds::types::builders::DbInstanceBuilder {
        DbInstance::builder().set_tag_list(Some(Vec::new()))
    }

    fn codes(db: &DbInstance) -> Vec<String> {
        let resolved = resolved(InstanceParameters::default());
        notices(&resolved, db, None, NOW).into_iter().map(|notice| notice.code).collect()
    }

    #[rstest]
    #[case::an_hour_ago("available", 7, 60 * 60, &[])]
    #[case::two_days_ago("available", 7, 2 * STALE_AFTER, &["BackupStale"])]
    #[case::while_stopped("stopped", 7, 2 * STALE_AFTER, &[])]
    #[case::without_backups("available", 0, 2 * STALE_AFTER, &[])]
    fn backups_that_stand_still_are_reported(
        #[case] status: &str,
        #[case] days: i32,
        #[case] age: i64,
        #[case] expected: &[&str],
    ) {
        let db = db()
            .db_instance_status(status)
            .backup_retention_period(days)
            .latest_restorable_time(DateTime::from_secs(NOW - age))
            .build();
        assert_eq!(codes(&db), expected);
    }

    #[rstest]
    #[case::in_a_month(EXPIRES_SOON / 2, &["CertificateExpiring"])]
    #[case::in_a_year(365 * 24 * 60 * 60, &[])]
    fn a_certificate_that_ends_is_reported(#[case] left: i64, #[case] expected: &[&str]) {
        let details = CertificateDetails::builder().valid_till(DateTime::from_secs(NOW + left)).build();
        let db = db().certificate_details(details).build();
        assert_eq!(codes(&db), expected);
    }

    #[rstest]
    #[case::pending("pending-reboot", &["max_connections", "wal_level"], Some("takes effect at the next reboot: max_connections, wal_level"))]
    #[case::in_effect("in-sync", &["max_connections"], None)]
    #[case::of_a_group_that_is_not_ours("pending-reboot", &[], None)]
    fn parameters_that_wait_for_a_reboot_are_named(
        #[case] status: &str,
        #[case] parameters: &[&str],
        #[case] expected: Option<&str>,
    ) {
        let group = DbParameterGroupStatus::builder().parameter_apply_status(status).build();
        let db = db().db_parameter_groups(group).build();
        let applied_at_reboot = parameters.iter().map(|&name| name.to_owned()).collect();
        let resolved = Resolved { applied_at_reboot, ..resolved(InstanceParameters::default()) };
        let message = notices(&resolved, &db, None, NOW).into_iter().next().map(|notice| notice.message);
        assert_eq!(message.as_deref(), expected);
    }

    #[test]
    fn fields_without_effect_are_named() {
        let params = InstanceParameters {
            snapshot_before_major_upgrade: Some(true),
            allow_major_version_upgrade: Some(true),
            ..InstanceParameters::default()
        };
        let told = notices(&resolved(params), &db().build(), None, NOW);
        let fields: Vec<_> = told.iter().filter_map(|n| n.field.as_deref()).collect();
        assert_eq!(fields, [".spec.forProvider.snapshotBeforeMajorUpgrade"]);
    }

    #[test]
    fn tags_that_nobody_shows_are_reported() {
        assert_eq!(codes(&DbInstance::builder().build()), ["TagsNotVisible"]);
    }
}
