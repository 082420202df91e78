//! `Secret` of Kubernetes, as far as one is composed: of what is no secret, such as the groups of a consumer of the gateway.
//! What is secret is written by External Secrets Operator and never passes through a golden path.

pub use k8s_openapi::api::core::v1::Secret;

use crate::kinds::Kind;

/// What is known of the kind.
pub(super) const KIND: Kind = Kind { group: "", kind: Some("Secret"), ..Kind::PLAIN };
