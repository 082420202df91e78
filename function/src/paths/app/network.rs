//! The `NetworkPolicy`: who reaches the pods, and whom they reach.
//!
//! A policy closes what it does not name. So none is made before the platform has said from where its gateway and its
//! monitoring come; and what the pods reach is closed only where the cluster does so anyway, or where the spec lists it.

use crate::composition::Composition;
use crate::kinds::network_policy::{
    self, NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer,
    NetworkPolicySpec,
};
use crate::paths::app::NETWORK_POLICY;
use crate::paths::app::api::{AppSpec, Application, Destination, Network, NetworkMode, WorkloadKind};
use crate::paths::app::database::Database;
use crate::paths::app::identity::Identity;
use crate::paths::app::monitoring;
use crate::paths::app::policy::{AppPolicy, Endpoint};
use crate::paths::database::network::to_databases;
use crate::platform::{self, NamespaceName, Platform};
use crate::problems::Problem;

/// The policy of an app whose network is managed.
pub(super) fn compose(
    composition: Composition,
    spec: &AppSpec,
    identity: &Identity,
    database: Option<&Database>,
    platform: &Platform<AppPolicy>,
) -> Composition {
    if mode(spec, &platform.policy) == NetworkMode::Open {
        return composition.removing(NETWORK_POLICY).with_problems(without_effect(&spec.network));
    }
    match unknown(spec, &platform.network) {
        Some(problem) => composition.keeping(NETWORK_POLICY).with_problems([problem]),
        None => composition.with(NETWORK_POLICY, &policy(spec, identity, database, platform)),
    }
}

fn mode(spec: &AppSpec, policy: &AppPolicy) -> NetworkMode {
    spec.network.mode.unwrap_or(policy.network_mode)
}

/// Rules that close nothing because the platform leaves the network open.
fn without_effect(network: &Network) -> Option<Problem> {
    let Network { mode: _, inbound, outbound, outbound_cidrs } = network;
    let has_rules = inbound.is_some() || outbound.is_some() || outbound_cidrs.is_some();
    has_rules.then(|| {
        let message = "the platform leaves networks open, so the rules of the network have no effect";
        Problem::warning("NetworkOpen", message)
            .at(".spec.network.mode")
            .remedy("set .spec.network.mode to Managed, or leave the rules out")
    })
}

/// From where requests come that a policy would cut off, because the platform has not said it.
fn unknown(spec: &AppSpec, network: &platform::Network) -> Option<Problem> {
    let lacks_gateway = spec.kind == WorkloadKind::Web && network.gateway_namespace.is_none();
    let lacks_monitoring = monitoring::read_at(spec).is_some() && network.monitoring_namespace.is_none();
    let (what, code, key) = match (lacks_gateway, lacks_monitoring) {
        (true, _) => ("gateway", "GatewayNamespaceMissing", "gatewayNamespace"),
        (false, true) => ("monitoring", "MonitoringNamespaceMissing", "monitoringNamespace"),
        (false, false) => return None,
    };
    let message = format!(
        "the pods get no NetworkPolicy: it would cut off a {what} of which the platform has not said where it is"
    );
    let problem = Problem::warning(code, message).at(format!("Platform.network.{key}"));
    Some(problem.remedy(format!("set it to the namespace of the {what}'s pods")))
}

fn policy(
    spec: &AppSpec,
    identity: &Identity,
    database: Option<&Database>,
    platform: &Platform<AppPolicy>,
) -> NetworkPolicy {
    let Network { mode: _, inbound, outbound, outbound_cidrs } = &spec.network;
    let closes_outbound = platform.network.default_deny || outbound.is_some() || outbound_cidrs.is_some();
    let egress = closes_outbound.then(|| egress(&spec.network, database, platform));
    let types = ["Ingress"].into_iter().chain(egress.as_ref().map(|_| "Egress")).map(str::to_owned);
    let from_apps = inbound
        .iter()
        .flatten()
        .map(|application| NetworkPolicyIngressRule { from: Some(vec![peer(application)]), ports: None });
    let ingress: Vec<_> = from_platform(spec, &platform.network).into_iter().chain(from_apps).collect();
    NetworkPolicy {
        metadata: identity.object_meta(),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(match spec.release {
                Some(_) => identity.label_selector_with_releases(),
                None => identity.label_selector(),
            }),
            policy_types: Some(types.collect()),
            // An empty list is none to the API server, which would write the policy anew in every pass.
            ingress: Some(ingress).filter(|rules| !rules.is_empty()),
            egress,
        }),
    }
}

fn from_platform(spec: &AppSpec, network: &platform::Network) -> Vec<NetworkPolicyIngressRule> {
    let from = |namespace: &NamespaceName, port: i32| NetworkPolicyIngressRule {
        from: Some(vec![network_policy::namespace(namespace.as_ref())]),
        ports: Some(vec![network_policy::at("TCP", port)]),
    };
    let gateway = network.gateway_namespace.as_ref().filter(|_| spec.kind == WorkloadKind::Web);
    let gateway = gateway.map(|namespace| from(namespace, spec.port));
    let monitoring = network.monitoring_namespace.as_ref().zip(monitoring::read_at(spec));
    gateway.into_iter().chain(monitoring.map(|(namespace, port)| from(namespace, port))).collect()
}

fn egress(
    network: &Network,
    database: Option<&Database>,
    platform: &Platform<AppPolicy>,
) -> Vec<NetworkPolicyEgressRule> {
    let Network { mode: _, inbound: _, outbound, outbound_cidrs } = network;
    let collector = platform.policy.otlp_endpoint.as_ref().and_then(Endpoint::namespace);
    let collector = collector.map(network_policy::namespace);
    let apps = outbound.iter().flatten().map(peer);
    let peers = collector
        .into_iter()
        .chain(apps)
        .map(|peer| NetworkPolicyEgressRule { to: Some(vec![peer]), ports: None });
    let addresses =
        outbound_cidrs.iter().flatten().map(|Destination { cidr, ports }| NetworkPolicyEgressRule {
            to: Some(vec![network_policy::addresses(cidr.clone().into())]),
            ports: ports
                .as_ref()
                .map(|ports| ports.iter().map(|port| network_policy::at("TCP", *port)).collect()),
        });
    let engine = database.filter(|_| !platform.network.database_cidrs.is_empty()).and_then(|d| d.engine);
    let database = engine.map(|engine| to_databases(engine, &platform.network));
    [network_policy::to_dns()].into_iter().chain(database).chain(peers).chain(addresses).collect()
}

/// The pods of an application; of this namespace unless it names another.
fn peer(application: &Application) -> NetworkPolicyPeer {
    let Application { application, namespace } = application;
    let pods = network_policy::labelled("app", application);
    let namespace = namespace.as_deref().map(network_policy::namespace).unwrap_or_default();
    NetworkPolicyPeer { pod_selector: Some(pods), ..namespace }
}
