//! What the errors of Secrets Manager are to a secret.

use goldenpath_provider_core::FaultKind::{self, Terminal, Transient, User, Waiting};
use rstest::rstest;

use super::super::faults::FAULTS;
use crate::fault::tests::answered_to;
use crate::fault::{Api, ErrorClass, Failure};

fn answered(code: &str, message: &str) -> Failure {
    answered_to(&FAULTS, Api::SecretsManager, code, message)
}

#[rstest]
#[case::not_found("ResourceNotFoundException", "", User, "SecretNotFound", ErrorClass::NotFound)]
#[case::exists("ResourceExistsException", "", User, "NotOwned", ErrorClass::Exists)]
#[case::scheduled(
    "InvalidRequestException",
    "already scheduled for deletion.",
    Waiting,
    "SecretPendingDeletion",
    ErrorClass::Scheduled
)]
#[case::marked(
    "InvalidRequestException",
    "it was marked for deletion.",
    Waiting,
    "SecretPendingDeletion",
    ErrorClass::Scheduled
)]
#[case::deleted(
    "InvalidRequestException",
    "a secret with this name was deleted",
    Transient,
    "SecretBeingRemoved",
    ErrorClass::Fault
)]
#[case::service(
    "InvalidRequestException",
    "managed by another service",
    User,
    "SecretOwnedByService",
    ErrorClass::Fault
)]
#[case::rotation(
    "InvalidRequestException",
    "a previous rotation isn't complete",
    User,
    "RotationStuck",
    ErrorClass::Fault
)]
#[case::parameter("InvalidParameterException", "", Terminal, "InvalidSpec", ErrorClass::Fault)]
#[case::a_quota_and_not_a_throttle(
    "LimitExceededException",
    "",
    User,
    "SecretVersionsLimit",
    ErrorClass::Fault
)]
#[case::key("EncryptionFailure", "", User, "KMSKeyNotAccessible", ErrorClass::Fault)]
#[case::principal(
    "MalformedPolicyDocumentException",
    "unsupported principal",
    Transient,
    "PolicyPrincipalUnknown",
    ErrorClass::Fault
)]
#[case::policy("MalformedPolicyDocumentException", "", Terminal, "PolicyInvalid", ErrorClass::Fault)]
fn secrets_manager_answers(
    #[case] code: &str,
    #[case] message: &str,
    #[case] kind: FaultKind,
    #[case] reason: &str,
    #[case] class: ErrorClass,
) {
    let failure = answered(code, message);
    assert_eq!((failure.fault.kind, failure.fault.reason, failure.class), (kind, reason, class));
}
