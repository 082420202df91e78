//! Assumes roles with AWS STS, through the SDK's client.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, future};
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sts::types::Tag;
use aws_smithy_runtime_api::http::Response;
use goldenpath_provider_api::config::{AssumeRole, SessionTag};
use goldenpath_provider_core::Sensitive;

/// A role, and the token that it is assumed with.
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

/// Assumes a role with a token, each time that credentials are asked of it.
#[derive(Debug)]
pub(super) struct WebIdentity {
    pub(super) role: Role,
    pub(super) sts: aws_sdk_sts::Client,
}

/// Assumes a role with the credentials of the client, each time that credentials are asked of it.
#[derive(Debug)]
pub(super) struct Assumed {
    pub(super) role: AssumeRole,
    pub(super) session: String,
    pub(super) sts: aws_sdk_sts::Client,
}

// === impl Token ===

impl Token {
    /// The token as it is now.
    pub(super) fn read(&self) -> Result<Sensitive, String> {
        match self {
            Self::Value(value) => Ok(value.clone()),
            Self::File(path) => std::fs::read_to_string(path)
                .map(Sensitive::new)
                .map_err(|e| format!("cannot read token file {path}: {}", e.kind())),
        }
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
        let token = token.read().map_err(CredentialsError::invalid_configuration)?;
        let request = self.sts.assume_role_with_web_identity().role_arn(arn).role_session_name(session);
        let answer = request.web_identity_token(token.expose().trim()).send().await;
        credentials(arn, answer.map_err(|e| failure(arn, &e))?.credentials)
    }
}

// === impl Assumed ===

impl ProvideCredentials for Assumed {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.assume())
    }
}

impl Assumed {
    async fn assume(&self) -> provider::Result {
        let AssumeRole { role_arn, external_id, tags, transitive_tag_keys } = &self.role;
        let tags = tags.iter().map(tag).collect::<Result<Vec<_>, _>>();
        let tags = tags.map_err(CredentialsError::invalid_configuration)?;
        let keys = transitive_tag_keys.clone();
        let request = self.sts.assume_role().role_arn(role_arn).role_session_name(&self.session);
        let request = request.set_external_id(external_id.clone());
        let request = request.set_tags((!tags.is_empty()).then_some(tags));
        let answer = request.set_transitive_tag_keys((!keys.is_empty()).then_some(keys)).send().await;
        credentials(role_arn, answer.map_err(|e| failure(role_arn, &e))?.credentials)
    }
}

fn tag(SessionTag { key, value }: &SessionTag) -> Result<Tag, aws_sdk_sts::error::BuildError> {
    Tag::builder().key(key).value(value).build()
}

fn credentials(arn: &str, keys: Option<aws_sdk_sts::types::Credentials>) -> provider::Result {
    let keys = keys.ok_or_else(|| {
        CredentialsError::provider_error(format!("AWS STS returned no credentials for role {arn}"))
    })?;
    let expiry = SystemTime::try_from(keys.expiration).ok();
    let token = Some(keys.session_token);
    Ok(Credentials::new(keys.access_key_id, keys.secret_access_key, token, expiry, "ProviderConfigRole"))
}

fn failure<E>(arn: &str, error: &SdkError<E, Response>) -> CredentialsError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match error {
        SdkError::ServiceError(e) if matches!(e.err().code(), Some("Throttling" | "ThrottlingException")) => {
            timed_out()
        }
        SdkError::ServiceError(e) if e.raw().status().as_u16() < 500 => {
            let (code, message) =
                (e.err().code().unwrap_or("Unknown"), e.err().message().unwrap_or_default());
            CredentialsError::provider_error(format!("AWS STS refuses role {arn}: {code}: {message}"))
        }
        other => match crate::fault::credentials_error(Some(other)) {
            // An earlier role of the chain was refused, or does not answer.
            Some(CredentialsError::ProviderTimedOut(_)) | None => timed_out(),
            Some(refused) => CredentialsError::provider_error(crate::fault::words(refused)),
        },
    }
}

/// The one kind of error that marks a failure as transient.
fn timed_out() -> CredentialsError {
    CredentialsError::provider_timed_out(super::CONNECT_TIMEOUT)
}
