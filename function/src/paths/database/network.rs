//! What lets the apps of the namespace reach the database, where the platform asks for it.
//!
//! Pods that use the database carry the label `goldenpath.io/database` with its name. A security group knows addresses
//! and network interfaces, not namespaces, so the way there is opened at the pods.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use crate::kinds::network_policy::{
    IPBlock, NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec,
};
use crate::kinds::security_group_policy::{PodSecurityGroups, SecurityGroupPolicy, SecurityGroupPolicySpec};
use crate::object_meta::object_meta;
use crate::paths::database::api::{DatabaseSpec, Engine};
use crate::paths::database::consumers::DATABASE;
use crate::paths::database::identity::Identity;
use crate::platform::{Cidr, Network};

/// Lets pods out to the database, where the platform says in which networks databases are.
pub(super) fn policy(spec: &DatabaseSpec, identity: &Identity, network: &Network) -> Option<NetworkPolicy> {
    let block = |cidr: &Cidr| NetworkPolicyPeer {
        ip_block: Some(IPBlock { cidr: cidr.clone().into(), except: None }),
        ..NetworkPolicyPeer::default()
    };
    let rule = NetworkPolicyEgressRule {
        ports: Some(vec![NetworkPolicyPort {
            protocol: Some("TCP".into()),
            port: Some(IntOrString::Int(port(spec.engine))),
            end_port: None,
        }]),
        to: Some(network.database_cidrs.iter().map(block).collect()),
    };
    (!network.database_cidrs.is_empty()).then(|| NetworkPolicy {
        metadata: object_meta(clients(identity), &identity.labels),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(pods(identity)),
            policy_types: Some(vec!["Egress".into()]),
            egress: Some(vec![rule]),
            ingress: None,
        }),
    })
}

/// Puts pods into the security groups that databases let in, where the platform names them.
pub(super) fn security_group_policy(identity: &Identity, network: &Network) -> Option<SecurityGroupPolicy> {
    let group_ids: Vec<_> = network.client_security_group_ids.iter().cloned().map(Into::into).collect();
    (!group_ids.is_empty()).then(|| SecurityGroupPolicy {
        metadata: object_meta(clients(identity), &identity.labels),
        spec: SecurityGroupPolicySpec {
            pod_selector: pods(identity),
            security_groups: PodSecurityGroups { group_ids },
        },
    })
}

fn clients(identity: &Identity) -> String {
    format!("{}-clients", identity.name)
}

fn pods(identity: &Identity) -> LabelSelector {
    let labels = [(DATABASE.to_owned(), identity.name.clone())];
    LabelSelector { match_labels: Some(labels.into()), match_expressions: None }
}

/// The port that an engine listens on.
fn port(engine: Engine) -> i32 {
    match engine {
        Engine::Postgresql => 5432,
        Engine::Mysql => 3306,
    }
}
