//! What waits for its window, what is taken back, and what is flushed.

use serde_json::{Value, json};

use super::Aws;

/// A member of `PendingModifiedValues`: what asks for it, what takes it back, and how it is told.
const DEFERRED: &[(&str, &str, &str)] = &[
    ("AllocatedStorage=200", "AllocatedStorage=100", "AllocatedStorage"),
    (
        "CACertificateIdentifier=rds-ca-rsa4096-g1",
        "CACertificateIdentifier=rds-ca-rsa2048-g1",
        "CACertificateIdentifier",
    ),
    ("DBInstanceClass=db.m7g.large", "DBInstanceClass=db.t4g.small", "DBInstanceClass"),
    ("DedicatedLogVolume=true", "DedicatedLogVolume=false", "DedicatedLogVolume"),
    ("EngineVersion=17&AllowMajorVersionUpgrade=true", "EngineVersion=16", "EngineVersion"),
    (
        "EnableIAMDatabaseAuthentication=true",
        "EnableIAMDatabaseAuthentication=false",
        "IAMDatabaseAuthenticationEnabled",
    ),
    ("LicenseModel=bring-your-own-license", "LicenseModel=postgresql-license", "LicenseModel"),
    ("MultiAZ=true", "MultiAZ=false", "MultiAZ"),
    ("StorageType=gp2", "StorageType=gp3", "StorageType"),
    ("BackupRetentionPeriod=0", "BackupRetentionPeriod=7", "BackupRetentionPeriod"),
];

#[test]
fn what_is_deferred_waits_is_taken_back_and_comes_with_the_window() {
    for (ask, back, member) in DEFERRED {
        let mut aws = Aws::with_instance();
        let before = aws.told("db");
        aws.modify(ask);
        assert!(!aws.pending()[member].is_null(), "{member} waits");
        assert_eq!(aws.told("db")[member], before[member], "{member} is not applied yet");
        aws.modify(back);
        assert_eq!(aws.pending(), json!({}), "{member} is taken back");

        aws.modify(ask);
        // Sunday, five o'clock.
        aws.pass(3 * 24 * 3600 + 5 * 3600);
        assert_eq!(aws.pending(), json!({}), "the window has run");
        assert_ne!(aws.told("db")[member], before[member], "{member} is applied");
        assert_eq!(aws.status(), "available", "{member}");
    }
}

#[test]
fn what_is_asked_at_once_flushes_all_that_waits() {
    let mut aws = Aws::with_instance();
    aws.modify("CACertificateIdentifier=rds-ca-rsa4096-g1&MultiAZ=true");
    aws.set(&json!({
        "PendingModifiedValues": {"ProcessorFeatures": [{"Name": "coreCount", "Value": "2"}]},
        "PendingMaintenanceActions": ["system-update"],
    }));
    let announced = aws.ok("DescribePendingMaintenanceActions", "");
    assert!(announced.contains("<Action>system-update</Action>"), "{announced}");
    let told = aws.pending();
    let names: Vec<_> =
        told.as_object().map(|told| told.keys().map(String::as_str).collect()).unwrap_or_default();
    assert_eq!(names, ["CACertificateIdentifier", "MultiAZ", "ProcessorFeatures"]);
    aws.modify("DBInstanceClass=db.m7g.large&ApplyImmediately=true");
    aws.pass(10);
    assert_eq!(aws.pending(), json!({}));
    let now = aws.told("db");
    assert_eq!(now["CACertificateIdentifier"], "rds-ca-rsa4096-g1");
    assert_eq!((&now["MultiAZ"], &now["DBInstanceClass"]), (&json!(true), &json!("db.m7g.large")));
    assert!(!aws.ok("DescribePendingMaintenanceActions", "").contains("system-update"));
}

