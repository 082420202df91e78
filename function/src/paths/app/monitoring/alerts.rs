//! The alerts: on what kube-state-metrics and the kubelet say of the app, and on what its gateway says of requests.
//!
//! An objective is watched by how fast its budget of failures burns: at 14.4 times the rate that uses it up in 30 days, a
//! page after minutes; at six times, a ticket after half an hour. A short window besides the long one ends the alert soon
//! after its cause.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use crate::kinds::monitoring::{PrometheusRule, PrometheusRuleSpec, Rule, RuleGroup};
use crate::paths::app::api::{Alerting, AppSpec, Objectives};
use crate::paths::app::identity::Identity;
use crate::paths::app::policy::AppPolicy;
use crate::paths::app::scaling;

/// Somebody is woken.
const PAGE: &str = "critical";
/// Somebody looks at it in the morning.
const TICKET: &str = "warning";

/// One alert, without what all have.
struct Alert {
    name: &'static str,
    expr: String,
    holds_for: &'static str,
    severity: &'static str,
    summary: String,
}

/// One pair of windows over which a budget of failures burns.
struct Burn {
    name: &'static str,
    factor: &'static str,
    long: &'static str,
    short: &'static str,
    holds_for: &'static str,
    severity: &'static str,
}

const BURNS: [Burn; 2] = [
    Burn {
        name: "GoldenPathAppErrorBudgetBurnFast",
        factor: "14.4",
        long: "1h",
        short: "5m",
        holds_for: "2m",
        severity: PAGE,
    },
    Burn {
        name: "GoldenPathAppErrorBudgetBurnSlow",
        factor: "6",
        long: "6h",
        short: "30m",
        holds_for: "15m",
        severity: TICKET,
    },
];

/// The alerts of an app that asks for them. One that is suspended is down because somebody wants it.
pub(super) fn rule(
    spec: &AppSpec,
    identity: &Identity,
    policy: &AppPolicy,
    metadata: ObjectMeta,
) -> Option<PrometheusRule> {
    let alerting = &spec.monitoring.alerting;
    let alerts = of_pods(spec, identity)
        .into_iter()
        .chain(of_scaling(spec, identity))
        .chain(alerting.slo.iter().flat_map(|slo| of_requests(slo, identity)));
    let rules = alerts.map(|alert| alert.rule(alerting, identity, policy)).collect();
    (alerting.enabled && !spec.suspend).then(|| PrometheusRule {
        metadata,
        spec: PrometheusRuleSpec {
            groups: vec![RuleGroup { name: format!("{}.{}", identity.namespace, identity.name), rules }],
        },
    })
}

