//! The kinds of Prometheus Operator (`monitoring.coreos.com/v1`): what they have in common.

mod monitors;
mod prometheus_rule;

use pbjson_types::Struct;
use serde::Deserialize;

use crate::kinds::Kind;
use crate::operators::Operator;
use crate::problems::Problem;
use crate::readiness::{self, Assessment, ConditionView, View, condition};
pub use monitors::{Endpoint, PodMonitor, PodMonitorSpec, ServiceMonitor, ServiceMonitorSpec};
pub use prometheus_rule::{PrometheusRule, PrometheusRuleSpec, Rule, RuleGroup};

/// What is known of the kinds.
pub(super) const KIND: Kind = Kind {
    group: "monitoring.coreos.com",
    operator: Some(&Operator {
        name: "Prometheus Operator",
        wanted_by: Some(".spec.monitoring"),
        install: "install Prometheus Operator in the cluster, with its CRDs, or leave spec.monitoring out",
    }),
    assess,
    ..Kind::PLAIN
};

/// Their status, as far as readiness is judged by it. Older operators write none.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Status {
    bindings: Vec<Binding>,
}

/// What one Prometheus says of an object.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Binding {
    conditions: Vec<ConditionView>,
}

/// Ready unless a Prometheus says that it does not take it.
fn assess(object: &Struct) -> Assessment {
    readiness::judged(object, |view: &View<Status>| {
        let bindings = view.status.iter().flat_map(|status| &status.bindings);
        let mut accepted = bindings.filter_map(|binding| condition(&binding.conditions, "Accepted"));
        match accepted.find(|accepted| accepted.status == "False") {
            Some(refused) => {
                let reason = refused.reason.clone().unwrap_or_else(|| "NotAccepted".into());
                let message = refused.message.clone().unwrap_or_default();
                let problem =
                    Problem::error("MonitoringRefused", format!("Prometheus does not take it: {message}"))
                        .remedy("correct .spec.monitoring, or have the platform team look at its Prometheus");
                Assessment::waiting(reason, message).with_problems([problem])
            }
            None => Assessment::ready(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn bound(status: &str) -> Value {
        let accepted =
            json!({"type": "Accepted", "status": status, "reason": "InvalidConfiguration", "message": "m"});
        json!({"bindings": [{"conditions": []}, {"conditions": [accepted]}]})
    }

    #[rstest]
    #[case::the_operator_says_nothing(json!({}), None)]
    #[case::it_is_taken(bound("True"), None)]
    #[case::it_is_refused(bound("False"), Some("InvalidConfiguration"))]
    fn it_is_ready_unless_it_is_refused(#[case] status: Value, #[case] reason: Option<&str>) {
        let assessment = assess(&serde_json::from_value(json!({"status": status})).unwrap());
        assert_eq!((assessment.ready, assessment.reason.as_deref()), (reason.is_none(), reason));
        assert_eq!(assessment.problems.len(), usize::from(reason.is_some()));
    }
}