#[test]
fn what_waits_for_nothing_flushes_nothing() {
    let mut aws = Aws::with_instance();
    aws.modify("MultiAZ=true");
    aws.modify("DeletionProtection=true&BackupRetentionPeriod=9&MasterUserPassword=another-horse");
    aws.pass(10);
    let now = aws.told("db");
    assert_eq!((&now["DeletionProtection"], &now["BackupRetentionPeriod"]), (&json!(true), &json!(9)));
    assert_eq!(aws.pending(), json!({"MultiAZ": true}));
}

#[test]
fn a_window_that_is_moved_over_this_moment_runs() {
    let mut aws = Aws::with_instance();
    aws.modify("MultiAZ=true");
    // It is Thursday, shortly after midnight.
    aws.modify("PreferredMaintenanceWindow=thu:00:00-thu:00:30");
    aws.pass(10);
    assert_eq!((aws.told("db")["MultiAZ"].clone(), aws.pending()), (json!(true), json!({})));
}

#[test]
fn an_instance_says_available_for_a_while_after_a_modification() {
    let mut aws = Aws::with_instance();
    aws.cloud.knobs.lag = 20.0;
    aws.modify("DBInstanceClass=db.m7g.large&ApplyImmediately=true");
    for (passes, status, class) in [
        (10, "available", "db.t4g.small"),
        (10, "modifying", "db.t4g.small"),
        (10, "available", "db.m7g.large"),
    ] {
        aws.pass(passes);
        assert_eq!(
            (aws.status().as_str(), aws.told("db")["DBInstanceClass"].clone()),
            (status, json!(class))
        );
    }
}

#[test]
fn a_major_upgrade_takes_its_parameter_group_along_when_it_comes() {
    let mut aws = Aws::with_instance();
    aws.ok(
        "CreateDBParameterGroup",
        "DBParameterGroupName=own&DBParameterGroupFamily=postgres17&Description=x",
    );
    let upgrade = "EngineVersion=17&AllowMajorVersionUpgrade=true&DBParameterGroupName=own";
    aws.modify(upgrade);
    let group = |aws: &mut Aws| -> Value { aws.told("db")["DBParameterGroupName"].clone() };
    assert_eq!(
        (group(&mut aws), aws.pending()),
        (json!("default.postgres16"), json!({"EngineVersion": "17.5"}))
    );
    aws.modify(
        "EngineVersion=17&AllowMajorVersionUpgrade=true&DBParameterGroupName=own&ApplyImmediately=true",
    );
    assert_eq!(aws.status(), "upgrading");
    aws.pass(10);
    assert_eq!((group(&mut aws), aws.told("db")["EngineVersion"].clone()), (json!("own"), json!("17.5")));
}

#[test]
fn each_status_takes_what_it_takes() {
    for (status, form, code) in [
        ("available", "MultiAZ=true", ""),
        ("backing-up", "MultiAZ=true", "InvalidDBInstanceState"),
        ("storage-optimization", "MultiAZ=true", ""),
        ("storage-optimization", "AllocatedStorage=200", "InvalidParameterCombination"),
        ("storage-initialization", "MasterUserPassword=another-horse", ""),
        ("storage-full", "AllocatedStorage=200", ""),
        ("storage-full", "MaxAllocatedStorage=200", ""),
        ("storage-full", "AllocatedStorage=200&MultiAZ=true", "InvalidDBInstanceState"),
        ("incompatible-parameters", "DBParameterGroupName=default.postgres16", ""),
        ("incompatible-parameters", "MultiAZ=true", "InvalidDBInstanceState"),
        ("stopped", "DeletionProtection=false", "InvalidDBInstanceState"),
        ("failed", "AllocatedStorage=200", "InvalidDBInstanceState"),
        ("modifying", "MultiAZ=true", "InvalidDBInstanceState"),
        ("of-tomorrow", "MultiAZ=true", "InvalidDBInstanceState"),
    ] {
        let mut aws = Aws::with_instance();
        aws.set(&json!({"DBInstanceStatus": status}));
        let answer = aws.call("ModifyDBInstance", &format!("DBInstanceIdentifier=db&{form}"));
        assert_eq!(answer.error.unwrap_or_default(), code, "{status}: {form}");
    }
}
