//! `Ingress` of Kubernetes.

pub use k8s_openapi::api::networking::v1::{
    HTTPIngressPath, HTTPIngressRuleValue, Ingress, IngressBackend, IngressRule, IngressServiceBackend,
    IngressSpec, IngressTLS, ServiceBackendPort,
};

use pbjson_types::Struct;
use serde::Deserialize;

use crate::kinds::Kind;
use crate::readiness::{self, Assessment, View};
use crate::wire;

/// What is known of the kind.
pub(super) const KIND: Kind =
    Kind { group: "networking.k8s.io", kind: Some("Ingress"), assess, ..Kind::PLAIN };

/// The domain of hosts that there are not (RFC 2606): a route of one is a question to the gateway, and nobody's way.
pub const NOWHERE: &str = "invalid";

/// Its status, as far as readiness is judged by it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Status {
    load_balancer: LoadBalancer,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LoadBalancer {
    ingress: Vec<Address>,
}

/// Where a controller listens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct Address {
    ip: String,
    hostname: String,
}

/// Ready when it has an address: its controller has taken it up. What leads nowhere is asked for that address and used by
/// nobody, so nothing is unready for want of it.
fn assess(object: &Struct) -> Assessment {
    readiness::judged(object, |view: &View<Status>| {
        let has_address = view.status.as_ref().is_some_and(|status| !status.load_balancer.ingress.is_empty());
        if has_address || leads_nowhere(object) {
            Assessment::ready()
        } else {
            Assessment::waiting("NoAddress", "the gateway has not acknowledged it yet")
        }
    })
}

/// Where the controller that has taken an Ingress up listens; none before one has.
pub fn address(object: &Struct) -> Option<String> {
    let status = wire::child(object, "status").and_then(|status| wire::read::<Status>(status).ok());
    let Address { ip, hostname } = status?.load_balancer.ingress.into_iter().next()?;
    Some(if hostname.is_empty() { ip } else { hostname })
}

fn leads_nowhere(object: &Struct) -> bool {
    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Spec {
        rules: Vec<Rule>,
    }
    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Rule {
        host: String,
    }
    let spec = wire::child(object, "spec").and_then(|spec| wire::read::<Spec>(spec).ok());
    let is_nowhere = |rule: &Rule| rule.host.rsplit('.').next() == Some(NOWHERE);
    spec.is_some_and(|spec| !spec.rules.is_empty() && spec.rules.iter().all(is_nowhere))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    #[rstest]
    #[case::nothing_is_known("shop.example.org", json!({}), Some("NoAddress"))]
    #[case::no_address("shop.example.org", json!({"loadBalancer": {"ingress": []}}), Some("NoAddress"))]
    #[case::an_address("shop.example.org", json!({"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}), None)]
    #[case::nowhere("0a1b.invalid", json!({}), None)]
    fn it_is_ready_with_its_address(#[case] host: &str, #[case] status: Value, #[case] reason: Option<&str>) {
        let object = json!({"spec": {"rules": [{"host": host}]}, "status": status});
        let assessment = assess(&serde_json::from_value(object).unwrap());
        assert_eq!((assessment.ready, assessment.reason.as_deref()), (reason.is_none(), reason));
    }
}
