//! The `Service`: one address for all pods of a `Web` app.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use crate::composition::Composition;
use crate::kinds::service::{Service, ServicePort, ServiceSpec};
use crate::observed::Observed;
use crate::paths::app::api::{AppSpec, Protocol, WorkloadKind};
use crate::paths::app::container::port_name;
use crate::paths::app::identity::Identity;
use crate::paths::app::{SERVICE, ingress, monitoring};

/// The Service. It goes after the last route to it.
pub(super) fn compose(
    composition: Composition,
    spec: &AppSpec,
    identity: &Identity,
    observed: Observed<'_>,
) -> Composition {
    match service(spec, identity) {
        None if ingress::has_any(observed) => {
            composition.holding(SERVICE, "waiting for the last Ingress to be gone")
        }
        service => composition.with_optional(SERVICE, service.as_ref()),
    }
}

/// The Service of an app, if it serves a port.
fn service(spec: &AppSpec, identity: &Identity) -> Option<Service> {
    let name = port_name(spec);
    let port = ServicePort {
        name: Some(name.clone()),
        port: spec.port,
        // By name, so that during a change of the port old and new pods are both reached.
        target_port: Some(IntOrString::String(name)),
        protocol: Some("TCP".into()),
        app_protocol: Some(app_protocol(spec.protocol).into()),
        ..ServicePort::default()
    };
    let metrics = monitoring::port(spec).map(|(name, number)| ServicePort {
        name: Some(name.into()),
        port: number,
        target_port: Some(IntOrString::String(name.into())),
        protocol: Some("TCP".into()),
        app_protocol: Some(app_protocol(Protocol::Http).into()),
        ..ServicePort::default()
    });
    (spec.kind == WorkloadKind::Web).then(|| Service {
        metadata: ObjectMeta { annotations: ingress::of_service(spec), ..identity.object_meta() },
        spec: Some(ServiceSpec {
            type_: Some("ClusterIP".into()),
            selector: Some(identity.selector()),
            ports: Some([port].into_iter().chain(metrics).collect()),
            ..ServiceSpec::default()
        }),
        status: None,
    })
}

/// As Kubernetes registers it.
fn app_protocol(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Http => "http",
        Protocol::Grpc => "kubernetes.io/h2c",
    }
}
