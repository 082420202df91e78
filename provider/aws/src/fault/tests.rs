use aws_sdk_rds::error::SdkError;
use aws_sdk_rds::operation::create_db_instance::CreateDBInstanceError;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::ErrorMetadata;
use rstest::rstest;

use super::*;
use FaultKind::{Terminal, Throttled, Transient, User, Waiting};

fn service(api: Api) -> Service {
    Service { api, endpoint: "aws.test".into() }
}

fn answered(api: Api, code: &str, message: &str) -> Failure {
    service(api).answered(400, code, message)
}

#[rstest]
#[case::throttled("Throttling", "Rate exceeded", Throttled, "AWSThrottled", Meaning::Fault)]
#[case::throttled_exception("ThrottlingException", "", Throttled, "AWSThrottled", Meaning::Fault)]
#[case::request_limit("RequestLimitExceeded", "", Throttled, "AWSThrottled", Meaning::Fault)]
#[case::internal("InternalFailure", "", Transient, "AWSUnavailable", Meaning::Fault)]
#[case::expired_request("RequestExpired", "", Transient, "AWSUnavailable", Meaning::Fault)]
#[case::expired("ExpiredToken", "", User, "CredentialsInvalid", Meaning::Fault)]
#[case::expired_exception("ExpiredTokenException", "", User, "CredentialsInvalid", Meaning::Fault)]
#[case::unknown_key("InvalidClientTokenId", "", User, "CredentialsInvalid", Meaning::Fault)]
#[case::wrong_secret("SignatureDoesNotMatch", "", User, "CredentialsInvalid", Meaning::Fault)]
#[case::denied("AccessDenied", "not authorized", User, "AccessDenied", Meaning::Fault)]
#[case::not_found("DBInstanceNotFound", "", User, "DBInstanceNotFound", Meaning::NotFound)]
#[case::not_found_fault("DBInstanceNotFoundFault", "", User, "DBInstanceNotFound", Meaning::NotFound)]
#[case::exists("DBInstanceAlreadyExists", "", User, "NotOwned", Meaning::Exists)]
#[case::snapshot_exists("DBSnapshotAlreadyExists", "", User, "SnapshotExists", Meaning::Exists)]
#[case::deleting(
    "InvalidDBInstanceState",
    "x is already being deleted.",
    Waiting,
    "WaitingForState",
    Meaning::Done
)]
#[case::state("InvalidDBInstanceStateFault", "not available", Waiting, "WaitingForState", Meaning::Fault)]
#[case::cluster("InvalidDBClusterStateFault", "", Waiting, "WaitingForCluster", Meaning::Fault)]
#[case::role(
    "InvalidParameterValue",
    "IAM role ARN value is invalid",
    Transient,
    "IAMPropagation",
    Meaning::Fault
)]
#[case::value("InvalidParameterValue", "bad", Terminal, "InvalidSpec", Meaning::Fault)]
#[case::nothing(
    "InvalidParameterCombination",
    "No modifications were requested",
    Waiting,
    "NothingToModify",
    Meaning::Done
)]
#[case::cooldown(
    "InvalidParameterCombination",
    "your previous storage change is being optimized",
    Waiting,
    "StorageCooldown",
    Meaning::Fault
)]
#[case::protected(
    "InvalidParameterCombination",
    "Cannot delete protected DB Instance, please disable deletion protection",
    User,
    "DeletionProtected",
    Meaning::Fault
)]
#[case::upgrade(
    "InvalidParameterCombination",
    "Cannot upgrade postgres from 14.1 to 13.2",
    Terminal,
    "UpgradePathInvalid",
    Meaning::Fault
)]
#[case::upgrade_path(
    "InvalidParameterCombination",
    "Cannot find upgrade path from 14 to 99",
    Terminal,
    "UpgradePathInvalid",
    Meaning::Fault
)]
#[case::iops(
    "InvalidParameterCombination",
    "You can't specify IOPS or storage throughput",
    Terminal,
    "InvalidSpec",
    Meaning::Fault
)]
#[case::logs(
    "InvalidParameterCombination",
    "while a previous configuration is in progress",
    Waiting,
    "WaitingForState",
    Meaning::Fault
)]
#[case::member(
    "InvalidParameterCombination",
    "is a member of a cluster",
    Terminal,
    "ClusterMember",
    Meaning::Fault
)]
#[case::missing("MissingParameter", "", Terminal, "InvalidSpec", Meaning::Fault)]
#[case::validation("ValidationError", "", Terminal, "InvalidSpec", Meaning::Fault)]
#[case::group("DBParameterGroupNotFound", "", User, "DependencyNotFound", Meaning::Fault)]
#[case::subnets("DBSubnetGroupNotFoundFault", "", User, "DependencyNotFound", Meaning::Fault)]
#[case::snapshot("DBSnapshotNotFound", "", User, "DependencyNotFound", Meaning::Fault)]
#[case::key("KMSKeyNotAccessibleFault", "", User, "KMSKeyNotAccessible", Meaning::Fault)]
#[case::zones("DBSubnetGroupDoesNotCoverEnoughAZs", "", Terminal, "SubnetsCoverTooFewAZs", Meaning::Fault)]
#[case::network("InvalidVPCNetworkStateFault", "", User, "NetworkInvalid", Meaning::Fault)]
#[case::in_use("InvalidDBSubnetGroupStateFault", "", Waiting, "InUse", Meaning::Fault)]
#[case::storage_type("StorageTypeNotSupported", "", Terminal, "NotAvailableHere", Meaning::Fault)]
#[case::capacity("InsufficientDBInstanceCapacity", "", User, "InsufficientCapacity", Meaning::Fault)]
#[case::quota("InstanceQuotaExceeded", "", User, "QuotaExceeded", Meaning::Fault)]
#[case::precheck("DBUpgradeDependencyFailure", "", User, "UpgradePrecheckFailed", Meaning::Fault)]
#[case::restore("PointInTimeRestoreNotEnabled", "", Terminal, "RestoreInvalid", Meaning::Fault)]
#[case::snapshot_state("InvalidDBSnapshotState", "", Waiting, "WaitingForSnapshot", Meaning::Fault)]
#[case::unheard_of("SomethingNew", "what is this", User, "AWSError", Meaning::Fault)]
fn rds_answers(
    #[case] code: &str,
    #[case] message: &str,
    #[case] kind: FaultKind,
    #[case] reason: &str,
    #[case] meaning: Meaning,
) {
    let failure = answered(Api::Rds, code, message);
    assert_eq!((failure.fault.kind, failure.fault.reason, failure.meaning), (kind, reason, meaning));
    assert!(!failure.fault.message.is_empty(), "there are always words");
}

