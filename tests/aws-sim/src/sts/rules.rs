//! Rules of STS. Words that AWS does not publish are as its answers were recorded in public tests and reports:
//! `localstack/localstack` (`test_sts.snapshot.json`, recorded against AWS).

const ASSUME: &str = "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html";
const WEB: &str = "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html";
const KEY: &str = "https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html";

crate::rules::rules! {
    MISSING: "ValidationError", 400, "1 validation error detected: Value null at '{}' failed to satisfy constraint: Member must not be null", KEY;
    INVALID_ARN: "ValidationError", 400, "{} is invalid", ASSUME;
    SESSION_NAME: "ValidationError", 400, "1 validation error detected: Value '{}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*", ASSUME;
    SESSION_NAME_LENGTH: "ValidationError", 400, "1 validation error detected: Value '{}' at 'roleSessionName' failed to satisfy constraint: Member must have length between 2 and 64", ASSUME;
    DURATION: "ValidationError", 400, "1 validation error detected: Value '{}' at 'durationSeconds' failed to satisfy constraint: Member must have value between 900 and 43200", ASSUME;
    CHAINED_DURATION: "ValidationError", 400, "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining", ASSUME;
    NOT_A_TOKEN: "InvalidIdentityToken", 400, "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)", WEB;
    EXPIRED_TOKEN: "ExpiredTokenException", 400, "Token expired: current date/time {} must be before the expiration date/time {}", WEB;
}
