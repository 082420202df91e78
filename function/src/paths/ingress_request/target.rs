//! The Service that is asked for: somebody else's, so it is looked up and never written.

use std::collections::BTreeMap;

use k8s_openapi::api::discovery::v1::EndpointSlice;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use kube::ResourceExt;
use kube::core::TypeMeta;
use pbjson_types::Struct;
use serde::Deserialize;

use crate::kinds::service::{Service, ServicePort, ServiceSpec};
use crate::observed::Observed;
use crate::paths::ingress_request::api::{IngressRequest, ServiceReference};
use crate::problems::Problem;
use crate::required_resources::{RequiredResources, Selector};
use crate::wire;

/// Name of the lookup of the Service.
const SERVICE: &str = "target";
/// Name of the lookup of its endpoints.
const ENDPOINTS: &str = "endpoints-of-target";
/// The label of a slice of endpoints that names its Service.
const OF_SERVICE: &str = "kubernetes.io/service-name";

/// Where requests are to go.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Target {
    /// Crossplane has not said yet, or (before 2.2) does not say.
    Unknown,
    /// Nowhere that a route can lead.
    Unusable(Problem),
    /// To these pods.
    Pods(Pods),
}

/// Pods, and a port of theirs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pods {
    pub(super) selector: BTreeMap<String, String>,
    pub(super) port: IntOrString,
}

/// The endpoints of a slice, as far as it matters whether there are any.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Slice {
    endpoints: Vec<Endpoint>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Endpoint {
    conditions: EndpointConditions,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct EndpointConditions {
    ready: Option<bool>,
}

/// What is asked of Crossplane. Both are somebody else's, so the answers age.
pub(super) fn lookups(xr: &IngressRequest, observed: Observed<'_>) -> Vec<RequiredResources> {
    if !observed.can_look_up() {
        return Vec::new();
    }
    let (namespace, name) = (xr.namespace(), xr.spec.service.name.clone());
    let labels = [(OF_SERVICE.to_owned(), name.clone())].into();
    vec![
        RequiredResources {
            name: SERVICE.into(),
            r#type: TypeMeta::resource::<Service>(),
            selector: Selector::Name { namespace: namespace.clone(), name },
            ages: true,
        },
        RequiredResources {
            name: ENDPOINTS.into(),
            r#type: TypeMeta::resource::<EndpointSlice>(),
            selector: Selector::Labels { namespace, labels },
            ages: true,
        },
    ]
}

// === impl Target ===

impl Target {
    pub(super) fn of(xr: &IngressRequest, observed: Observed<'_>) -> Self {
        match observed.found(SERVICE) {
            None => Self::Unknown,
            Some(found) => match found.first() {
                None => Self::Unusable(missing(xr)),
                Some(service) => Self::read(xr, service),
            },
        }
    }

    fn read(xr: &IngressRequest, service: &Struct) -> Self {
        let ServiceReference { name, port, protocol: _ } = &xr.spec.service;
        let spec = wire::child(service, "spec").and_then(|spec| wire::read::<ServiceSpec>(spec).ok());
        let ServiceSpec { selector, ports, type_, .. } = spec.unwrap_or_default();
        let selector = selector.filter(|selector| !selector.is_empty());
        let Some(selector) = selector.filter(|_| type_.as_deref() != Some("ExternalName")) else {
            let message = format!("the Service {name} selects no pods, so nothing can be routed to them");
            return Self::Unusable(
                Problem::error("ServiceNeedsSelector", message)
                    .at(".spec.service.name")
                    .remedy("name a Service with a selector"),
            );
        };
        let ports = ports.unwrap_or_default();
        match ports.iter().find(|listed| listed.port == *port) {
            Some(listed) => {
                let port = listed.target_port.clone().unwrap_or(IntOrString::Int(listed.port));
                Self::Pods(Pods { selector, port })
            }
            None => Self::Unusable(no_port(name, *port, &ports)),
        }
    }

    /// What is wrong with it; of one that can be used, that nothing answers there.
    pub(super) fn problems(&self, xr: &IngressRequest, observed: Observed<'_>) -> Option<Problem> {
        match self {
            Self::Unknown => None,
            Self::Unusable(problem) => Some(problem.clone()),
            Self::Pods(_) => nothing_answers(xr, observed),
        }
    }
}

fn missing(xr: &IngressRequest) -> Problem {
    let message = format!("there is no Service {} in the namespace", xr.spec.service.name);
    Problem::error("ServiceNotFound", message)
        .at(".spec.service.name")
        .remedy("correct the name, or make the Service; it is looked for every minute")
}

fn no_port(name: &str, port: i32, ports: &[ServicePort]) -> Problem {
    let listed: Vec<_> = ports.iter().map(|listed| listed.port.to_string()).collect();
    let message = format!("the Service {name} has no port {port}");
    let remedy = format!("use one of its ports: {}", listed.join(", "));
    Problem::error("PortNotFound", message).at(".spec.service.port").remedy(remedy)
}

fn nothing_answers(xr: &IngressRequest, observed: Observed<'_>) -> Option<Problem> {
    let slices = observed.found(ENDPOINTS)?.into_iter().filter_map(|slice| wire::read::<Slice>(slice).ok());
    // One of which nobody says that it is not ready, is.
    let mut endpoints = slices.flat_map(|slice| slice.endpoints);
    let is_answered = endpoints.any(|endpoint| endpoint.conditions.ready != Some(false));
    (!is_answered).then(|| {
        let name = &xr.spec.service.name;
        Problem::warning("NoEndpoints", format!("the Service {name} has no pod that is ready"))
            .at(".spec.service.name")
            .remedy("see `kubectl get endpointslices` and the pods that the Service selects")
    })
}
