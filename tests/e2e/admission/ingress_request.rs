//! What the XRD of routes accepts and rejects, one row a rule.

use serde_json::{Value, json};

use super::cases::{Case, accepts, rejects};
use super::route;

/// Every case.
pub(crate) fn cases() -> Vec<Case> {
    let service = |over: Value| json!({"spec": {"service": over}});
    let accepted = route::accepted().into_iter().map(|(name, spec)| accepts(name, json!({"spec": spec})));
    let refused = route::refused();
    let refused =
        refused.into_iter().map(|(name, spec, message)| rejects(name, json!({"spec": spec}), message));
    let own = vec![
        accepts("a path that is meant alone", json!({"spec": {"pathType": "Exact"}})),
        accepts("a Service that speaks gRPC in TLS", service(json!({"protocol": "grpcs", "port": 443}))),
        rejects("no host", json!({"spec": {"host": null}}), "spec.host"),
        rejects("no Service", json!({"spec": {"service": null}}), "spec.service"),
        rejects("a Service without a name", service(json!({"name": null})), "spec.service.name"),
        rejects("a Service that is no name", service(json!({"name": "7up"})), "spec.service.name"),
        rejects("a port of zero", service(json!({"port": 0})), "spec.service.port"),
        rejects("a protocol that there is not", service(json!({"protocol": "tcp"})), "spec.service.protocol"),
        rejects("a type of paths that there is not", json!({"spec": {"pathType": "Regex"}}), "spec.pathType"),
        rejects(
            "its own Service",
            json!({"metadata": {"name": "shop"}, "spec": {"service": {"name": "shop-gw"}}}),
            "must not be this request's own Service",
        ),
        accepts("a name of 40 characters", json!({"metadata": {"name": "a".repeat(40)}})),
        rejects("a name of 41 characters", json!({"metadata": {"name": "a".repeat(41)}}), "metadata.name"),
        rejects("a name with a dot", json!({"metadata": {"name": "shop.web"}}), "DNS-1035"),
    ];
    accepted.chain(refused).chain(own).collect()
}
