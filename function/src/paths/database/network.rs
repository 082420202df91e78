//! What lets the apps of the namespace reach the database, where the platform asks for it.
//!
//! A security group knows addresses and network interfaces, not namespaces, so access is opened at the pods, which name the
//! databases that they use by a label for each. What is composed here only ever opens access: policies add up, so one is made
//! only where others deny everything by default; and a pod stays in the cluster's security group.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use crate::composition::Composition;
use crate::kinds::network_policy::{
    NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicySpec, addresses, at, labelled, to_dns,
};
use crate::kinds::security_group_policy::{PodSecurityGroups, SecurityGroupPolicy, SecurityGroupPolicySpec};
use crate::object_meta::object_meta;
use crate::paths::database::NETWORK_POLICY;
use crate::paths::database::api::{Egress, Engine};
use crate::paths::database::identity::Identity;
use crate::platform::Network;
use crate::problems::Problem;
use crate::rendering::Rendering;
use crate::wire;

/// What begins the label of a pod that uses a database; the database's name follows. A name has 44 characters at most, so
/// it is a legal end of a label's key.
pub(in crate::paths) const USES: &str = "database.goldenpath.io/";

/// The pods of a namespace that use a database.
#[derive(Debug)]
pub(in crate::paths) struct Clients<'a> {
    /// What their policies are called.
    pub(in crate::paths) name: String,
    /// The labels of their policies.
    pub(in crate::paths) labels: &'a BTreeMap<String, String>,
    /// The name of the database.
    pub(in crate::paths) database: &'a str,
}

/// Lets pods connect to the database and to DNS where everything is denied by default.
pub(in crate::paths) fn policy(
    engine: Engine,
    clients: &Clients<'_>,
    network: &Network,
) -> Option<NetworkPolicy> {
    let rules = vec![to_databases(engine, network), to_dns()];
    (network.default_deny && !network.database_cidrs.is_empty()).then(|| NetworkPolicy {
        metadata: clients.object_meta(),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(clients.pods()),
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

/// Out to where databases are, at the port of an engine.
pub(in crate::paths) fn to_databases(engine: Engine, network: &Network) -> NetworkPolicyEgressRule {
    NetworkPolicyEgressRule {
        ports: Some(vec![at("TCP", port(engine))]),
        to: Some(network.database_cidrs.iter().map(|cidr| addresses(cidr.clone().into())).collect()),
    }
}

/// Puts pods into the security groups that databases accept, where the platform names them and the cluster's. Without the
/// cluster's group nothing new is made, and what is there stays.
pub(in crate::paths) fn into_security_groups(
    composition: Composition,
    key: &'static str,
    clients: &Clients<'_>,
    network: &Network,
) -> Composition {
    let of_clients = &network.client_security_group_ids;
    match &network.cluster_security_group_id {
        _ if of_clients.is_empty() => composition.removing(key),
        None => composition.keeping(key).with_problems([cluster_group_missing()]),
        Some(of_the_cluster) => {
            let others = of_clients.iter().filter(|id| *id != of_the_cluster);
            let groups = [of_the_cluster].into_iter().chain(others).cloned().map(Into::into);
            composition.with(key, &security_group_policy(clients, groups.collect()))
        }
    }
}

fn security_group_policy(clients: &Clients<'_>, group_ids: Vec<String>) -> SecurityGroupPolicy {
    SecurityGroupPolicy {
        metadata: clients.object_meta(),
        spec: SecurityGroupPolicySpec {
            pod_selector: clients.pods(),
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

/// The port that an engine listens on.
fn port(engine: Engine) -> i32 {
    match engine {
        Engine::Postgresql => 5432,
        Engine::Mysql => 3306,
    }
}

// === impl Clients ===

impl<'a> Clients<'a> {
    /// Those of the database's own namespace.
    pub(super) fn of(identity: &'a Identity) -> Self {
        Self {
            name: format!("{}-clients", identity.name),
            labels: &identity.labels,
            database: &identity.name,
        }
    }

    fn object_meta(&self) -> ObjectMeta {
        object_meta(&self.name, self.labels)
    }

    fn pods(&self) -> LabelSelector {
        labelled(&format!("{USES}{}", self.database), "true")
    }
}
