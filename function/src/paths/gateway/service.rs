//! What the gateway reads of Services: how requests are passed on; and the Service of the probes.

use std::collections::BTreeMap;

use crate::kinds::service::{Service, ServicePort, ServiceSpec};
use crate::paths::gateway::Subject;
use crate::paths::gateway::api::{Traffic, Wait};

/// The port of the Service of the probes.
pub(super) const PROBE_PORT: i32 = 80;

/// The name of the Service of the probes.
pub(super) fn probe_name(name: &str) -> String {
    format!("{name}-probe")
}

/// A Service without a selector: whatever the gateway makes of a probe, nothing is behind it.
pub(super) fn of_probes(subject: &Subject<'_>) -> Service {
    let port = ServicePort { port: PROBE_PORT, protocol: Some("TCP".into()), ..ServicePort::default() };
    Service {
        metadata: (subject.object_meta)(probe_name(subject.name)),
        spec: Some(ServiceSpec {
            type_: Some("ClusterIP".into()),
            ports: Some(vec![port]),
            ..ServiceSpec::default()
        }),
        status: None,
    }
}

/// The annotations by which a Service says how requests are passed on to it. Kong counts in milliseconds, and reads them
/// nowhere else.
pub(in crate::paths) fn annotations(traffic: Traffic, protocol: &str) -> BTreeMap<String, String> {
    let Traffic { retries, timeout, connect_timeout } = traffic;
    let milliseconds = |wait: Option<Wait>| wait.map(|wait| wait.milliseconds().to_string());
    let all = [
        ("konghq.com/protocol", Some(protocol.to_owned())),
        ("konghq.com/retries", retries.map(|retries| retries.to_string())),
        ("konghq.com/connect-timeout", milliseconds(connect_timeout)),
        ("konghq.com/read-timeout", milliseconds(timeout)),
        ("konghq.com/write-timeout", milliseconds(timeout)),
    ];
    all.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}