#[rstest]
#[case::throttled("ThrottlingException", "", Throttled, "AWSThrottled", Meaning::Fault)]
#[case::internal("InternalServiceError", "", Transient, "AWSUnavailable", Meaning::Fault)]
#[case::rejected("UnrecognizedClientException", "", User, "CredentialsInvalid", Meaning::Fault)]
#[case::denied("AccessDeniedException", "", User, "AccessDenied", Meaning::Fault)]
#[case::not_found("ResourceNotFoundException", "", User, "SecretNotFound", Meaning::NotFound)]
#[case::exists("ResourceExistsException", "", User, "NotOwned", Meaning::Exists)]
#[case::scheduled(
    "InvalidRequestException",
    "already scheduled for deletion.",
    Waiting,
    "SecretPendingDeletion",
    Meaning::Scheduled
)]
#[case::marked(
    "InvalidRequestException",
    "it was marked for deletion.",
    Waiting,
    "SecretPendingDeletion",
    Meaning::Scheduled
)]
#[case::deleted(
    "InvalidRequestException",
    "a secret with this name was deleted",
    Transient,
    "SecretBeingRemoved",
    Meaning::Fault
)]
#[case::service(
    "InvalidRequestException",
    "managed by another service",
    User,
    "SecretOwnedByService",
    Meaning::Fault
)]
#[case::rotation(
    "InvalidRequestException",
    "a previous rotation isn't complete",
    User,
    "RotationStuck",
    Meaning::Fault
)]
#[case::parameter("InvalidParameterException", "", Terminal, "InvalidSpec", Meaning::Fault)]
#[case::a_quota_and_not_a_throttle("LimitExceededException", "", User, "SecretVersionsLimit", Meaning::Fault)]
#[case::key("EncryptionFailure", "", User, "KMSKeyNotAccessible", Meaning::Fault)]
#[case::principal(
    "MalformedPolicyDocumentException",
    "unsupported principal",
    Transient,
    "PolicyPrincipalUnknown",
    Meaning::Fault
)]
#[case::policy("MalformedPolicyDocumentException", "", Terminal, "PolicyInvalid", Meaning::Fault)]
fn secrets_manager_answers(
    #[case] code: &str,
    #[case] message: &str,
    #[case] kind: FaultKind,
    #[case] reason: &str,
    #[case] meaning: Meaning,
) {
    let failure = answered(Api::SecretsManager, code, message);
    assert_eq!((failure.fault.kind, failure.fault.reason, failure.meaning), (kind, reason, meaning));
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
#[case("Invalid storage size for engine name postgres and storage type gp3: 10", "storageType")]
#[case("Backup window and maintenance window must not overlap", "maintenanceWindow")]
fn a_message_of_rds_leads_to_the_field(#[case] message: &str, #[case] field: &str) {
    let fault = answered(Api::Rds, "InvalidParameterValue", message).fault;
    let path = format!(".spec.forProvider.{field}");
    assert_eq!(fault.remedy, Some(format!("correct {path}")));
    assert_eq!(fault.field, Some(path));
}

#[rstest]
#[case("it failed. (Service: Rds, Status Code: 400, Request ID: 1234)", "it failed")]
#[case("it failed; request id: 1234-5678.", "it failed")]
#[case("no. Encoded authorization failure message: AbCd", "no")]
#[case("two\n  lines.", "two lines")]
fn a_message_is_the_same_each_time(#[case] message: &str, #[case] stable: &str) {
    assert_eq!(answered(Api::Rds, "InvalidDBInstanceState", message).fault.message, stable);
}

#[test]
fn a_quoted_password_is_taken_out() {
    let quoted = "Value 'hunter2' at 'masterUserPassword' failed to satisfy constraint";
    let fault = answered(Api::Rds, "ValidationError", quoted).fault;
    assert!(!format!("{fault:?}").contains("hunter2"));
    assert_eq!(fault.field.as_deref(), Some(".spec.forProvider.masterUserPasswordFrom"));

    let missing = answered(Api::Rds, "InvalidParameterValue", "MasterUserPassword must be provided").fault;
    assert_eq!(missing.message, "MasterUserPassword must be provided");

    let elsewhere = answered(Api::Rds, "InvalidParameterValue", "odd thing: hunter2");
    let hidden = elsewhere.hiding(Some(&Sensitive::new("hunter2".into())));
    assert_eq!(hidden.fault.message, "odd thing: [redacted]");
}

#[test]
fn a_server_error_without_a_row_passes() {
    let failure = service(Api::Rds).answered(503, "", "");
    assert_eq!(failure.fault, Fault::transient("AWSUnavailable", "AWS RDS at aws.test is not available"));
}

#[test]
fn an_unreachable_address_is_named() {
    let io = ConnectorError::io("connection refused".into());
    let error = SdkError::<CreateDBInstanceError, Response>::dispatch_failure(io);
    let failure = service(Api::Rds).failure(&error);
    assert_eq!((failure.fault.kind, failure.fault.reason), (Transient, "AWSUnavailable"));
    assert_eq!(failure.fault.message, "cannot reach AWS RDS at aws.test");
}

#[test]
fn a_timeout_may_pass() {
    let error = SdkError::<CreateDBInstanceError, Response>::timeout_error("late");
    assert_eq!(
        service(Api::Rds).failure(&error).fault.kind,
        Transient,
        "what was sent is found by the next observe"
    );
}

#[test]
fn credentials_that_cannot_be_got_are_told_as_such() {
    let cause = CredentialsError::provider_error("AWS STS does not give role r: AccessDenied: no");
    let error = ConnectorError::other(Box::new(cause), None);
    let error = SdkError::<CreateDBInstanceError, Response>::dispatch_failure(error);
    let fault = service(Api::Rds).failure(&error).fault;
    assert_eq!((fault.kind, fault.reason), (User, "CredentialsInvalid"));
    assert_eq!(fault.message, "cannot get credentials: AWS STS does not give role r: AccessDenied: no");
}

#[test]
fn the_code_of_an_error_that_the_sdk_does_not_model_is_found() {
    let meta = ErrorMetadata::builder()
        .code("InvalidParameterValue")
        .message("Invalid DB Instance class: x")
        .build();
    let raw = Response::new(400.try_into().unwrap(), SdkBody::empty());
    let failure =
        service(Api::Rds).failure(&SdkError::service_error(CreateDBInstanceError::generic(meta), raw));
    assert_eq!(
        failure.fault,
        Fault::terminal("InvalidSpec", "Invalid DB Instance class: x")
            .at(".spec.forProvider.instanceClass")
            .remedy("correct .spec.forProvider.instanceClass")
    );
}
