//! From a configuration to what a client signs its requests with.

use goldenpath_provider_api::config::{CredentialsSource, SecretKeySelector, TokenConfig, TokenSource};
use goldenpath_provider_core::{Fault, Objects, Sensitive};
use k8s_openapi::api::core::v1::Secret;
use sha2::{Digest, Sha256};

use super::config::Config;
use super::ini::{self, Keys};
use super::web_identity::{Role, Token};
use crate::fault::CREDENTIALS_REMEDY;

/// What requests are signed with.
#[derive(Clone, Debug)]
pub(super) enum Material {
    /// Nothing.
    Anonymous,
    /// Keys of a file.
    Keys(Keys),
    /// Whatever the pod is given; the SDK finds it and renews it.
    Chain,
    /// A role assumed with a token.
    WebIdentity(Role),
}

/// Reads what a configuration's credentials consist of.
pub(super) async fn extract<O: Objects>(objects: &O, config: &Config) -> Result<Material, Fault> {
    let credentials = &config.credentials;
    match credentials.source {
        CredentialsSource::None => Ok(Material::Anonymous),
        CredentialsSource::Irsa | CredentialsSource::PodIdentity => Ok(Material::Chain),
        CredentialsSource::Secret => {
            let selector = credentials.secret_ref.as_ref();
            let selector = selector.ok_or_else(|| invalid("source Secret needs secretRef"))?;
            let file = read(objects, config, selector).await?;
            ini::parse(file.expose()).map(Material::Keys).map_err(|what| {
                invalid(&format!("key \"{}\" of secret {}: {what}", selector.key, selector.name))
            })
        }
        CredentialsSource::WebIdentity => {
            let identity = credentials.web_identity.as_ref();
            let identity = identity.ok_or_else(|| invalid("source WebIdentity needs webIdentity"))?;
            let token = token(objects, config, identity.token_config.as_ref()).await?;
            let session = identity.role_session_name.clone().unwrap_or_else(|| session_name(&config.name));
            Ok(Material::WebIdentity(Role { arn: identity.role_arn.clone(), session, token }))
        }
    }
}

async fn token<O: Objects>(
    objects: &O,
    config: &Config,
    source: Option<&TokenConfig>,
) -> Result<Token, Fault> {
    let Some(TokenConfig { source, secret_ref, fs }) = source else {
        let path = std::env::var("AWS_WEB_IDENTITY_TOKEN_FILE");
        return path.map(Token::File).map_err(|_| {
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
) -> Result<Sensitive, Fault> {
    let SecretKeySelector { namespace: _, name, key } = selector;
    let namespace = config.secret_namespace(selector)?;
    let secret = objects.get::<Secret>(&namespace, name).await?;
    let secret = secret.ok_or_else(|| invalid(&format!("there is no secret {namespace}/{name}")))?;
    let value = secret.data.and_then(|mut data| data.remove(key));
    let value = value.ok_or_else(|| invalid(&format!("secret {namespace}/{name} has no key \"{key}\"")))?;
    let text = String::from_utf8(value.0);
    text.map(Sensitive::new)
        .map_err(|_| invalid(&format!("key \"{key}\" of secret {namespace}/{name} is not text")))
}

fn invalid(what: &str) -> Fault {
    Fault::user("CredentialsInvalid", format!("cannot get credentials: {what}")).remedy(CREDENTIALS_REMEDY)
}

/// Names the session after the configuration, for whoever reads the audit log (R203).
fn session_name(config: &str) -> String {
    let mut name = format!("crossplane-goldenpath-aws-{config}");
    name.truncate(64);
    name
}

// === impl Material ===

impl Material {
    /// A digest by which a change is noticed.
    pub(super) fn fingerprint(&self) -> [u8; 32] {
        let parts = match self {
            Self::Anonymous => vec!["anonymous"],
            Self::Chain => vec!["chain"],
            Self::Keys(Keys { id, secret, token }) => {
                vec!["keys", id, secret.expose(), token.as_ref().map_or("", Sensitive::expose)]
            }
            Self::WebIdentity(Role { arn, session, token: Token::File(path) }) => {
                vec!["file", arn, session, path]
            }
            Self::WebIdentity(Role { arn, session, token: Token::Value(value) }) => {
                vec!["token", arn, session, value.expose()]
            }
        };
        let mut digest = Sha256::new();
        for part in parts {
            digest.update(part.len().to_be_bytes());
            digest.update(part);
        }
        digest.finalize().into()
    }
}
