//! Who reaches the pods, and who reads what they measure.

use serde_json::{Value, json};

use super::Refused;

pub(super) fn network() -> Vec<Refused> {
    let network = |network: Value| json!({"network": network});
    let range = |range: &str| network(json!({"outboundCIDRs": [{"cidr": range}]}));
    vec![
        ("a mode that there is not", network(json!({"mode": "Closed"})), "spec.network.mode"),
        (
            "rules of an open network",
            network(json!({"mode": "Open", "inbound": [{"application": "checkout"}]})),
            "are rules of the mode Managed",
        ),
        (
            "an application that is no name",
            network(json!({"inbound": [{"application": "*"}]})),
            "application",
        ),
        (
            "a namespace that is no name",
            network(json!({"outbound": [{"application": "ledger", "namespace": "Finance"}]})),
            "spec.network.outbound[0].namespace",
        ),
        ("a range that is none", range("300.1.1.1/99"), "cidr is a range of addresses"),
        ("an address without a range", range("10.0.0.1"), "cidr is a range of addresses"),
        (
            "a port beyond the last",
            network(json!({"outboundCIDRs": [{"cidr": "10.0.0.0/8", "ports": [65536]}]})),
            "spec.network.outboundCIDRs[0].ports[0]",
        ),
    ]
}

pub(super) fn monitoring() -> Vec<Refused> {
    let monitoring = |monitoring: Value| json!({"monitoring": monitoring});
    let alerting = |over: Value| {
        let mut alerting = json!({"enabled": true});
        super::super::merge(&mut alerting, &over);
        json!({"monitoring": {"alerting": alerting}})
    };
    let slo = |slo: Value| alerting(json!({"slo": slo}));
    vec![
        ("metrics of a port beyond the last", monitoring(json!({"port": 65536})), "spec.monitoring.port"),
        ("metrics without a slash", monitoring(json!({"path": "metrics"})), "spec.monitoring.path"),
        ("reading without a pause", monitoring(json!({"interval": "0s"})), "spec.monitoring.interval"),
        ("reading in hours", monitoring(json!({"interval": "1h"})), "spec.monitoring.interval"),
        (
            "metrics at a port that speaks grpc",
            json!({"protocol": "grpc", "monitoring": {"enabled": true}}),
            "set spec.monitoring.port",
        ),
        (
            "a channel without its sign",
            alerting(json!({"slackChannel": "alerts"})),
            "spec.monitoring.alerting.slackChannel",
        ),
        ("a runbook that is no address", alerting(json!({"runbookURL": "wiki"})), "runbookURL"),
        ("an availability of all", slo(json!({"availability": "100"})), "slo.availability"),
        ("an availability in nines", slo(json!({"availability": "four nines"})), "slo.availability"),
        (
            "an answer before the question",
            slo(json!({"latencyP99Milliseconds": 0})),
            "latencyP99Milliseconds",
        ),
        (
            "an objective that nobody watches",
            alerting(json!({"enabled": false, "slo": {"availability": "99.9"}})),
            "objectives are watched by alerts",
        ),
    ]
}
