//! The rows that all kinds share, and how a row becomes a failure. Source: the error taxonomy of AWS, by code and
//! fragment of the message.

use goldenpath_provider_core::{Fault, FaultKind};

use super::{CREDENTIALS_REMEDY, Failure, ServiceEndpoint, message};

/// What the caller may do about an error besides reporting it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorClass {
    /// Nothing.
    Fault,
    /// Nothing has the name.
    NotFound,
    /// The name is in use already.
    Exists,
    /// It is done, or being done, already.
    Done,
    /// The secret is in its recovery window.
    Scheduled,
}

/// The errors of a kind's calls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Faults {
    /// Consulted before the rows that all kinds share. The first match counts, so a row with a fragment stands before
    /// the one without.
    pub(crate) rows: &'static [Row],
    /// Words of the API, lower case, and the field below `spec.forProvider` that they are about. The first match
    /// counts.
    pub(crate) fields: &'static [(&'static str, &'static str)],
}

/// One row: which errors it matches and what they become.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// Without the suffixes `Fault` and `Exception`.
    codes: &'static [&'static str],
    /// Lower case; empty matches every message.
    fragment: &'static str,
    kind: FaultKind,
    reason: &'static str,
    class: ErrorClass,
    field: Option<&'static str>,
    remedy: Option<&'static str>,
    /// Instead of AWS's own words.
    words: Option<&'static str>,
}

use FaultKind::{Terminal, Throttled, Transient, User, Waiting};

/// A row without a class, with AWS's message.
pub(crate) const fn row(
    codes: &'static [&'static str],
    fragment: &'static str,
    kind: FaultKind,
    reason: &'static str,
) -> Row {
    Row { codes, fragment, kind, reason, class: ErrorClass::Fault, field: None, remedy: None, words: None }
}

pub(super) const THROTTLED: Row =
    row(THROTTLING, "", Throttled, "AWSThrottled").says("AWS throttles requests");
pub(super) const OTHER: Row = row(&[], "", User, "AWSError");

const THROTTLING: &[&str] =
    &["Throttling", "Throttled", "RequestLimitExceeded", "TooManyRequests", "RequestThrottled", "SlowDown"];
const UNAVAILABLE: &[&str] = &[
    "InternalFailure",
    "InternalServiceError",
    "InternalService",
    "InternalError",
    "ServiceUnavailable",
    "RequestExpired",
    "RequestTimeout",
];
const REJECTED: &[&str] = &[
    "ExpiredToken",
    "InvalidClientTokenId",
    "SignatureDoesNotMatch",
    "InvalidSignature",
    "UnrecognizedClient",
    "IncompleteSignature",
    "MissingAuthenticationToken",
    "InvalidAccessKeyId",
    "AuthFailure",
    "OptInRequired",
];
const DENIED: &[&str] = &["AccessDenied", "UnauthorizedOperation", "NotAuthorized", "AuthorizationNotFound"];
const QUOTA: &str = "raise the quota in AWS, or remove what is not needed";

#[rustfmt::skip]
const COMMON: &[Row] = &[
    THROTTLED,
    row(UNAVAILABLE, "", Transient, "AWSUnavailable").says("AWS has an internal error"),
    row(REJECTED, "", User, "CredentialsInvalid").remedy(CREDENTIALS_REMEDY).says("AWS rejects the credentials"),
    row(DENIED, "", User, "AccessDenied").remedy("allow it in the role's policy"),
    row(&["SubnetAlreadyInUse", "InvalidDBSubnetGroupState", "InvalidDBSubnetState", "InvalidDBParameterGroupState", "InvalidOptionGroupState"], "", Waiting, "InUse"),
    row(&["InvalidParameterCombination", "InvalidParameterValue", "MissingParameter", "ValidationError", "Validation", "InvalidParameter"], "", Terminal, "InvalidSpec"),
    row(&["InstanceQuotaExceeded", "StorageQuotaExceeded", "SnapshotQuotaExceeded", "DBParameterGroupQuotaExceeded", "DBSubnetGroupQuotaExceeded", "DBSubnetQuotaExceeded", "DBInstanceAutomatedBackupQuotaExceeded", "TenantDatabaseQuotaExceeded"], "", User, "QuotaExceeded").remedy(QUOTA),
];

/// A code without the suffix that AWS adds to some.
fn bare(code: &str) -> &str {
    let code = code.strip_suffix("Fault").unwrap_or(code);
    code.strip_suffix("Exception").unwrap_or(code)
}

// === impl Faults ===

impl Faults {
    /// The first row that matches.
    pub(super) fn find(&self, code: &str, message: &str) -> Option<&'static Row> {
        let (code, message) = (bare(code), message.to_ascii_lowercase());
        let matches = |row: &&Row| row.codes.contains(&code) && message.contains(row.fragment);
        self.rows.iter().chain(COMMON).find(matches)
    }
}

// === impl Row ===

impl Row {
    /// What it is to the caller.
    pub(crate) const fn class(mut self, class: ErrorClass) -> Self {
        self.class = class;
        self
    }

    /// The field that it is about.
    pub(crate) const fn at(mut self, field: &'static str) -> Self {
        self.field = Some(field);
        self
    }

    /// What to do about it.
    pub(crate) const fn remedy(mut self, remedy: &'static str) -> Self {
        self.remedy = Some(remedy);
        self
    }

    /// Words in place of AWS's.
    pub(crate) const fn says(mut self, words: &'static str) -> Self {
        self.words = Some(words);
        self
    }

    /// The failure that an error of this row is.
    pub(super) fn failure(
        &self,
        service: &ServiceEndpoint,
        faults: &Faults,
        code: &str,
        message: &str,
    ) -> Failure {
        let guess = || (self.kind == Terminal).then(|| message::field(message, faults.fields)).flatten();
        let field = self.field.map(str::to_owned).or_else(guess);
        let remedy = match (self.remedy, &field) {
            (Some(remedy), _) => Some(remedy.to_owned()),
            (None, Some(field)) if self.kind == Terminal => Some(format!("correct {field}")),
            (None, _) => None,
        };
        Failure {
            class: self.class,
            fault: Fault {
                kind: self.kind,
                reason: self.reason,
                message: self.message(service, code, message),
                field,
                remedy,
            },
        }
    }

    /// Whether AWS may repeat a value of the request: in what it says about parameters, and in the unknown.
    fn may_quote(&self) -> bool {
        matches!(self.reason, "InvalidSpec" | "AWSError")
    }

    fn message(&self, service: &ServiceEndpoint, code: &str, message: &str) -> String {
        let stable = message::stable(message);
        match self.words {
            Some(words) if matches!(self.kind, Throttled | Transient) => {
                format!("{words} ({} at {})", service.name(), service.address)
            }
            Some(words) if self.reason == "CredentialsInvalid" => format!("{words} ({code})"),
            Some(words) => words.to_owned(),
            None if self.may_quote() && message::may_quote_a_secret(message) => {
                format!("AWS does not accept the secret value: it breaks a rule of {}", service.name())
            }
            None if stable.is_empty() => format!("AWS {} answers {code}", service.name()),
            None if self.reason == OTHER.reason => format!("{code}: {stable}"),
            None => stable,
        }
    }
}
