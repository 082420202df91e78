//! `external-secrets.io/v1`, as far as golden paths speak it.

use kube::CustomResource;
use serde::{Deserialize, Serialize};

/// Copies a value of a secret store into a Secret of the namespace.
#[derive(CustomResource, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[kube(
    group = "external-secrets.io",
    version = "v1",
    kind = "ExternalSecret",
    namespaced,
    schema = "disabled"
)]
#[serde(rename_all = "camelCase")]
pub struct ExternalSecretSpec {
    /// When the value is copied again.
    pub refresh_policy: String,
    /// How often, as Go writes durations: any other spelling is a difference for ever.
    pub refresh_interval: String,
    /// Where the value is.
    pub secret_store_ref: SecretStoreRef,
    /// Where it is copied to.
    pub target: Target,
    /// What is copied.
    pub data_from: Vec<DataFrom>,
}

/// Names a secret store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretStoreRef {
    /// `SecretStore` (of the namespace) or `ClusterSecretStore`.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// The Secret that is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// Its name.
    pub name: String,
    /// `Owner`: it goes with the `ExternalSecret`.
    pub creation_policy: String,
    /// `Retain`: it stays when the value is gone.
    pub deletion_policy: String,
}

/// A source of keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataFrom {
    /// Every key of one JSON value.
    pub extract: Extract,
}

/// Names a value of the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extract {
    /// Its path.
    pub key: String,
}
