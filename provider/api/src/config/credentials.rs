//! Where credentials come from.

use goldenpath_provider_core::SecretReference;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where credentials come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "self.source != 'Secret' || has(self.secretRef)", "message": "source Secret needs secretRef"},
    {"rule": "self.source != 'WebIdentity' || has(self.webIdentity)", "message": "source WebIdentity needs webIdentity"},
]))]
pub struct Credentials {
    /// The kind of source.
    pub source: CredentialsSource,
    /// For `Secret`: a shared-credentials file with a section `[default]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_ref: Option<SecretKeySelector>,
    /// For `WebIdentity`: the role to assume.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub web_identity: Option<WebIdentity>,
}

/// The kinds of sources of credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum CredentialsSource {
    /// Requests are not signed.
    None,
    /// A Kubernetes Secret.
    Secret,
    /// The service account's role (EKS IAM roles for service accounts).
    #[serde(rename = "IRSA")]
    Irsa,
    /// A role assumed with a web identity token.
    WebIdentity,
    /// The pod's role (EKS Pod Identity).
    PodIdentity,
}

/// A key of a Kubernetes Secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SecretKeySelector {
    /// Namespace of the Secret. A `ProviderConfig` reads its own namespace whatever this says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Name of the Secret.
    pub name: String,
    /// Key of its data.
    pub key: String,
}

/// A role assumed with a web identity token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebIdentity {
    /// ARN of the role.
    #[serde(rename = "roleARN")]
    pub role_arn: String,
    /// Name of the session, for audit; derived from the configuration's name unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_session_name: Option<String>,
    /// The token; the file that `AWS_WEB_IDENTITY_TOKEN_FILE` names unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_config: Option<TokenConfig>,
}

/// Where a web identity token comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "self.source == 'Secret' ? has(self.secretRef) : has(self.fs)", "message": "source Secret needs secretRef, source Filesystem needs fs"},
]))]
pub struct TokenConfig {
    /// The kind of source.
    pub source: TokenSource,
    /// For `Secret`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_ref: Option<SecretKeySelector>,
    /// For `Filesystem`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fs: Option<FilesystemSelector>,
}

/// The kinds of sources of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum TokenSource {
    /// A Kubernetes Secret.
    Secret,
    /// A file in the provider's pod.
    Filesystem,
}

/// A file in the provider's pod.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FilesystemSelector {
    /// Its path.
    pub path: String,
}

/// A role that is assumed with the credentials found so far (R202).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssumeRole {
    /// ARN of the role.
    #[serde(rename = "roleARN")]
    pub role_arn: String,
    /// The external ID that the role's trust policy asks for.
    #[serde(default, rename = "externalID", skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Session tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<SessionTag>,
    /// Keys of the session tags that roles later in the chain inherit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transitive_tag_keys: Vec<String>,
}

/// A tag of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SessionTag {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
}

// === impl Credentials ===

impl Credentials {
    /// The Secrets that are read: those of the source, and of no other.
    pub(super) fn secrets(&self, own: Option<&str>) -> Vec<SecretReference> {
        let Self { source, secret_ref, web_identity } = self;
        let selector = match source {
            CredentialsSource::None | CredentialsSource::Irsa | CredentialsSource::PodIdentity => None,
            CredentialsSource::Secret => secret_ref.as_ref(),
            CredentialsSource::WebIdentity => web_identity
                .as_ref()
                .and_then(|i| i.token_config.as_ref())
                .filter(|t| t.source == TokenSource::Secret)
                .and_then(|t| t.secret_ref.as_ref()),
        };
        selector.and_then(|s| s.reference(own)).into_iter().collect()
    }
}

// === impl SecretKeySelector ===

impl SecretKeySelector {
    /// The Secret that a configuration means by this. One of a namespace reads its `own`, whatever the selector
    /// says: a tenant never reads another namespace's Secret through it (R183). `None` where no namespace is given.
    pub fn reference(&self, own: Option<&str>) -> Option<SecretReference> {
        let Self { namespace, name, key: _ } = self;
        let namespace = own.or(namespace.as_deref())?;
        Some(SecretReference { namespace: namespace.to_owned(), name: name.clone() })
    }
}
