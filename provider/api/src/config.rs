//! `aws.m.goldenpath.io`: whose credentials a managed resource uses, and who uses them.

mod usage;

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use goldenpath_provider_core::Condition;
pub use goldenpath_provider_core::ProviderConfigReference;
pub use usage::{ProviderConfigUsage, ResourceReference};

/// Group of the configuration kinds.
pub const GROUP: &str = "aws.m.goldenpath.io";
/// Version of the configuration kinds.
pub const VERSION: &str = "v1alpha1";

/// Credentials for the managed resources of one namespace.
#[derive(CustomResource, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "aws.m.goldenpath.io",
    version = "v1alpha1",
    kind = "ProviderConfig",
    doc = "Credentials for the managed resources of one namespace.",
    namespaced,
    status = "ProviderConfigStatus",
    category = "crossplane",
    category = "providerconfig",
    category = "aws",
    printcolumn = r#"{"name":"AGE","type":"date","jsonPath":".metadata.creationTimestamp"}"#,
    printcolumn = r#"{"name":"SOURCE","type":"string","jsonPath":".spec.credentials.source","priority":1}"#
)]
#[serde(rename_all = "camelCase")]
pub struct ProviderConfigSpec {
    /// Where the credentials come from.
    pub credentials: Credentials,
    /// Where AWS is; its public endpoints unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<Endpoint>,
}

/// Credentials for the managed resources of every namespace.
#[derive(CustomResource, Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "aws.m.goldenpath.io",
    version = "v1alpha1",
    kind = "ClusterProviderConfig",
    doc = "Credentials for the managed resources of every namespace.",
    status = "ProviderConfigStatus",
    category = "crossplane",
    category = "providerconfig",
    category = "aws",
    printcolumn = r#"{"name":"AGE","type":"date","jsonPath":".metadata.creationTimestamp"}"#,
    printcolumn = r#"{"name":"SOURCE","type":"string","jsonPath":".spec.credentials.source","priority":1}"#
)]
#[serde(rename_all = "camelCase")]
pub struct ClusterProviderConfigSpec {
    /// What a `ProviderConfig` has too.
    #[serde(flatten)]
    pub config: ProviderConfigSpec,
}

/// The status of a `ProviderConfig` or `ClusterProviderConfig`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProviderConfigStatus {
    /// `Terminating` while usages keep it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,
    /// How many managed resources use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users: Option<i64>,
}

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

/// Where AWS is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Endpoint {
    /// The address.
    pub url: EndpointUrl,
    /// Services that it serves, e.g. `rds`, `secretsmanager`, `sts`; all of them unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-kubernetes-list-type" = "set"))]
    pub services: Option<Vec<String>>,
}

/// An address of AWS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EndpointUrl {
    /// How the address is found.
    pub r#type: EndpointUrlType,
    /// The address, e.g. `https://rds.internal.example.org`.
    pub r#static: String,
}

/// How an address of AWS is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum EndpointUrlType {
    /// It is given.
    Static,
}
