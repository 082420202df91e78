//! What Prometheus reads of the pods: through the Service of a `Web` app, at the pods of a `Worker`.

mod alerts;

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ContainerPort;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use crate::composition::Composition;
use crate::kinds::monitoring::{Endpoint, PodMonitor, PodMonitorSpec, ServiceMonitor, ServiceMonitorSpec};
use crate::paths::app::api::{AppSpec, Monitoring, WorkloadKind};
use crate::paths::app::identity::Identity;
use crate::paths::app::policy::AppPolicy;
use crate::paths::app::{POD_MONITOR, PROMETHEUS_RULE, SERVICE_MONITOR};

/// The name of a port that serves nothing but metrics.
const PORT_NAME: &str = "metrics";
/// The longest that Prometheus waits for an answer, in seconds.
const TIMEOUT: u32 = 10;
/// The label that becomes the label `job` of what is measured.
const JOB: &str = "app.kubernetes.io/name";

/// The monitor and the alerts of an app that asks for them.
pub(super) fn compose(
    composition: Composition,
    spec: &AppSpec,
    identity: &Identity,
    policy: &AppPolicy,
) -> Composition {
    let is_web = spec.kind == WorkloadKind::Web;
    let is_measured = spec.monitoring.enabled;
    let metadata = metadata(identity, policy);
    let service = (is_measured && is_web).then(|| ServiceMonitor {
        metadata: metadata.clone(),
        spec: ServiceMonitorSpec {
            job_label: JOB.into(),
            selector: identity.label_selector(),
            endpoints: vec![endpoint(spec)],
        },
    });
    let pods = (is_measured && !is_web).then(|| PodMonitor {
        metadata: metadata.clone(),
        spec: PodMonitorSpec {
            job_label: JOB.into(),
            selector: identity.label_selector(),
            pod_metrics_endpoints: vec![endpoint(spec)],
        },
    });
    composition
        .with_optional(SERVICE_MONITOR, service.as_ref())
        .with_optional(POD_MONITOR, pods.as_ref())
        .with_optional(PROMETHEUS_RULE, alerts::rule(spec, identity, policy, metadata).as_ref())
}

/// With the labels by which the platform's Prometheus finds what is its own.
fn metadata(identity: &Identity, policy: &AppPolicy) -> ObjectMeta {
    let own = identity.object_meta();
    let labels: BTreeMap<_, _> =
        policy.monitoring.labels.clone().into_iter().chain(own.labels.into_iter().flatten()).collect();
    ObjectMeta { labels: Some(labels), ..own }
}

/// The port of the metrics, where it is one of its own: of a container and of a Service.
pub(super) fn port(spec: &AppSpec) -> Option<(&'static str, i32)> {
    let Monitoring { enabled, port, .. } = &spec.monitoring;
    let number = port.unwrap_or(spec.port);
    let is_own = *enabled && (number != spec.port || spec.kind == WorkloadKind::Worker);
    is_own.then_some((PORT_NAME, number))
}

/// The same, of a container.
pub(super) fn container_port(spec: &AppSpec) -> Option<ContainerPort> {
    let (name, container_port) = port(spec)?;
    Some(ContainerPort {
        name: Some(name.into()),
        container_port,
        protocol: Some("TCP".into()),
        ..ContainerPort::default()
    })
}

/// The port at which metrics are read, where they are.
pub(super) fn read_at(spec: &AppSpec) -> Option<i32> {
    spec.monitoring.enabled.then(|| spec.monitoring.port.unwrap_or(spec.port))
}

fn endpoint(spec: &AppSpec) -> Endpoint {
    let Monitoring { enabled: _, port: _, path, interval, alerting: _ } = &spec.monitoring;
    Endpoint {
        port: port(spec).map_or_else(|| spec.protocol.into(), |(name, _)| name).to_owned(),
        path: path.clone(),
        interval: interval.clone(),
        scrape_timeout: timeout(interval),
    }
}

/// Prometheus refuses to wait longer than until it reads again.
fn timeout(interval: &str) -> String {
    let seconds = interval.strip_suffix('s').and_then(|seconds| seconds.parse().ok());
    format!("{}s", seconds.map_or(TIMEOUT, |seconds: u32| seconds.min(TIMEOUT)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("30s", "10s")]
    #[case("5s", "5s")]
    #[case("1m", "10s")]
    fn an_answer_takes_no_longer_than_until_the_next(#[case] interval: &str, #[case] timeout: &str) {
        assert_eq!(self::timeout(interval), timeout);
    }
}
