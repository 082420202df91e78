//! `aws.m.goldenpath.io`: whose credentials a managed resource uses, and who uses them.

mod credentials;
mod endpoint;
mod policy;
mod usage;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{CustomResource, CustomResourceExt, ResourceExt};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use credentials::{
    AssumeRole, Credentials, CredentialsSource, FilesystemSelector, SecretKeySelector, SessionTag,
    TokenConfig, TokenSource, WebIdentity,
};
pub use endpoint::{DynamicUrl, Endpoint, EndpointUrl, EndpointUrlType, Protocol};
pub use goldenpath_provider_core::ProviderConfigReference;
use goldenpath_provider_core::{Backoff, Condition, Configuration, SecretReference};
pub use policy::{ExponentialFailureRateLimiter, ReconciliationPolicy};
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
    /// Roles to assume with them, in this order; the last one's credentials are used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assume_role_chain: Vec<AssumeRole>,
    /// Where AWS is; its public endpoints unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<Endpoint>,
    /// How the managed resources that use this are reconciled; as all others unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reconciliation_policy: Option<ReconciliationPolicy>,
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

/// The CRDs of the configuration kinds.
pub fn crds() -> [CustomResourceDefinition; 3] {
    [ClusterProviderConfig::crd(), ProviderConfig::crd(), ProviderConfigUsage::crd()]
}

// === impl ProviderConfigSpec ===

impl ProviderConfigSpec {
    /// How failures of the managed resources that use the configuration back off; `None` for the runtime's own way
    /// (R156).
    pub fn backoff(&self) -> Option<Backoff> {
        self.reconciliation_policy.as_ref().and_then(ReconciliationPolicy::backoff)
    }
}

// === impl Configuration ===

impl Configuration for ProviderConfig {
    fn secrets(&self) -> Vec<SecretReference> {
        self.spec.credentials.secrets(self.namespace().as_deref())
    }
}

impl Configuration for ClusterProviderConfig {
    fn secrets(&self) -> Vec<SecretReference> {
        self.spec.config.credentials.secrets(None)
    }
}

#[cfg(test)]
mod tests;
