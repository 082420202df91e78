//! Classifies the errors of AWS: by the rows of the kind first, then by those that all kinds share.

mod message;
mod table;

use std::error::Error;
use std::fmt;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::http::Response;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use goldenpath_provider_core::{Fault, FaultKind, Sensitive};

pub(crate) use table::{ErrorClass, Faults, Row, row};

/// An API of AWS, as messages name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    Rds,
    SecretsManager,
    Sts,
}

/// An API at an address, for the messages of failed calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServiceEndpoint {
    pub(crate) api: Api,
    pub(crate) address: String,
}

/// A failed call: its class, which the caller may act on, and the fault that is reported otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) class: ErrorClass,
    pub(crate) fault: Fault,
}

/// This process may not act any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotLeading;

// === impl Failure ===

impl Failure {
    /// Removes a value from the message, should AWS have quoted it.
    pub(crate) fn hiding(mut self, secret: Option<&Sensitive>) -> Self {
        let Some(secret) = secret.filter(|s| !s.expose().is_empty()) else {
            return self;
        };
        self.fault.message = self.fault.message.replace(secret.expose(), "[redacted]");
        self
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        failure.fault
    }
}

// === impl Api ===

impl Api {
    /// What its addresses begin with, and a configuration's endpoint lists.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Rds => "rds",
            Self::SecretsManager => "secretsmanager",
            Self::Sts => "sts",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Rds => "RDS",
            Self::SecretsManager => "Secrets Manager",
            Self::Sts => "STS",
        }
    }
}

// === impl ServiceEndpoint ===

impl ServiceEndpoint {
    /// Classifies an error of the SDK, with the rows of a kind.
    pub(crate) fn failure<E>(&self, faults: &Faults, error: &SdkError<E, Response>) -> Failure
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        if cause::<NotLeading>(Some(error)).is_some() {
            return plain(Fault::transient("NotLeading", NotLeading.to_string()));
        }
        match error {
            SdkError::ServiceError(e) => {
                let status = e.raw().status().as_u16();
                let (code, message) = (e.err().code().unwrap_or_default(), e.err().message());
                self.answered(faults, status, code, message.unwrap_or_default())
            }
            SdkError::TimeoutError(_) => self.unavailable("does not answer in time"),
            SdkError::DispatchFailure(e) => match credentials_error(e.as_connector_error().map(|e| e as _)) {
                Some(error) => credentials(error),
                None => self.unreachable(),
            },
            SdkError::ResponseError(_) => self.unavailable("returned an unreadable response"),
            other => match credentials_error(Some(other)) {
                Some(error) => credentials(error),
                None => plain(
                    Fault::user(
                        "AWSError",
                        format!("cannot make the request for {}: {}", self.name(), words(other)),
                    )
                    .remedy("check the endpoint and the region"),
                ),
            },
        }
    }

    /// Classifies an error that AWS has answered with.
    fn answered(&self, faults: &Faults, status: u16, code: &str, message: &str) -> Failure {
        if let Some(row) = faults.find(code, message) {
            return row.failure(self, faults, code, message);
        }
        if status >= 500 {
            return self.unavailable("is not available");
        }
        if status == 429 {
            return table::THROTTLED.failure(self, faults, code, message);
        }
        table::OTHER.failure(self, faults, code, message)
    }

    fn unreachable(&self) -> Failure {
        let message = format!("cannot reach AWS {} at {}", self.name(), self.address);
        plain(
            Fault::transient("AWSUnavailable", message)
                .remedy("check the network and the endpoint's address"),
        )
    }

    fn unavailable(&self, what: &str) -> Failure {
        let message = format!("AWS {} at {} {what}", self.name(), self.address);
        plain(Fault::transient("AWSUnavailable", message))
    }

    fn name(&self) -> &'static str {
        self.api.title()
    }
}

// === impl NotLeading ===

impl fmt::Display for NotLeading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this process does not hold the lease any more")
    }
}

impl std::error::Error for NotLeading {}

/// A failure without a class.
fn plain(fault: Fault) -> Failure {
    Failure { class: ErrorClass::Fault, fault }
}

/// The remedy where credentials are missing or rejected.
pub(crate) const CREDENTIALS_REMEDY: &str = "correct the credentials that the provider configuration names";

fn credentials(error: &CredentialsError) -> Failure {
    let kind = match error {
        CredentialsError::ProviderTimedOut(_) => FaultKind::Transient,
        _ => FaultKind::User,
    };
    let message = format!("cannot get credentials: {}", words(error));
    plain(Fault::new(kind, "CredentialsInvalid", message).remedy(CREDENTIALS_REMEDY))
}

pub(crate) fn credentials_error<'a>(
    error: Option<&'a (dyn Error + 'static)>,
) -> Option<&'a CredentialsError> {
    cause(error)
}

/// The cause of this type in a chain of errors.
fn cause<'a, T: Error + 'static>(error: Option<&'a (dyn Error + 'static)>) -> Option<&'a T> {
    std::iter::successors(error, |e| (*e).source()).find_map(|e| e.downcast_ref())
}

/// The innermost words of a chain of errors, without what changes from call to call.
pub(crate) fn words(error: &(dyn Error + 'static)) -> String {
    let innermost = std::iter::successors(Some(error), |e| (*e).source()).last();
    message::stable(&innermost.unwrap_or(error).to_string())
}

#[cfg(test)]
pub(crate) mod tests;
