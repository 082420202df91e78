//! What lets the apps of the namespace reach the database, where the platform asks for it.
//!
//! A security group knows addresses and network interfaces, not namespaces, so access is opened at the pods, which name the
//! databases that they use by a label for each. What is composed here only ever opens access: policies add up, so one is made
//! only where others deny everything by default; and a pod stays in the cluster's security group.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use crate::composition::Composition;
use crate::kinds::network_policy::{
    NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicySpec, addresses, at, labelled, to_dns,
};
use crate::kinds::security_group_policy::{PodSecurityGroups, SecurityGroupPolicy, SecurityGroupPolicySpec};
use crate::object_meta::object_meta;
use crate::paths::database::api::{DatabaseSpec, Egress, Engine};
use crate::paths::database::identity::Identity;
use crate::paths::database::{NETWORK_POLICY, SECURITY_GROUP_POLICY};
use crate::platform::Network;
use crate::problems::Problem;
use crate::rendering::Rendering;
use crate::wire;

/// What begins the label of a pod that uses a database; the database's name follows. A name has 44 characters at most, so
/// it is a legal end of a label's key.
pub(super) const USES: &str = "database.goldenpath.io/";

/// Lets pods connect to the database and to DNS where everything is denied by default.
pub(super) fn policy(spec: &DatabaseSpec, identity: &Identity, network: &Network) -> Option<NetworkPolicy> {
    let rules = vec![to_the_database(spec, network), to_dns()];
    (network.default_deny && !network.database_cidrs.is_empty()).then(|| NetworkPolicy {
        metadata: object_meta(clients(identity), &identity.labels),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(pods(identity)),
            policy_types: Some(vec!["Egress".into()]),
            egress: Some(rules),
            ingress: None,
        }),
    })
}

/// Where the policy that is desired lets pods out to the database.
pub(super) fn egress(rendering: &Rendering) -> Option<Egress> {
    let policy: NetworkPolicy = wire::read(rendering.desired(NETWORK_POLICY)?).ok()?;
    let NetworkPolicyEgressRule { ports, to } = policy.spec?.egress?.into_iter().next()?;
    let blocks = to.unwrap_or_default().into_iter().filter_map(|peer| peer.ip_block);
    match ports?.into_iter().next()?.port? {
        IntOrString::Int(port) => Some(Egress { cidrs: blocks.map(|block| block.cidr).collect(), port }),
        IntOrString::String(_) => None,
    }
}

fn to_the_database(spec: &DatabaseSpec, network: &Network) -> NetworkPolicyEgressRule {
    NetworkPolicyEgressRule {
        ports: Some(vec![at("TCP", port(spec.engine))]),
        to: Some(network.database_cidrs.iter().map(|cidr| addresses(cidr.clone().into())).collect()),
    }
}

/// Puts pods into the security groups that databases accept, where the platform names them and the cluster's. Without the
/// cluster's group nothing new is made, and what is there stays.
pub(super) fn into_security_groups(
    composition: Composition,
    identity: &Identity,
    network: &Network,
) -> Composition {
    let of_clients = &network.client_security_group_ids;
    match &network.cluster_security_group_id {
        _ if of_clients.is_empty() => composition.removing(SECURITY_GROUP_POLICY),
        None => composition.keeping(SECURITY_GROUP_POLICY).with_problems([cluster_group_missing()]),
        Some(of_the_cluster) => {
            let others = of_clients.iter().filter(|id| *id != of_the_cluster);
            let groups = [of_the_cluster].into_iter().chain(others).cloned().map(Into::into);
            composition.with(SECURITY_GROUP_POLICY, &security_group_policy(identity, groups.collect()))
        }
    }
}

fn security_group_policy(identity: &Identity, group_ids: Vec<String>) -> SecurityGroupPolicy {
    SecurityGroupPolicy {
        metadata: object_meta(clients(identity), &identity.labels),
        spec: SecurityGroupPolicySpec {
            pod_selector: pods(identity),
            security_groups: PodSecurityGroups { group_ids },
        },
    }
}

fn cluster_group_missing() -> Problem {
    let message = "pods that use the database get no security groups: without the cluster's own group they would lose DNS and the kubelet's probes";
    Problem::warning("ClusterSecurityGroupMissing", message)
        .at("Platform.network.clusterSecurityGroupId")
        .remedy("set it to the security group of the cluster, which its nodes are in")
}

fn clients(identity: &Identity) -> String {
    format!("{}-clients", identity.name)
}

fn pods(identity: &Identity) -> LabelSelector {
    labelled(&format!("{USES}{}", identity.name), "true")
}

/// The port that an engine listens on.
fn port(engine: Engine) -> i32 {
    match engine {
        Engine::Postgresql => 5432,
        Engine::Mysql => 3306,
    }
}
