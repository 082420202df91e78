//! `Usage` of Crossplane (`protection.crossplane.io/v1beta1`), as far as golden paths speak it.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::CustomResource;
use kube::core::TypeMeta;
use serde::{Deserialize, Serialize};

use crate::kinds::{Kind, Writer};

/// What is known of the kind. Whether a Usage is enforced is said by `DeletionBlocked`: it stops no one from using what is
/// in use.
pub(super) const KIND: Kind =
    Kind { group: "protection.crossplane.io", written_by: Writer::Platform, ..Kind::PLAIN };

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
    /// Why, in the error of the refused deletion.
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

// === impl Usage ===

impl Usage {
    /// Has Crossplane refuse the deletion of an object.
    pub fn of(metadata: ObjectMeta, used: TypeMeta, name: String, reason: String) -> Self {
        let TypeMeta { api_version, kind } = used;
        let of = Used { api_version, kind, resource_ref: UsedReference { name } };
        Self { metadata, spec: UsageSpec { of, reason } }
    }
}
