use aws_sdk_rds::error::SdkError;
use aws_sdk_rds::operation::create_db_instance::CreateDBInstanceError;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::ErrorMetadata;
use rstest::rstest;

use super::*;
use FaultKind::{Terminal, Throttled, Transient, User};

/// The faults of a kind that has none of its own.
pub(crate) const NONE: Faults = Faults { rows: &[], fields: &[] };

fn service(api: Api) -> ServiceEndpoint {
    ServiceEndpoint { api, address: "aws.test".into() }
}

/// What an answer of RDS is to a kind.
pub(crate) fn answered_to(faults: &Faults, api: Api, code: &str, message: &str) -> Failure {
    service(api).answered(faults, 400, code, message)
}

fn answered(code: &str, message: &str) -> Failure {
    answered_to(&NONE, Api::Rds, code, message)
}

#[rstest]
#[case::throttled("Throttling", "Rate exceeded", Throttled, "AWSThrottled")]
#[case::throttled_exception("ThrottlingException", "", Throttled, "AWSThrottled")]
#[case::request_limit("RequestLimitExceeded", "", Throttled, "AWSThrottled")]
#[case::internal("InternalFailure", "", Transient, "AWSUnavailable")]
#[case::internal_service("InternalServiceError", "", Transient, "AWSUnavailable")]
#[case::expired_request("RequestExpired", "", Transient, "AWSUnavailable")]
#[case::expired("ExpiredToken", "", User, "CredentialsInvalid")]
#[case::expired_exception("ExpiredTokenException", "", User, "CredentialsInvalid")]
#[case::unknown_key("InvalidClientTokenId", "", User, "CredentialsInvalid")]
#[case::unknown_client("UnrecognizedClientException", "", User, "CredentialsInvalid")]
#[case::wrong_secret("SignatureDoesNotMatch", "", User, "CredentialsInvalid")]
#[case::denied("AccessDenied", "not authorized", User, "AccessDenied")]
#[case::denied_exception("AccessDeniedException", "", User, "AccessDenied")]
#[case::value("InvalidParameterValue", "bad", Terminal, "InvalidSpec")]
#[case::missing("MissingParameter", "", Terminal, "InvalidSpec")]
#[case::validation("ValidationError", "", Terminal, "InvalidSpec")]
#[case::quota("InstanceQuotaExceeded", "", User, "QuotaExceeded")]
#[case::unheard_of("SomethingNew", "what is this", User, "AWSError")]
fn every_kind_is_answered(
    #[case] code: &str,
    #[case] message: &str,
    #[case] kind: FaultKind,
    #[case] reason: &str,
) {
    let failure = answered(code, message);
    assert_eq!((failure.fault.kind, failure.fault.reason), (kind, reason));
    assert_eq!(failure.class, ErrorClass::Fault);
    assert!(!failure.fault.message.is_empty(), "there are always words");
}

#[rstest]
#[case("it failed. (Service: Rds, Status Code: 400, Request ID: 1234)", "it failed")]
#[case("it failed; request id: 1234-5678.", "it failed")]
#[case("no. Encoded authorization failure message: AbCd", "no")]
#[case("two\n  lines.", "two lines")]
fn a_message_is_the_same_each_time(#[case] message: &str, #[case] stable: &str) {
    assert_eq!(answered("InvalidParameterValue", message).fault.message, stable);
}

#[test]
fn a_server_error_without_a_row_passes() {
    let failure = service(Api::Rds).answered(&NONE, 503, "", "");
    assert_eq!(failure.fault, Fault::transient("AWSUnavailable", "AWS RDS at aws.test is not available"));
}

#[test]
fn an_unreachable_address_is_named() {
    let io = ConnectorError::io("connection refused".into());
    let error = SdkError::<CreateDBInstanceError, Response>::dispatch_failure(io);
    let failure = service(Api::Rds).failure(&NONE, &error);
    assert_eq!((failure.fault.kind, failure.fault.reason), (Transient, "AWSUnavailable"));
    assert_eq!(failure.fault.message, "cannot reach AWS RDS at aws.test");
}

#[test]
fn a_request_that_cannot_be_made_says_what_to_look_at() {
    let error = SdkError::<CreateDBInstanceError, Response>::construction_failure("no region");
    let fault = service(Api::Rds).failure(&NONE, &error).fault;
    assert_eq!((fault.kind, fault.reason), (User, "AWSError"));
    assert_eq!(fault.message, "cannot make the request for RDS: no region");
    assert_eq!(fault.remedy.as_deref(), Some("check the endpoint and the region"));
}

#[test]
fn a_timeout_may_pass() {
    let error = SdkError::<CreateDBInstanceError, Response>::timeout_error("late");
    assert_eq!(
        service(Api::Rds).failure(&NONE, &error).fault.kind,
        Transient,
        "what was sent is found by the next observe"
    );
}

#[test]
fn credentials_that_cannot_be_got_are_reported_as_such() {
    let cause = CredentialsError::provider_error("AWS STS refuses role r: AccessDenied: no");
    let error = ConnectorError::other(Box::new(cause), None);
    let error = SdkError::<CreateDBInstanceError, Response>::dispatch_failure(error);
    let fault = service(Api::Rds).failure(&NONE, &error).fault;
    assert_eq!((fault.kind, fault.reason), (User, "CredentialsInvalid"));
    assert_eq!(fault.message, "cannot get credentials: AWS STS refuses role r: AccessDenied: no");
}

#[test]
fn the_code_of_an_error_that_the_sdk_does_not_model_is_found() {
    let meta = ErrorMetadata::builder()
        .code("InvalidParameterValue")
        .message("Invalid DB Instance class: x")
        .build();
    let raw = Response::new(400.try_into().unwrap(), SdkBody::empty());
    let failure =
        service(Api::Rds).failure(&NONE, &SdkError::service_error(CreateDBInstanceError::generic(meta), raw));
    assert_eq!(failure.fault, Fault::terminal("InvalidSpec", "Invalid DB Instance class: x"));
}
