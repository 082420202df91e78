//! The life of an instance.

use serde_json::json;

use super::{Aws, text};
use crate::Knobs;

#[test]
fn creation_takes_its_time_and_there_is_no_endpoint_before() {
    let mut aws = Aws::new();
    aws.cloud.knobs = Knobs { creating: 10.0, backing_up: 5.0, ..Knobs::default() };
    aws.create("db", "");
    assert_eq!((aws.status().as_str(), text(&aws.described(), "Address")), ("creating", None));
    aws.pass(10);
    assert_eq!(aws.status(), "backing-up");
    assert!(text(&aws.described(), "Address").is_some());
    aws.pass(5);
    assert_eq!(aws.status(), "available");
    assert_eq!(text(&aws.described(), "LatestRestorableTime").as_deref(), Some("1970-01-01T00:00:15.000Z"));
}

#[test]
fn what_was_late_to_be_looked_at_happened_in_its_time() {
    let mut aws = Aws::new();
    aws.create("db", "");
    aws.pass(100_000);
    assert_eq!(text(&aws.described(), "InstanceCreateTime").as_deref(), Some("1970-01-01T00:00:02.000Z"));
}

#[test]
fn deletion_takes_its_time_and_leaves_the_final_snapshot() {
    let mut aws = Aws::with_instance();
    aws.ok("DeleteDBInstance", "DBInstanceIdentifier=db&FinalDBSnapshotIdentifier=last");
    let snapshot = |aws: &mut Aws| {
        text(&aws.ok("DescribeDBSnapshots", "DBSnapshotIdentifier=last"), "Status").unwrap_or_default()
    };
    assert_eq!((aws.status().as_str(), snapshot(&mut aws).as_str()), ("deleting", "creating"));
    aws.pass(10);
    assert_eq!(aws.refused("DescribeDBInstances", "DBInstanceIdentifier=db").0, "DBInstanceNotFound");
    assert_eq!(snapshot(&mut aws), "available");
    let left = aws.ok("DescribeDBSnapshots", "SnapshotType=automated");
    assert_eq!(text(&left, "DBSnapshotIdentifier"), None, "its automated snapshots are gone with it");
}

#[test]
fn the_identity_is_new_each_time() {
    let mut aws = Aws::with_instance();
    let first = aws.told("db")["DbiResourceId"].clone();
    aws.ok("DeleteDBInstance", "DBInstanceIdentifier=db&SkipFinalSnapshot=true");
    aws.pass(10);
    aws.create("db", "");
    assert_ne!(aws.told("db")["DbiResourceId"], first);
}

#[test]
fn a_snapshot_is_asked_first_in_every_state_but_those_that_aws_names() {
    for (status, code) in [
        ("available", ""),
        ("storage-full", ""),
        ("stopped", ""),
        ("incompatible-parameters", ""),
        ("incompatible-option-group", ""),
        ("failed", "InvalidDBInstanceState"),
        ("incompatible-restore", "InvalidDBInstanceState"),
        ("incompatible-network", "InvalidDBInstanceState"),
        ("inaccessible-encryption-credentials", "KMSKeyNotAccessibleFault"),
    ] {
        let mut aws = Aws::with_instance();
        aws.set(&json!({"DBInstanceStatus": status}));
        let answer = aws.call("DeleteDBInstance", "DBInstanceIdentifier=db&FinalDBSnapshotIdentifier=last");
        assert_eq!(answer.error.unwrap_or_default(), code, "{status}");
    }
}

#[test]
fn a_protection_that_was_taken_off_protects_for_a_while() {
    let mut aws = Aws::with_instance();
    aws.cloud.knobs.protected = 30.0;
    aws.modify("DeletionProtection=true");
    aws.pass(10);
    aws.modify("DeletionProtection=false");
    aws.pass(10);
    let delete = "DBInstanceIdentifier=db&SkipFinalSnapshot=true";
    assert_eq!(aws.refused("DeleteDBInstance", delete).0, "InvalidParameterCombination");
    aws.pass(20);
    aws.ok("DeleteDBInstance", delete);
}

#[test]
fn what_is_stopped_starts_by_itself_after_seven_days() {
    let mut aws = Aws::with_instance();
    aws.ok("StopDBInstance", "DBInstanceIdentifier=db");
    assert_eq!(aws.status(), "stopping");
    aws.pass(10);
    assert_eq!(aws.status(), "stopped");
    assert!(text(&aws.described(), "AutomaticRestartTime").is_some());
    aws.pass(7 * 24 * 3600);
    assert_eq!(aws.status(), "available");
}

#[test]
fn a_restore_has_user_and_password_of_its_source_and_takes_no_retention() {
    let mut aws = Aws::new();
    aws.create("db", "DBName=shop");
    aws.pass(10);
    aws.ok("CreateDBSnapshot", "DBInstanceIdentifier=db&DBSnapshotIdentifier=s");
    let settings = "DBInstanceIdentifier=new&DBSnapshotIdentifier=s&DBInstanceClass=db.m7g.large\
                    &DeletionProtection=true&BackupRetentionPeriod=30";
    aws.ok("RestoreDBInstanceFromDBSnapshot", settings);
    aws.ok(
        "RestoreDBInstanceToPointInTime",
        "SourceDBInstanceIdentifier=db&TargetDBInstanceIdentifier=then&UseLatestRestorableTime=true",
    );
    let source = aws.told("db");
    for name in ["new", "then"] {
        let made = aws.told(name);
        for same in ["MasterUsername", "MasterUserPassword", "DBName", "BackupRetentionPeriod"] {
            assert_eq!(made[same], source[same], "{name}: {same}");
        }
        assert_ne!(made["DbiResourceId"], source["DbiResourceId"], "{name}");
    }
    assert_eq!(aws.told("new")["DBInstanceClass"], "db.m7g.large");
    assert_eq!(aws.told("new")["DeletionProtection"], true);
}

#[test]
fn a_switchover_gives_the_name_to_another() {
    let mut aws = Aws::with_instance();
    let blue = aws.told("db")["DbiResourceId"].clone();
    aws.side("switchover", &json!({"region": "eu-central-1", "instance": "db"}));
    assert_ne!(aws.told("db")["DbiResourceId"], blue);
    assert_eq!(aws.told("db-old1")["DbiResourceId"], blue);
}

#[test]
fn tags_are_told_unless_this_aws_lacks_them() {
    let mut aws = Aws::new();
    aws.create("db", "Tags.Tag.1.Key=team&Tags.Tag.1.Value=payments");
    assert_eq!(text(&aws.described(), "Key").as_deref(), Some("team"));
    aws.cloud.knobs.tag_list = false;
    assert!(!aws.described().contains("<TagList>"));
}

#[test]
fn no_password_is_in_any_answer() {
    let mut aws = Aws::with_instance();
    let told = aws.modify("MasterUserPassword=another-horse") + &aws.described();
    assert!(!told.contains("another-horse") && !told.contains("correct-horse"));
    assert_eq!(aws.told("db")["MasterUserPassword"], "correct-horse");
    assert_eq!(aws.status(), "resetting-master-credentials");
    aws.pass(10);
    assert_eq!(aws.told("db")["MasterUserPassword"], "another-horse");
}
