//! The probes.

use k8s_openapi::api::core::v1::{GRPCAction, HTTPGetAction, Probe, TCPSocketAction};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use crate::paths::app::api::{self, AppSpec, ProbeType, Protocol, WorkloadKind};

/// Whether a pod gets traffic. An app that serves a port is probed on it by default, so that a pod which does not listen
/// yet gets no requests.
pub(super) fn readiness(spec: &AppSpec) -> Option<Probe> {
    let probe = &spec.probes.readiness;
    let is_asked = spec.kind == WorkloadKind::Web || is_said(probe);
    is_asked.then(|| self::probe(spec, probe)).flatten()
}

/// Whether a container is restarted. Never unless the spec says so: a guess restarts what is merely busy.
pub(super) fn liveness(spec: &AppSpec) -> Option<Probe> {
    let probe = &spec.probes.liveness;
    is_said(probe).then(|| self::probe(spec, probe)).flatten()
}

/// Whether a container has started.
pub(super) fn startup(spec: &AppSpec) -> Option<Probe> {
    let probe = &spec.probes.startup;
    is_said(probe).then(|| self::probe(spec, probe)).flatten()
}

fn is_said(probe: &api::Probe) -> bool {
    *probe != api::Probe::default()
}

fn probe(spec: &AppSpec, probe: &api::Probe) -> Option<Probe> {
    let api::Probe {
        r#type,
        path,
        port,
        initial_delay_seconds,
        period_seconds,
        timeout_seconds,
        failure_threshold,
    } = probe;
    let port = port.unwrap_or(spec.port);
    let asked = Probe {
        initial_delay_seconds: *initial_delay_seconds,
        period_seconds: *period_seconds,
        timeout_seconds: *timeout_seconds,
        failure_threshold: *failure_threshold,
        ..Probe::default()
    };
    let http = || HTTPGetAction {
        path: Some(path.clone().unwrap_or_else(|| "/".into())),
        port: IntOrString::Int(port),
        ..HTTPGetAction::default()
    };
    let tcp = || TCPSocketAction { port: IntOrString::Int(port), host: None };
    let grpc = || GRPCAction { port, service: None };
    match (r#type, spec.protocol) {
        (ProbeType::None, _) => None,
        (ProbeType::Http, _) => Some(Probe { http_get: Some(http()), ..asked }),
        (ProbeType::Default, _) if path.is_some() => Some(Probe { http_get: Some(http()), ..asked }),
        (ProbeType::Grpc, _) | (ProbeType::Default, Protocol::Grpc) => {
            Some(Probe { grpc: Some(grpc()), ..asked })
        }
        (ProbeType::Tcp, _) | (ProbeType::Default, Protocol::Http) => {
            Some(Probe { tcp_socket: Some(tcp()), ..asked })
        }
    }
}
