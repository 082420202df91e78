//! `Service` of Kubernetes.

pub use k8s_openapi::api::core::v1::{Service, ServicePort, ServiceSpec};

use crate::kinds::Kind;

/// What is known of the kind. Its address is there with it; whether anybody answers is said by what it selects.
pub(super) const KIND: Kind = Kind { group: "", kind: Some("Service"), ..Kind::PLAIN };
