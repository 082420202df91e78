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
#[serde(rename_all = "camelCase")]
pub struct UsageSpec {
    /// What is in use.
    pub of: Used,
    /// By what; the Usage goes after it. None where there is a reason instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Used>,
    /// Why, in the error of the refused deletion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether Crossplane does a deletion that was refused once the Usage is gone, whenever that is. Never: what was asked of one
    /// use is not meant for the next, and a plugin that is deleted while its route moves to another host leaves that open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay_deletion: Option<bool>,
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
        let spec =
            UsageSpec { of: Used::of(used, name), by: None, reason: Some(reason), replay_deletion: None };
        Self { metadata, spec }
    }

    /// Has Crossplane refuse the deletion of an object while another one is there. Whoever still wants it asks again, as
    /// Kubernetes' garbage collector and Crossplane do.
    pub fn of_by(metadata: ObjectMeta, of: (TypeMeta, String), by: (TypeMeta, String)) -> Self {
        let (of, by) = (Used::of(of.0, of.1), Used::of(by.0, by.1));
        Self { metadata, spec: UsageSpec { of, by: Some(by), reason: None, replay_deletion: Some(false) } }
    }
}

// === impl Used ===

impl Used {
    fn of(r#type: TypeMeta, name: String) -> Self {
        let TypeMeta { api_version, kind } = r#type;
        Self { api_version, kind, resource_ref: UsedReference { name } }
    }
}
