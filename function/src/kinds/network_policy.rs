//! `NetworkPolicy` of Kubernetes.

pub use k8s_openapi::api::networking::v1::{
    IPBlock, NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec,
};

use crate::kinds::Kind;

/// What is known of the kind.
pub(super) const KIND: Kind = Kind { group: "networking.k8s.io", kind: Some("NetworkPolicy"), ..Kind::PLAIN };
