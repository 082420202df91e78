//! An XR for each set of objects that can be there before it, and what somebody has made under their names.

use serde_json::{Value, json};

use crate::whole::{self, IMAGE};
use crate::xr::Xr;

/// An XR, and what is there before it.
pub(super) struct Case {
    pub(super) xr: Xr,
    pub(super) first: Vec<Value>,
}

/// Every kind of object, by the XR that would compose it. What is composed after something else only is in a case of its own.
pub(super) fn cases(namespace: &str) -> Vec<Case> {
    let case = |xr: Xr, first: Vec<Value>| Case { xr, first };
    let open = |name: &str| {
        let host = format!("{name}.{namespace}.example.org");
        json!({"image": IMAGE, "ingress": {"enabled": true, "host": host}})
    };
    let mut guarded = whole::guarded_route(namespace, "guarded");
    guarded["enabled"] = json!(true);
    let door = whole::guarded_door(namespace, "door");
    let mut probed = open("probed");
    probed["ingress"]["plugins"] = json!([{"type": "cors"}]);
    let gate = json!({"host": format!("gate.{namespace}.example.org"), "service": {"name": whole::BACKEND, "port": 80}});
    vec![
        case(shop(namespace), of_shop()),
        case(
            whole::worker_that_scales("queue"),
            vec![scaled_object("queue"), monitor("PodMonitor", "queue")],
        ),
        case(whole::worker_with_a_network("ledger"), vec![network_policy("ledger")]),
        case(Xr::app("open", open("open")), vec![ingress("open")]),
        // A Usage is composed once the Ingress is there, and a probe once the plugins are.
        case(Xr::app("drained", open("drained")), vec![usage("drained.drain-open")]),
        case(Xr::app("probed", probed), vec![service("probed-probe")]),
        case(Xr::app("guarded", json!({"image": IMAGE, "ingress": guarded})), of_consumer("guarded")),
        case(Xr::route("door", door), [service("door-gw")].into_iter().chain(of_consumer("door")).collect()),
        case(Xr::route("gate", gate), vec![ingress("gate")]),
        case(
            whole::copy_of_secrets(namespace, "partner"),
            vec![external_secret("partner"), secret("partner-env")],
        ),
    ]
}

fn shop(namespace: &str) -> Xr {
    Xr::app(
        "shop",
        json!({
            "image": IMAGE, "secrets": whole::secrets(namespace),
            "database": {"enabled": true, "deletion": {"protection": false}},
            "scaling": {"enabled": true, "minReplicas": 2},
            "monitoring": {"enabled": true, "alerting": {"enabled": true}},
        }),
    )
}

fn of_shop() -> Vec<Value> {
    let container = json!({"name": "theirs", "image": "registry.example/theirs:v1"});
    let labels = json!({"app": "theirs"});
    vec![
        object("v1", "ServiceAccount", "shop", json!({"automountServiceAccountToken": true})),
        object(
            "apps/v1",
            "Deployment",
            "shop",
            json!({"spec": {
                "replicas": 0, "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
            }}),
        ),
        service("shop"),
        object(
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            "shop",
            json!({"spec": {
                "maxReplicas": 3, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "theirs"},
            }}),
        ),
        object(
            "policy/v1",
            "PodDisruptionBudget",
            "shop",
            json!({"spec": {
                "maxUnavailable": 2, "selector": {"matchLabels": labels},
            }}),
        ),
        monitor("ServiceMonitor", "shop"),
        object(
            "monitoring.coreos.com/v1",
            "PrometheusRule",
            "shop",
            json!({"spec": {
                "groups": [{"name": "theirs", "rules": [{"alert": "Theirs", "expr": "vector(1)"}]}],
            }}),
        ),
        external_secret("api-keys"),
        secret("api-keys"),
        paused_database("shop-db"),
    ]
}

fn of_consumer(name: &str) -> Vec<Value> {
    let named = |kind: &str| format!("{name}-{kind}");
    vec![
        kong("KongPlugin", &named("key-auth"), json!({"plugin": "cors"})),
        kong("KongPlugin", &named("acl"), json!({"plugin": "cors"})),
        kong("KongConsumer", &named("partner"), json!({"username": format!("somebody-of-{name}")})),
        external_secret(&named("partner-key")),
        secret(&named("partner-key")),
        secret(&named("partner-acl")),
    ]
}

fn object(api_version: &str, kind: &str, name: &str, mut rest: Value) -> Value {
    rest["apiVersion"] = json!(api_version);
    rest["kind"] = json!(kind);
    rest["metadata"] = json!({"name": name, "labels": {"example.org/of": "somebody"}});
    rest
}

fn kong(kind: &str, name: &str, rest: Value) -> Value {
    object("configuration.konghq.com/v1", kind, name, rest)
}

fn service(name: &str) -> Value {
    let ports = json!([{"name": "theirs", "port": 9000}]);
    object("v1", "Service", name, json!({"spec": {"selector": {"app": "theirs"}, "ports": ports}}))
}

fn secret(name: &str) -> Value {
    object("v1", "Secret", name, json!({"data": {"keep": "bWU="}}))
}

fn external_secret(name: &str) -> Value {
    object(
        "external-secrets.io/v1",
        "ExternalSecret",
        name,
        json!({"spec": {
            "refreshInterval": "1h0m0s", "secretStoreRef": {"kind": "SecretStore", "name": "theirs"},
            "target": {"name": format!("{name}-of-theirs")}, "dataFrom": [{"extract": {"key": "theirs"}}],
        }}),
    )
}

/// One that its own golden path leaves alone.
fn paused_database(name: &str) -> Value {
    let mut database =
        object("goldenpath.io/v1alpha1", "GoldenPathDatabase", name, json!({"spec": {"version": "17"}}));
    database["metadata"]["annotations"] = json!({"crossplane.io/paused": "true"});
    database
}

fn scaled_object(name: &str) -> Value {
    object(
        "keda.sh/v1alpha1",
        "ScaledObject",
        name,
        json!({"spec": {
            "scaleTargetRef": {"name": "theirs"},
            "triggers": [{"type": "cpu", "metricType": "Utilization", "metadata": {"value": "50"}}],
        }}),
    )
}

fn monitor(kind: &str, name: &str) -> Value {
    let endpoints = if kind == "PodMonitor" { "podMetricsEndpoints" } else { "endpoints" };
    object(
        "monitoring.coreos.com/v1",
        kind,
        name,
        json!({"spec": {
            "selector": {"matchLabels": {"app": "theirs"}}, endpoints: [{"port": "theirs"}],
        }}),
    )
}

fn network_policy(name: &str) -> Value {
    let selector = json!({"matchLabels": {"app": "theirs"}});
    object(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        name,
        json!({"spec": {
            "podSelector": selector, "policyTypes": ["Ingress"],
        }}),
    )
}

/// Of a class that there is no controller of.
fn ingress(name: &str) -> Value {
    let backend = json!({"service": {"name": "theirs", "port": {"number": 80}}});
    let path = json!({"path": "/", "pathType": "Prefix", "backend": backend});
    object(
        "networking.k8s.io/v1",
        "Ingress",
        name,
        json!({"spec": {
            "ingressClassName": "theirs", "rules": [{"host": "theirs.example.org", "http": {"paths": [path]}}],
        }}),
    )
}

fn usage(name: &str) -> Value {
    let of = json!({"apiVersion": "v1", "kind": "ConfigMap", "resourceRef": {"name": "theirs"}});
    object("protection.crossplane.io/v1beta1", "Usage", name, json!({"spec": {"of": of, "reason": "theirs"}}))
}
