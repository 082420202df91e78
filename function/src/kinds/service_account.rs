//! `ServiceAccount` of Kubernetes.

pub use k8s_openapi::api::core::v1::ServiceAccount;

use crate::kinds::Kind;

/// What is known of the kind.
pub(super) const KIND: Kind = Kind { group: "", kind: Some("ServiceAccount"), ..Kind::PLAIN };
