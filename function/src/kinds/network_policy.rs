//! `NetworkPolicy` of Kubernetes, and the peers and ports of which golden paths make them.

pub use k8s_openapi::api::networking::v1::{
    IPBlock, NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer,
    NetworkPolicyPort, NetworkPolicySpec,
};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use crate::kinds::Kind;

/// What is known of the kind.
pub(super) const KIND: Kind = Kind { group: "networking.k8s.io", kind: Some("NetworkPolicy"), ..Kind::PLAIN };

/// The label of a namespace that has its name.
const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";

/// Whatever has a label.
pub fn labelled(label: &str, value: &str) -> LabelSelector {
    let labels = [(label.to_owned(), value.to_owned())];
    LabelSelector { match_labels: Some(labels.into()), match_expressions: None }
}

/// The pods of a namespace.
pub fn namespace(name: &str) -> NetworkPolicyPeer {
    let namespace_selector = Some(labelled(NAMESPACE_NAME, name));
    NetworkPolicyPeer { namespace_selector, ..NetworkPolicyPeer::default() }
}

/// A range of addresses.
pub fn addresses(cidr: String) -> NetworkPolicyPeer {
    NetworkPolicyPeer { ip_block: Some(IPBlock { cidr, except: None }), ..NetworkPolicyPeer::default() }
}

/// A port.
pub fn at(protocol: &str, port: i32) -> NetworkPolicyPort {
    NetworkPolicyPort { protocol: Some(protocol.into()), port: Some(IntOrString::Int(port)), end_port: None }
}

/// What is reached by its name is not reached where names are not resolved.
pub fn to_dns() -> NetworkPolicyEgressRule {
    NetworkPolicyEgressRule {
        ports: Some(vec![at("UDP", 53), at("TCP", 53)]),
        to: Some(vec![namespace("kube-system")]),
    }
}
