//! The Service of the route: the pods of the one that is asked for, and how requests are passed on to them.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::ResourceExt;

use crate::composition::Composition;
use crate::kinds::service::{Service, ServicePort, ServiceSpec};
use crate::labels;
use crate::object_meta::object_meta;
use crate::paths::gateway;
use crate::paths::ingress_request::SERVICE;
use crate::paths::ingress_request::api::{IngressRequest, Protocol};
use crate::paths::ingress_request::target::{Pods, Target};

/// The Service. While nobody knows of what pods, it stays as it is.
pub(super) fn compose(composition: Composition, xr: &IngressRequest, target: &Target) -> Composition {
    match target {
        Target::Pods(pods) => composition.with(SERVICE, &service(xr, pods)),
        Target::Unknown | Target::Unusable(_) => composition.keeping(SERVICE),
    }
}

/// Its name: `NAME-gw`.
pub(super) fn name(xr: &IngressRequest) -> String {
    format!("{}-gw", xr.name_any())
}

/// The name of its port.
pub(super) fn port_name(protocol: Protocol) -> &'static str {
    protocol.into()
}

fn service(xr: &IngressRequest, pods: &Pods) -> Service {
    let protocol = xr.spec.service.protocol;
    let own = object_meta(name(xr), &labels::labels(xr, "route"));
    let annotations = gateway::annotations(xr.spec.traffic, protocol.into());
    let port = ServicePort {
        name: Some(port_name(protocol).into()),
        port: xr.spec.service.port,
        target_port: Some(pods.port.clone()),
        protocol: Some("TCP".into()),
        app_protocol: app_protocol(protocol).map(str::to_owned),
        ..ServicePort::default()
    };
    Service {
        metadata: ObjectMeta { annotations: Some(annotations), ..own },
        spec: Some(ServiceSpec {
            type_: Some("ClusterIP".into()),
            selector: Some(pods.selector.clone()),
            ports: Some(vec![port]),
            ..ServiceSpec::default()
        }),
        status: None,
    }
}

/// As Kubernetes registers it; it has no word for gRPC in TLS.
fn app_protocol(protocol: Protocol) -> Option<&'static str> {
    match protocol {
        Protocol::Http => Some("http"),
        Protocol::Https => Some("https"),
        Protocol::Grpc => Some("kubernetes.io/h2c"),
        Protocol::Grpcs => None,
    }
}
