//! `protection.crossplane.io/v1beta1`, as far as golden paths speak it.

use kube::CustomResource;
use serde::{Deserialize, Serialize};

/// Reason of the condition `DeletionBlocked` where nothing asks for a `Usage`.
pub const NOT_PROTECTED: &str = "NotProtected";

/// Has Crossplane refuse the deletion of an object of the same namespace, with a reason.
#[derive(CustomResource, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[kube(
    group = "protection.crossplane.io",
    version = "v1beta1",
    kind = "Usage",
    namespaced,
    schema = "disabled"
)]
pub struct UsageSpec {
    /// What is in use.
    pub of: Used,
    /// Why, as the one reads it whose deletion is refused.
    pub reason: String,
}

/// The object that is in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Used {
    /// Its group and version.
    pub api_version: String,
    /// Its kind.
    pub kind: String,
    /// Which one.
    pub resource_ref: UsedReference,
}

/// Names an object of the same namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedReference {
    /// Its name.
    pub name: String,
}
