//! What the rendered policies do to pods, by the rules of Kubernetes. A pod that uses databases reaches what it reached before,
//! resolves names, and reaches its databases. A pod of an app whose network is managed is reached by the gateway and by who
//! is listed, and loses nothing that it reached before unless its spec lists what it reaches.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "tests read files; the library may not")]

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use function_sdk_rust::proto::v1::{Resource, RunFunctionRequest, State};
use function_sdk_rust::resource::{json_to_struct, struct_to_json};
use goldenpath_function::paths::database::{NETWORK_POLICY, SECURITY_GROUP_POLICY};
use goldenpath_function::service::run;
use k8s_openapi::api::networking::v1::{NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use rstest::rstest;
use serde_json::{Value, json};

type Labels = BTreeMap<String, String>;

/// The namespace of the policies.
const OWN: &str = "payments";

/// Where a pod wants to go, or what wants to go to it, and at which port.
#[derive(Clone)]
struct Other {
    address: Ipv4Addr,
    /// The labels of the namespace that it is in, for a pod.
    namespace: Labels,
    /// Its own labels, for a pod.
    pod: Labels,
    protocol: &'static str,
    port: i32,
}

fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn dns(protocol: &'static str) -> Other {
    let namespace = labels(&[("kubernetes.io/metadata.name", "kube-system")]);
    Other { address: Ipv4Addr::new(172, 20, 0, 10), namespace, pod: Labels::new(), protocol, port: 53 }
}

fn outside(address: [u8; 4], port: i32) -> Other {
    Other { address: address.into(), namespace: Labels::new(), pod: Labels::new(), protocol: "TCP", port }
}

/// The pod of an application.
fn pod(application: &str, namespace: &str, port: i32) -> Other {
    Other {
        address: Ipv4Addr::new(10, 0, 7, 7),
        namespace: labels(&[("kubernetes.io/metadata.name", namespace)]),
        pod: labels(&[("app", application)]),
        protocol: "TCP",
        port,
    }
}

/// What is composed for a database, by key, where the platform says something of the network.
fn composed(name: &str, network: &Value) -> BTreeMap<String, Value> {
    rendered("GoldenPathDatabase", name, &json!({"version": "16"}), network)
}

/// The policy of the app shop.
fn of_app(app: &Value, network: &Value) -> Vec<NetworkPolicy> {
    let mut spec = json!({"image": "registry.example/shop:v1"});
    spec["network"] = app.clone();
    let policy = rendered("GoldenPathApp", "shop", &spec, network).remove("network-policy");
    policy.into_iter().map(|policy| serde_json::from_value(policy).unwrap()).collect()
}

fn rendered(kind: &str, name: &str, spec: &Value, network: &Value) -> BTreeMap<String, Value> {
    let resource =
        |object: &Value| Resource { resource: object.as_object().map(json_to_struct), ..Resource::default() };
    let xr = json!({
        "apiVersion": "goldenpath.io/v1alpha1", "kind": kind,
        "metadata": {"name": name, "namespace": OWN}, "spec": spec,
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

/// The policy by which platforms close a namespace, both ways.
fn deny_all() -> NetworkPolicy {
    serde_json::from_value(json!({"spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}}))
        .unwrap()
}

/// The API's own semantics: a pod that no policy selects for a direction is open; one that some do lets through what any
/// rule of any of them names.
fn passes(direction: &str, pod: &Labels, policies: &[NetworkPolicy], other: &Other) -> bool {
    let specs = policies.iter().filter_map(|policy| policy.spec.as_ref());
    let mut isolating = specs
        .filter(|spec| spec.policy_types.iter().flatten().any(|kind| kind == direction))
        .filter(|spec| spec.pod_selector.as_ref().is_some_and(|selector| selects(selector, pod)))
        .peekable();
    if isolating.peek().is_none() {
        return true;
    }
    isolating.any(|spec| match direction {
        "Egress" => {
            spec.egress.iter().flatten().any(|rule| allows(rule.ports.as_ref(), rule.to.as_ref(), other))
        }
        _ => spec.ingress.iter().flatten().any(|rule| allows(rule.ports.as_ref(), rule.from.as_ref(), other)),
    })
}

fn reaches(pod: &Labels, policies: &[NetworkPolicy], to: &Other) -> bool {
    passes("Egress", pod, policies, to)
}

fn is_reached(pod: &Labels, policies: &[NetworkPolicy], from: &Other) -> bool {
    passes("Ingress", pod, policies, from)
}

fn allows(
    ports: Option<&Vec<NetworkPolicyPort>>,
    peers: Option<&Vec<NetworkPolicyPeer>>,
    other: &Other,
) -> bool {
    let is_port = |port: &NetworkPolicyPort| {
        port.protocol.as_deref() == Some(other.protocol) && port.port == Some(IntOrString::Int(other.port))
    };
    let is_own = other.namespace == labels(&[("kubernetes.io/metadata.name", OWN)]);
    let is_peer =
        |peer: &NetworkPolicyPeer| match (&peer.ip_block, &peer.namespace_selector, &peer.pod_selector) {
            (Some(block), None, None) => contains(&block.cidr, other.address),
            (None, None, Some(pods)) => is_own && selects(pods, &other.pod),
            (None, Some(namespaces), pods) => {
                !other.namespace.is_empty()
                    && selects(namespaces, &other.namespace)
                    && pods.as_ref().is_none_or(|pods| selects(pods, &other.pod))
            }
            _ => panic!("a peer of another kind: {peer:?}"),
        };
    ports.is_none_or(|ports| ports.iter().any(is_port)) && peers.is_none_or(|peers| peers.iter().any(is_peer))
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

fn shop() -> Labels {
    labels(&[("app", "shop"), ("app.kubernetes.io/instance", "shop")])
}

#[test]
fn a_managed_app_is_reached_by_the_gateway_and_by_who_is_listed() {
    let network = json!({"gatewayNamespace": "kong"});
    let inbound = json!([{"application": "checkout"}, {"application": "reports", "namespace": "analytics"}]);
    let policies = of_app(&json!({"mode": "Managed", "inbound": inbound}), &network);
    let reached = |from: Other| is_reached(&shop(), &policies, &from);
    assert!(reached(pod("proxy", "kong", 8080)), "the gateway");
    assert!(!reached(pod("proxy", "kong", 9090)), "the gateway at another port");
    assert!(reached(pod("checkout", OWN, 8080)), "an application of the namespace");
    assert!(!reached(pod("checkout", "elsewhere", 8080)), "one of its name in another namespace");
    assert!(reached(pod("reports", "analytics", 8080)), "an application of the namespace that is named");
    assert!(!reached(pod("reports", OWN, 8080)), "one of its name in this namespace");
    assert!(!reached(pod("anything", OWN, 8080)), "its neighbours");
    assert!(!reached(outside([203, 0, 113, 7], 8080)), "the world");
    let neighbour = labels(&[("app", "checkout")]);
    assert!(is_reached(&neighbour, &policies, &pod("anything", OWN, 8080)), "another app's pods");
}

/// Closing who comes in closes nothing that goes out; and where the cluster closes that, names are resolved.
#[rstest]
#[case::open(json!({"gatewayNamespace": "kong"}), vec![])]
#[case::closed(json!({"gatewayNamespace": "kong", "defaultDeny": true}), vec![deny_all()])]
fn a_managed_app_reaches_what_it_reached_before(#[case] network: Value, #[case] others: Vec<NetworkPolicy>) {
    let ours = of_app(&json!({"mode": "Managed"}), &network);
    let with: Vec<_> = others.iter().chain(&ours).cloned().collect();
    for to in [dns("UDP"), dns("TCP"), pod("ledger", "finance", 8080), outside([93, 184, 215, 14], 443)] {
        let (before, after) = (reaches(&shop(), &others, &to), reaches(&shop(), &with, &to));
        assert!(after || !before, "{}:{}", to.address, to.port);
    }
    assert!(reaches(&shop(), &with, &dns("UDP")));
}

#[test]
fn a_managed_app_that_lists_what_it_reaches_reaches_that_and_dns() {
    let listed = json!({
        "mode": "Managed",
        "outbound": [{"application": "ledger", "namespace": "finance"}],
        "outboundCIDRs": [{"cidr": "10.20.0.0/16", "ports": [443]}],
    });
    let policies = of_app(&listed, &json!({"gatewayNamespace": "kong"}));
    let reached = |to: Other| reaches(&shop(), &policies, &to);
    assert!(reached(dns("UDP")) && reached(dns("TCP")));
    assert!(reached(pod("ledger", "finance", 8080)) && !reached(pod("ledger", OWN, 8080)));
    assert!(reached(outside([10, 20, 3, 4], 443)));
    assert!(!reached(outside([10, 20, 3, 4], 80)) && !reached(outside([10, 21, 0, 1], 443)));
}

/// Where the platform has not said from where its gateway comes, nothing is closed.
#[test]
fn an_unknown_gateway_is_not_cut_off() {
    assert_eq!(of_app(&json!({"mode": "Managed"}), &json!({})), Vec::new());
}
