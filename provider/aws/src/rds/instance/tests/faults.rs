//! What the errors of RDS are to a DB instance.

use goldenpath_provider_core::FaultKind::{self, Terminal, Transient, User, Waiting};
use goldenpath_provider_core::Sensitive;
use rstest::rstest;

use super::super::faults::FAULTS;
use crate::fault::tests::answered_to;
use crate::fault::{Api, ErrorClass, Failure};

fn answered(code: &str, message: &str) -> Failure {
    answered_to(&FAULTS, Api::Rds, code, message)
}

#[rstest]
#[case::not_found("DBInstanceNotFound", "", User, "DBInstanceNotFound", ErrorClass::NotFound)]
#[case::not_found_fault("DBInstanceNotFoundFault", "", User, "DBInstanceNotFound", ErrorClass::NotFound)]
#[case::exists("DBInstanceAlreadyExists", "", User, "NotOwned", ErrorClass::Exists)]
#[case::snapshot_exists("DBSnapshotAlreadyExists", "", User, "SnapshotExists", ErrorClass::Exists)]
#[case::deleting(
    "InvalidDBInstanceState",
    "x is already being deleted.",
    Waiting,
    "WaitingForState",
    ErrorClass::Done
)]
#[case::state("InvalidDBInstanceStateFault", "not available", Waiting, "WaitingForState", ErrorClass::Fault)]
#[case::cluster("InvalidDBClusterStateFault", "", Waiting, "WaitingForCluster", ErrorClass::Fault)]
#[case::role(
    "InvalidParameterValue",
    "IAM role ARN value is invalid",
    Transient,
    "IAMPropagation",
    ErrorClass::Fault
)]
#[case::value("InvalidParameterValue", "bad", Terminal, "InvalidSpec", ErrorClass::Fault)]
#[case::nothing(
    "InvalidParameterCombination",
    "No modifications were requested",
    Waiting,
    "NothingToModify",
    ErrorClass::Done
)]
#[case::cooldown(
    "InvalidParameterCombination",
    "your previous storage change is being optimized",
    Waiting,
    "StorageCooldown",
    ErrorClass::Fault
)]
#[case::protected(
    "InvalidParameterCombination",
    "Cannot delete protected DB Instance, please disable deletion protection",
    User,
    "DeletionProtected",
    ErrorClass::Fault
)]
#[case::upgrade(
    "InvalidParameterCombination",
    "Cannot upgrade postgres from 14.1 to 13.2",
    Terminal,
    "UpgradePathInvalid",
    ErrorClass::Fault
)]
#[case::upgrade_path(
    "InvalidParameterCombination",
    "Cannot find upgrade path from 14 to 99",
    Terminal,
    "UpgradePathInvalid",
    ErrorClass::Fault
)]
#[case::iops(
    "InvalidParameterCombination",
    "You can't specify IOPS or storage throughput",
    Terminal,
    "InvalidSpec",
    ErrorClass::Fault
)]
#[case::logs(
    "InvalidParameterCombination",
    "while a previous configuration is in progress",
    Waiting,
    "WaitingForState",
    ErrorClass::Fault
)]
#[case::member(
    "InvalidParameterCombination",
    "is a member of a cluster",
    Terminal,
    "ClusterMember",
    ErrorClass::Fault
)]
#[case::group("DBParameterGroupNotFound", "", User, "DependencyNotFound", ErrorClass::Fault)]
#[case::subnets("DBSubnetGroupNotFoundFault", "", User, "DependencyNotFound", ErrorClass::Fault)]
#[case::snapshot("DBSnapshotNotFound", "", User, "DependencyNotFound", ErrorClass::Fault)]
#[case::key("KMSKeyNotAccessibleFault", "", User, "KMSKeyNotAccessible", ErrorClass::Fault)]
#[case::zones("DBSubnetGroupDoesNotCoverEnoughAZs", "", Terminal, "SubnetsCoverTooFewAZs", ErrorClass::Fault)]
#[case::network("InvalidVPCNetworkStateFault", "", User, "NetworkInvalid", ErrorClass::Fault)]
#[case::in_use("InvalidDBSubnetGroupStateFault", "", Waiting, "InUse", ErrorClass::Fault)]
#[case::storage_type("StorageTypeNotSupported", "", Terminal, "NotAvailableHere", ErrorClass::Fault)]
#[case::capacity("InsufficientDBInstanceCapacity", "", User, "InsufficientCapacity", ErrorClass::Fault)]
#[case::precheck("DBUpgradeDependencyFailure", "", User, "UpgradePrecheckFailed", ErrorClass::Fault)]
#[case::restore("PointInTimeRestoreNotEnabled", "", Terminal, "RestoreInvalid", ErrorClass::Fault)]
#[case::snapshot_state("InvalidDBSnapshotState", "", Waiting, "WaitingForSnapshot", ErrorClass::Fault)]
fn rds_answers(
    #[case] code: &str,
    #[case] message: &str,
    #[case] kind: FaultKind,
    #[case] reason: &str,
    #[case] class: ErrorClass,
) {
    let failure = answered(code, message);
    assert_eq!((failure.fault.kind, failure.fault.reason, failure.class), (kind, reason, class));
    assert!(!failure.fault.message.is_empty(), "there are always words");
}

#[rstest]
#[case("Invalid DB Instance class: db.t9.huge", "instanceClass")]
#[case(
    "RDS does not support creating a DB instance with the following combination: DBInstanceClass=db.t9",
    "instanceClass"
)]
#[case("Cannot find version 99.1 for postgres", "engineVersion")]
#[case("The parameter MasterUserPassword is not a valid password", "masterUserPasswordFrom")]
#[case("Invalid max storage size for engine name postgres", "maxAllocatedStorage")]
#[case("Invalid storage size for engine name postgres and storage type gp3: 10", "allocatedStorage")]
#[case("Backup window and maintenance window must not overlap", "maintenanceWindow")]
fn a_message_of_rds_leads_to_the_field(#[case] message: &str, #[case] field: &str) {
    let fault = answered("InvalidParameterValue", message).fault;
    let path = format!(".spec.forProvider.{field}");
    assert_eq!(fault.remedy, Some(format!("correct {path}")));
    assert_eq!(fault.field, Some(path));
}

#[test]
fn a_quoted_password_is_taken_out() {
    let quoted = "Value 'hunter2' at 'masterUserPassword' failed to satisfy constraint";
    let fault = answered("ValidationError", quoted).fault;
    assert!(!format!("{fault:?}").contains("hunter2"));
    assert_eq!(fault.field.as_deref(), Some(".spec.forProvider.masterUserPasswordFrom"));

    let missing = answered("InvalidParameterValue", "MasterUserPassword must be provided").fault;
    assert_eq!(missing.message, "MasterUserPassword must be provided");

    let elsewhere = answered("InvalidParameterValue", "odd thing: hunter2");
    let hidden = elsewhere.hiding(Some(&Sensitive::new("hunter2".into())));
    assert_eq!(hidden.fault.message, "odd thing: [redacted]");
}
