//! From a configuration to what a client signs its requests with.

use goldenpath_provider_api::config::{
    Credentials, CredentialsSource, SecretKeySelector, TokenConfig, TokenSource, WebIdentity,
};
use goldenpath_provider_core::{Fault, Objects, Sensitive};
use k8s_openapi::api::core::v1::Secret;
use sha2::{Digest, Sha256};

use super::config::Config;
use super::ini::{self, Keys};
use super::sts::{Role, Token};
use crate::fault::CREDENTIALS_REMEDY;

/// What requests are signed with.
#[derive(Clone, Debug)]
pub(super) enum ExtractedCredentials {
    /// Nothing.
    Anonymous,
    /// Keys of a file.
    Keys(Keys),
    /// The SDK's default chain: it finds what the pod is given, and renews it.
    Chain,
    /// A role assumed with a token.
    WebIdentity(Role),
}

/// Why there is nothing to sign with.
#[derive(Clone, Debug)]
pub(super) enum ExtractError {
    /// A Secret is gone, as while its namespace is being deleted (R94).
    SecretGone(Fault),
    /// Anything else.
    Invalid(Fault),
}

/// What the pod's environment says of its identity (EKS IAM roles for service accounts).
#[derive(Clone, Debug, Default)]
pub(super) struct Pod {
    role: Option<String>,
    token_file: Option<String>,
    session: Option<String>,
}

/// Reads what a configuration's credentials consist of.
pub(super) async fn extract<O: Objects>(
    objects: &O,
    config: &Config,
    pod: &Pod,
) -> Result<ExtractedCredentials, ExtractError> {
    let Credentials { source, secret_ref, web_identity } = &config.credentials;
    match source {
        CredentialsSource::None => Ok(ExtractedCredentials::Anonymous),
        CredentialsSource::Irsa => pod.role(config),
        CredentialsSource::PodIdentity => Ok(ExtractedCredentials::Chain),
        CredentialsSource::Secret => {
            let selector = secret_ref.as_ref().ok_or_else(|| invalid("source Secret needs secretRef"))?;
            let file = read(objects, config, selector).await?;
            ini::parse(file.expose()).map(ExtractedCredentials::Keys).map_err(|what| {
                invalid(&format!("key \"{}\" of secret {}: {what}", selector.key, selector.name))
            })
        }
        CredentialsSource::WebIdentity => {
            let identity = web_identity.as_ref();
            let identity = identity.ok_or_else(|| invalid("source WebIdentity needs webIdentity"))?;
            let WebIdentity { role_arn, role_session_name, token_config } = identity;
            let token = token(objects, config, pod, token_config.as_ref()).await?;
            let session = role_session_name.clone().unwrap_or_else(|| session_name(&config.name));
            Ok(ExtractedCredentials::WebIdentity(Role { arn: role_arn.clone(), session, token }))
        }
    }
}

async fn token<O: Objects>(
    objects: &O,
    config: &Config,
    pod: &Pod,
    source: Option<&TokenConfig>,
) -> Result<Token, ExtractError> {
    let Some(TokenConfig { source, secret_ref, fs }) = source else {
        return pod.token_file.clone().map(Token::File).ok_or_else(|| {
            invalid("webIdentity has no tokenConfig, and AWS_WEB_IDENTITY_TOKEN_FILE is not set")
        });
    };
    match source {
        TokenSource::Filesystem => {
            let fs = fs.as_ref().ok_or_else(|| invalid("tokenConfig source Filesystem needs fs"))?;
            Ok(Token::File(fs.path.clone()))
        }
        TokenSource::Secret => {
            let selector = secret_ref.as_ref();
            let selector = selector.ok_or_else(|| invalid("tokenConfig source Secret needs secretRef"))?;
            read(objects, config, selector).await.map(Token::Value)
        }
    }
}

/// Reads one key of a Kubernetes Secret.
async fn read<O: Objects>(
    objects: &O,
    config: &Config,
    selector: &SecretKeySelector,
) -> Result<Sensitive, ExtractError> {
    let key = &selector.key;
    let reference = config.secret(selector).map_err(ExtractError::Invalid)?;
    let place = format!("{}/{}", reference.namespace, reference.name);
    let secret = objects.get::<Secret>(&reference.namespace, &reference.name).await;
    let secret = secret.map_err(ExtractError::Invalid)?;
    let secret =
        secret.ok_or_else(|| ExtractError::SecretGone(fault(&format!("there is no secret {place}"))))?;
    let value = secret.data.and_then(|mut data| data.remove(key));
    let value = value.ok_or_else(|| invalid(&format!("secret {place} has no key \"{key}\"")))?;
    let text = String::from_utf8(value.0);
    text.map(Sensitive::new).map_err(|_| invalid(&format!("key \"{key}\" of secret {place} is not text")))
}

fn invalid(what: &str) -> ExtractError {
    ExtractError::Invalid(fault(what))
}

fn fault(what: &str) -> Fault {
    Fault::user("CredentialsInvalid", format!("cannot get credentials: {what}")).remedy(CREDENTIALS_REMEDY)
}

/// Names a session after the configuration, for readers of the audit log (R203).
pub(super) fn session_name(config: &str) -> String {
    let mut name = format!("crossplane-goldenpath-aws-{config}");
    name.truncate(64);
    name
}

// === impl Pod ===

impl Pod {
    /// Reads the variables that EKS sets, as `variable` gives them.
    pub(super) fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            role: variable("AWS_ROLE_ARN"),
            token_file: variable("AWS_WEB_IDENTITY_TOKEN_FILE"),
            session: variable("AWS_ROLE_SESSION_NAME"),
        }
    }

    /// The role of the pod's service account; without one, whatever else the SDK finds (R198).
    fn role(&self, config: &Config) -> Result<ExtractedCredentials, ExtractError> {
        let Self { role, token_file, session } = self;
        match (role.clone(), token_file.clone()) {
            (Some(arn), Some(path)) => {
                let session = session.clone().unwrap_or_else(|| session_name(&config.name));
                Ok(ExtractedCredentials::WebIdentity(Role { arn, session, token: Token::File(path) }))
            }
            (None, Some(_)) => Err(invalid("AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not")),
            (_, None) => Ok(ExtractedCredentials::Chain),
        }
    }
}

// === impl ExtractError ===

impl ExtractError {
    /// The fault that it is reported as.
    pub(super) fn fault(self) -> Fault {
        match self {
            Self::SecretGone(fault) | Self::Invalid(fault) => fault,
        }
    }
}

// === impl ExtractedCredentials ===

impl ExtractedCredentials {
    /// A digest by which a change of keys or token is noticed.
    pub(super) fn fingerprint(&self) -> Result<[u8; 32], Fault> {
        let token;
        let parts = match self {
            Self::Anonymous => vec!["anonymous"],
            Self::Chain => vec!["chain"],
            Self::Keys(Keys { id, secret, token }) => {
                vec!["keys", id, secret.expose(), token.as_ref().map_or("", Sensitive::expose)]
            }
            Self::WebIdentity(Role { arn, session, token: source }) => {
                token = source.read().map_err(|what| fault(&what))?;
                vec!["token", arn, session, token.expose()]
            }
        };
        let mut digest = Sha256::new();
        for part in parts {
            digest.update(part.len().to_be_bytes());
            digest.update(part);
        }
        Ok(digest.finalize().into())
    }
}
