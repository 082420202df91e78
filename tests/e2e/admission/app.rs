//! What the XRD of apps accepts and rejects, one row a rule.

mod database;
mod files;
mod surroundings;
mod workload;

use serde_json::{Value, json};

use super::cases::{Case, accepts, rejects};
use super::route;

/// Every case.
pub(crate) fn cases() -> Vec<Case> {
    let routes = route::accepted().into_iter().map(|(name, route)| (name, routed(&route)));
    let accepted = accepted()
        .into_iter()
        .chain(routes)
        .chain(database::accepted())
        .map(|(name, spec)| accepts(name, json!({"spec": spec})));
    let all = [
        workload::identity(),
        workload::release(),
        workload::resources(),
        workload::probes(),
        workload::rollout(),
        workload::scaling(),
        workload::environment(),
        workload::security(),
        files::secrets(),
        files::files(),
        surroundings::network(),
        surroundings::monitoring(),
        ingress(),
        database::refused(),
    ];
    let refused = all.into_iter().flatten();
    let refused = refused.map(|(name, spec, message)| rejects(name, json!({"spec": spec}), message));
    accepted.chain(refused).chain(names()).chain(database::names()).chain(database::updates()).collect()
}

fn names() -> Vec<Case> {
    let named = |name: &str| json!({"metadata": {"name": name}});
    vec![
        accepts("a name of 40 characters", named(&"a".repeat(40))),
        rejects("a name of 41 characters", named(&"a".repeat(41)), "metadata.name"),
        rejects("a name that begins with a digit", named("7up"), "DNS-1035"),
        rejects("a name with a dot", named("shop.web"), "DNS-1035"),
    ]
}

type Accepted = (&'static str, Value);
type Refused = (&'static str, Value, &'static str);

fn accepted() -> Vec<Accepted> {
    vec![
        ("an image is enough", json!({})),
        (
            "an image by its digest",
            json!({"image": format!("registry.example:5000/shop@sha256:{}", "0".repeat(64))}),
        ),
        ("a worker", json!({"kind": "Worker"})),
        ("only a limit of memory below our request", json!({"resources": {"limits": {"memory": "128Mi"}}})),
        ("only a request of cpu above our limit", json!({"resources": {"requests": {"cpu": "1"}}})),
        ("kibibytes, spelled as Kubernetes does", json!({"resources": {"limits": {"memory": "8192Ki"}}})),
        ("no limit of cpu", json!({"resources": {"requests": {"cpu": "4"}, "limits": {"cpu": ""}}})),
        (
            "equal request and limit",
            json!({"resources": {"requests": {"memory": "1Gi"}, "limits": {"memory": "1024Mi"}}}),
        ),
        ("pods in whole numbers", json!({"strategy": {"maxSurge": 2, "maxUnavailable": 1}})),
        ("no surge where some may be missing", json!({"strategy": {"maxSurge": 0, "maxUnavailable": "10%"}})),
        ("recreating", json!({"strategy": {"type": "Recreate"}})),
        ("a grace period shorter than our wait", json!({"lifecycle": {"terminationGracePeriodSeconds": 2}})),
        ("an empty value", json!({"env": [{"name": "EMPTY", "value": ""}]})),
        (
            "a label of the pod",
            json!({"env": [{"name": "L", "fieldPath": "metadata.labels['app.kubernetes.io/name']"}]}),
        ),
        ("a path without a type", json!({"probes": {"liveness": {"path": "/live?full=1"}}})),
        ("a probe that is turned off", json!({"probes": {"readiness": {"type": "None"}}})),
        ("no pods", json!({"replicas": 0})),
        ("a release", json!({"release": {"command": ["bin/migrate", "up"]}})),
        (
            "a release that has a day and is tried again",
            json!({"release": {"command": [""], "timeoutSeconds": 86_400, "retries": 5}}),
        ),
        (
            "secrets with and without keys",
            json!({"secrets": [
                {"name": "db-credentials", "source": "goldenpath/prod/payments/postgres", "keys": ["POSTGRES_USER"]},
                {"name": "api-keys", "source": "goldenpath/prod/payments/api-keys", "refreshInterval": "90m"},
            ]}),
        ),
        ("a hidden folder", json!({"files": [{"mountPath": "/home/app/.config", "configMap": "shop"}]})),
        (
            "down to none with events",
            json!({"scaling": {"enabled": true, "minReplicas": 0, "triggers": [
                {"type": "aws-sqs-queue", "metadata": {"queueLength": "5"}, "authenticationRef": "queue"},
            ]}}),
        ),
        (
            "a managed network",
            json!({"network": {
                "mode": "Managed", "inbound": [{"application": "checkout"}],
                "outboundCIDRs": [{"cidr": "10.0.0.0/16", "ports": [443]}, {"cidr": "2001:db8::/32"}],
            }}),
        ),
        ("an empty folder", json!({"files": [{"mountPath": "/scratch", "emptyDir": {}}]})),
        ("bounds that nobody looks at yet", json!({"scaling": {"minReplicas": 20}})),
        (
            "as many at least as at most",
            json!({"scaling": {"enabled": true, "minReplicas": 4, "maxReplicas": 4}}),
        ),
    ]
}

/// The rules of a route, and those of an app that has one.
fn ingress() -> Vec<Refused> {
    let of_a_route =
        route::refused().into_iter().map(|(name, route, message)| (name, routed(&route), message));
    let own = [
        ("a route without a host", json!({"ingress": {"enabled": true}}), "spec.ingress.host is required"),
        (
            "a worker that is reached",
            json!({"kind": "Worker", "ingress": {"enabled": true, "host": "shop.example.org"}}),
            "a Worker has no Service, so it cannot have an Ingress",
        ),
    ];
    of_a_route.chain(own).collect()
}

/// An app with a route.
fn routed(over: &Value) -> Value {
    let mut route = json!({"enabled": true, "host": "shop.example.org"});
    super::merge(&mut route, over);
    json!({"ingress": route})
}