fn of_pods(spec: &AppSpec, identity: &Identity) -> Vec<Alert> {
    let Identity { name, namespace, .. } = identity;
    let deployment = format!(r#"namespace="{namespace}",deployment="{name}""#);
    let container = format!(r#"namespace="{namespace}",container="{name}""#);
    let deadline = spec.strategy.progress_deadline_seconds;
    vec![
        Alert {
            name: "GoldenPathAppDown",
            expr: format!(
                "kube_deployment_status_replicas_available{{{deployment}}} == 0 and \
                 kube_deployment_spec_replicas{{{deployment}}} > 0"
            ),
            holds_for: "5m",
            severity: PAGE,
            summary: format!("no pod of {namespace}/{name} can be used"),
        },
        Alert {
            name: "GoldenPathAppCrashLooping",
            expr: format!("max(increase(kube_pod_container_status_restarts_total{{{container}}}[15m])) >= 3"),
            holds_for: "5m",
            severity: TICKET,
            summary: format!("a container of {namespace}/{name} ends again and again"),
        },
        Alert {
            name: "GoldenPathAppRolloutStalled",
            expr: format!(
                r#"kube_deployment_status_condition{{{deployment},condition="Progressing",status="false"}} == 1"#
            ),
            holds_for: "1m",
            severity: TICKET,
            summary: format!("the latest change of {namespace}/{name} has not come up in {deadline} seconds"),
        },
        Alert {
            name: "GoldenPathAppMemoryNearLimit",
            expr: format!(
                "max(container_memory_working_set_bytes{{{container}}} / on (namespace, pod, container) \
                 kube_pod_container_resource_limits{{{container},resource=\"memory\"}}) > 0.9"
            ),
            holds_for: "15m",
            severity: TICKET,
            summary: format!("{namespace}/{name} uses more than 90% of spec.resources.limits.memory"),
        },
    ]
}

fn of_scaling(spec: &AppSpec, identity: &Identity) -> Option<Alert> {
    let Identity { name, namespace, .. } = identity;
    let autoscaler = scaling::autoscaler_name(spec, identity)?;
    let labels = format!(r#"namespace="{namespace}",horizontalpodautoscaler="{autoscaler}""#);
    Some(Alert {
        name: "GoldenPathAppAtMaxReplicas",
        expr: format!(
            "kube_horizontalpodautoscaler_status_current_replicas{{{labels}}} >= \
             kube_horizontalpodautoscaler_spec_max_replicas{{{labels}}}"
        ),
        holds_for: "15m",
        severity: TICKET,
        summary: format!("{namespace}/{name} has as many pods as spec.scaling.maxReplicas lets it"),
    })
}

/// On the metrics of Kong, which calls a Service by its namespace, name and port.
fn of_requests(slo: &Objectives, identity: &Identity) -> Vec<Alert> {
    let Identity { name, namespace, .. } = identity;
    let service = format!(r#"service=~"{namespace}[.]{name}[.].+""#);
    let Objectives { availability, latency_p99_milliseconds } = slo;
    let burns = availability.iter().flat_map(|availability| {
        let ratio = |window: &str| {
            format!(
                "sum(rate(kong_http_requests_total{{{service},code=~\"5..\"}}[{window}])) / \
                 sum(rate(kong_http_requests_total{{{service}}}[{window}]))"
            )
        };
        BURNS.iter().map(move |Burn { name: alert, factor, long, short, holds_for, severity }| Alert {
            name: alert,
            expr: [long, short]
                .map(|window| format!("({}) > {factor} * (1 - {availability} / 100)", ratio(window)))
                .join(" and "),
            holds_for,
            severity,
            summary: format!(
                "requests of {namespace}/{name} fail {factor} times as often as an availability of {availability}% allows"
            ),
        })
    });
    let latency = latency_p99_milliseconds.map(|most| Alert {
        name: "GoldenPathAppLatencyHigh",
        expr: format!(
            "histogram_quantile(0.99, sum by (le) (rate(kong_request_latency_ms_bucket{{{service}}}[5m]))) > {most}"
        ),
        holds_for: "10m",
        severity: TICKET,
        summary: format!("one in a hundred requests of {namespace}/{name} takes longer than {most} ms"),
    });
    burns.chain(latency).collect()
}

// === impl Alert ===

impl Alert {
    fn rule(self, alerting: &Alerting, identity: &Identity, policy: &AppPolicy) -> Rule {
        let Self { name, expr, holds_for, severity, summary } = self;
        let labels = [
            ("severity", Some(severity.to_owned())),
            ("team", identity.team().map(str::to_owned)),
            ("namespace", Some(identity.namespace.clone())),
            ("app", Some(identity.name.clone())),
            (
                "slack_channel",
                alerting.slack_channel.as_deref().map(|channel| channel.trim_start_matches('#').into()),
            ),
        ];
        let runbook = alerting.runbook_url.clone().or_else(|| policy.monitoring.runbook(name));
        let annotations = [("summary", Some(summary)), ("runbook_url", runbook)];
        Rule {
            alert: name.into(),
            expr,
            r#for: holds_for.into(),
            labels: said(labels),
            annotations: said(annotations),
        }
    }
}

fn said<const N: usize>(pairs: [(&str, Option<String>); N]) -> BTreeMap<String, String> {
    pairs.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}
