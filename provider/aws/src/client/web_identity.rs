//! A role assumed with a web identity token.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, future};
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::http::Response;
use goldenpath_provider_core::Sensitive;

/// The role, and the token that proves who wants it.
#[derive(Clone, Debug)]
pub(super) struct Role {
    pub(super) arn: String,
    pub(super) session: String,
    pub(super) token: Token,
}

/// Where the token is.
#[derive(Clone, Debug)]
pub(super) enum Token {
    /// Here.
    Value(Sensitive),
    /// In a file, which is read again whenever the credentials are renewed.
    File(String),
}

/// Assumes the role whenever the SDK wants fresh credentials.
#[derive(Debug)]
pub(super) struct WebIdentity {
    role: Role,
    sts: aws_sdk_sts::Client,
}

// === impl Role ===

impl Role {
    /// Assumes the role through a client.
    pub(super) fn provider(self, sts: aws_sdk_sts::Client) -> WebIdentity {
        WebIdentity { role: self, sts }
    }
}

// === impl WebIdentity ===

impl ProvideCredentials for WebIdentity {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.assume())
    }
}

impl WebIdentity {
    async fn assume(&self) -> provider::Result {
        let Role { arn, session, token } = &self.role;
        let token = match token {
            Token::Value(value) => value.clone(),
            Token::File(path) => std::fs::read_to_string(path).map(Sensitive::new).map_err(|e| {
                CredentialsError::invalid_configuration(format!(
                    "cannot read token file {path}: {}",
                    e.kind()
                ))
            })?,
        };
        let request = self.sts.assume_role_with_web_identity();
        let request = request.role_arn(arn).role_session_name(session);
        let answer =
            request.web_identity_token(token.expose().trim()).send().await.map_err(|e| failure(arn, &e))?;
        let keys = answer.credentials.ok_or_else(|| {
            CredentialsError::provider_error(format!("AWS STS gives no credentials for role {arn}"))
        })?;
        let expiry = SystemTime::try_from(keys.expiration).ok();
        Ok(Credentials::new(
            keys.access_key_id,
            keys.secret_access_key,
            Some(keys.session_token),
            expiry,
            "ProviderConfigWebIdentity",
        ))
    }
}

fn failure<E: ProvideErrorMetadata>(arn: &str, error: &SdkError<E, Response>) -> CredentialsError {
    match error {
        SdkError::ServiceError(e) if e.raw().status().as_u16() < 500 => {
            let (code, message) =
                (e.err().code().unwrap_or("Unknown"), e.err().message().unwrap_or_default());
            CredentialsError::provider_error(format!("AWS STS does not give role {arn}: {code}: {message}"))
        }
        // The one kind of error that says: it may pass by itself.
        _ => CredentialsError::provider_timed_out(super::CONNECT_TIMEOUT),
    }
}
