//! The route.

use kube::{Resource, ResourceExt};

use crate::labels;
use crate::object_meta::object_meta;
use crate::paths::gateway::{Asked, Backend, Matching, Route, Speech, Subject};
use crate::paths::ingress_request::api::{
    IngressRequest, IngressRequestSpec, PathType, Protocol, ServiceReference,
};
use crate::paths::ingress_request::{SERVICE, service};
use crate::platform::{NoPolicy, Platform};
use crate::problems::Problem;

/// The route, or everything that is not allowed of it.
pub(super) fn route<'a>(
    xr: &'a IngressRequest,
    platform: &Platform<NoPolicy>,
) -> Result<Route<'a>, Vec<Problem>> {
    let namespace = xr.namespace().unwrap_or_default();
    asked(xr).checked(&xr.name_any(), &namespace, platform)
}

pub(super) fn asked(xr: &IngressRequest) -> Asked<'_> {
    let IngressRequestSpec {
        host,
        path,
        path_type,
        class_name,
        strip_path,
        service: ServiceReference { name: _, port: _, protocol },
        plugins,
        consumers,
        traffic: _,
        tls,
    } = &xr.spec;
    Asked {
        at: ".spec",
        host,
        path,
        matching: match path_type {
            PathType::Prefix => Matching::Prefix,
            PathType::Exact => Matching::Exact,
        },
        class_name: class_name.as_deref(),
        strip_path: *strip_path,
        tls,
        plugins: plugins.as_deref().unwrap_or_default(),
        consumers: consumers.as_deref().unwrap_or_default(),
        speech: speech(*protocol),
        backend: Backend { key: SERVICE, port: service::port_name(*protocol) },
    }
}

fn speech(protocol: Protocol) -> Speech {
    match protocol {
        Protocol::Http | Protocol::Https => Speech::Http,
        Protocol::Grpc | Protocol::Grpcs => Speech::Grpc,
    }
}

pub(super) fn with_subject<T>(xr: &IngressRequest, then: impl FnOnce(&Subject<'_>) -> T) -> T {
    let (name, namespace) = (xr.name_any(), xr.namespace().unwrap_or_default());
    let labels = labels::labels(xr, "route");
    then(&Subject {
        kind: &IngressRequest::kind(&()),
        name: &name,
        namespace: &namespace,
        uid: &xr.uid().unwrap_or_default(),
        object_meta: &|name| object_meta(name, &labels),
        service: &service::name(xr),
        // Who serves is somebody else's.
        server: None,
    })
}
