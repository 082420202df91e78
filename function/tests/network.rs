//! What the rendered policies do to a pod that uses databases, by the rules of Kubernetes: it reaches what it reached before,
//! resolves names, and reaches its databases.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "tests read files; the library may not")]

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use function_sdk_rust::proto::v1::{Resource, RunFunctionRequest, State};
use function_sdk_rust::resource::{json_to_struct, struct_to_json};
use goldenpath_function::paths::database::{NETWORK_POLICY, SECURITY_GROUP_POLICY};
use goldenpath_function::service::run;
use k8s_openapi::api::networking::v1::{
    NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyPeer, NetworkPolicyPort,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use rstest::rstest;
use serde_json::{Value, json};

type Labels = BTreeMap<String, String>;

/// Where a pod wants to go.
struct Destination {
    address: Ipv4Addr,
    /// The labels of the namespace that it is in, for a pod.
    namespace: Labels,
    protocol: &'static str,
    port: i32,
}

fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn dns(protocol: &'static str) -> Destination {
    let namespace = labels(&[("kubernetes.io/metadata.name", "kube-system")]);
    Destination { address: Ipv4Addr::new(172, 20, 0, 10), namespace, protocol, port: 53 }
}

fn outside(address: [u8; 4], port: i32) -> Destination {
    Destination { address: address.into(), namespace: Labels::new(), protocol: "TCP", port }
}

/// What is composed for a database, by key, where the platform says something of the network.
fn composed(name: &str, network: &Value) -> BTreeMap<String, Value> {
    let resource =
        |object: &Value| Resource { resource: object.as_object().map(json_to_struct), ..Resource::default() };
    let xr = json!({
        "apiVersion": "goldenpath.io/v1alpha1", "kind": "GoldenPathDatabase",
        "metadata": {"name": name, "namespace": "payments"}, "spec": {"version": "16"},
    });
    let input = json!({
        "apiVersion": "function.goldenpath.io/v1alpha1", "kind": "Platform",
        "region": "eu-central-1", "environment": "dev", "network": network,
    });
    let response = run(&RunFunctionRequest {
        observed: Some(State { composite: Some(resource(&xr)), ..State::default() }),
        input: input.as_object().map(json_to_struct),
        ..RunFunctionRequest::default()
    });
    let resources = response.desired.unwrap_or_default().resources.into_iter();
    resources.map(|(key, resource)| (key, struct_to_json(&resource.resource.unwrap_or_default()))).collect()
}

fn policies(names: &[&str], network: &Value) -> Vec<NetworkPolicy> {
    let one = |name: &&str| composed(name, network).remove(NETWORK_POLICY);
    names.iter().filter_map(one).map(|policy| serde_json::from_value(policy).unwrap()).collect()
}

/// The policy by which platforms close a namespace.
fn deny_all() -> NetworkPolicy {
    serde_json::from_value(json!({"spec": {"podSelector": {}, "policyTypes": ["Egress"]}})).unwrap()
}

/// The API's own semantics: a pod that no policy selects for egress reaches everything; one that some do reaches what any
/// rule of any of them names.
fn reaches(pod: &Labels, policies: &[NetworkPolicy], to: &Destination) -> bool {
    let specs = policies.iter().filter_map(|policy| policy.spec.as_ref());
    let mut isolating = specs
        .filter(|spec| spec.policy_types.iter().flatten().any(|kind| kind == "Egress"))
        .filter(|spec| spec.pod_selector.as_ref().is_some_and(|selector| selects(selector, pod)))
        .peekable();
    isolating.peek().is_none()
        || isolating.any(|spec| spec.egress.iter().flatten().any(|rule| allows(rule, to)))
}

fn allows(rule: &NetworkPolicyEgressRule, to: &Destination) -> bool {
    let is_port = |port: &NetworkPolicyPort| {
        port.protocol.as_deref() == Some(to.protocol) && port.port == Some(IntOrString::Int(to.port))
    };
    let is_peer = |peer: &NetworkPolicyPeer| match (&peer.ip_block, &peer.namespace_selector) {
        (Some(block), None) => contains(&block.cidr, to.address),
        (None, Some(selector)) => !to.namespace.is_empty() && selects(selector, &to.namespace),
        _ => panic!("a peer of another kind: {peer:?}"),
    };
    rule.ports.as_ref().is_none_or(|ports| ports.iter().any(is_port))
        && rule.to.as_ref().is_none_or(|peers| peers.iter().any(is_peer))
}

fn selects(selector: &LabelSelector, labels: &Labels) -> bool {
    assert!(selector.match_expressions.is_none(), "{selector:?}");
    selector.match_labels.iter().flatten().all(|(key, value)| labels.get(key) == Some(value))
}

fn contains(cidr: &str, address: Ipv4Addr) -> bool {
    let (network, prefix) = cidr.split_once('/').unwrap();
    let network: Ipv4Addr = network.parse().unwrap();
    let mask = u32::MAX.checked_shl(32 - prefix.parse::<u32>().unwrap()).unwrap_or(0);
    network.to_bits() & mask == address.to_bits() & mask
}

fn of(databases: &[&str]) -> Labels {
    databases.iter().map(|name| (format!("database.goldenpath.io/{name}"), "true".to_owned())).collect()
}

/// The label of a database never costs a pod anything, whatever else is in its namespace.
#[rstest]
#[case::open(json!({"databaseCidrs": ["10.0.128.0/17"]}), vec![])]
#[case::closed(json!({"defaultDeny": true, "databaseCidrs": ["10.0.128.0/17"]}), vec![deny_all()])]
fn a_pod_reaches_what_it_reached_before(#[case] network: Value, #[case] others: Vec<NetworkPolicy>) {
    let ours = policies(&["orders-db"], &network);
    let with: Vec<_> = others.iter().chain(&ours).cloned().collect();
    let app = labels(&[("app", "orders")]);
    let user: Labels = app.clone().into_iter().chain(of(&["orders-db"])).collect();
    for to in [dns("UDP"), dns("TCP"), outside([10, 0, 200, 1], 5432), outside([93, 184, 215, 14], 443)] {
        assert!(reaches(&user, &with, &to) || !reaches(&app, &others, &to), "{}:{}", to.address, to.port);
    }
}

#[test]
fn a_pod_of_a_closed_namespace_resolves_names_and_reaches_each_of_its_databases() {
    let network = json!({"defaultDeny": true, "databaseCidrs": ["10.0.128.0/17"]});
    let mut all = policies(&["orders-db", "stock-db"], &network);
    all.push(deny_all());
    let database = outside([10, 0, 200, 1], 5432);
    for user in [of(&["orders-db"]), of(&["orders-db", "stock-db"])] {
        for to in [dns("UDP"), dns("TCP"), outside([10, 0, 200, 1], 5432)] {
            assert!(reaches(&user, &all, &to), "{user:?} does not reach {}", to.port);
        }
    }
    assert!(!reaches(&of(&["orders-db"]), &all, &outside([10, 0, 200, 1], 22)));
    assert!(!reaches(&of(&["orders-db"]), &all, &outside([10, 0, 1, 1], 5432)));
    assert!(!reaches(&Labels::new(), &all, &database));
}

/// Each database has a key of its own, so that a pod may have several.
#[test]
fn each_database_selects_the_pods_that_name_it() {
    let network = json!({"defaultDeny": true, "databaseCidrs": ["10.0.128.0/17"]});
    let both = of(&["orders-db", "stock-db"]);
    for policy in policies(&["orders-db", "stock-db"], &network) {
        let selector = policy.spec.unwrap().pod_selector.unwrap();
        assert!(selects(&selector, &both) && !selects(&selector, &of(&["other-db"])));
    }
}

#[test]
fn a_pod_that_is_put_into_security_groups_is_in_that_of_the_cluster_too() {
    let clients = json!({"clientSecurityGroupIds": ["sg-0a", "sg-0c"], "clusterSecurityGroupId": "sg-0c"});
    let policy = composed("orders-db", &clients).remove(SECURITY_GROUP_POLICY).unwrap();
    assert_eq!(policy["spec"]["securityGroups"]["groupIds"], json!(["sg-0c", "sg-0a"]));
    let alone = json!({"clientSecurityGroupIds": ["sg-0a"]});
    assert_eq!(composed("orders-db", &alone).get(SECURITY_GROUP_POLICY), None);
}
