//! `HorizontalPodAutoscaler` of Kubernetes.

pub use k8s_openapi::api::autoscaling::v2::{
    CrossVersionObjectReference, HPAScalingRules, HorizontalPodAutoscaler, HorizontalPodAutoscalerBehavior,
    HorizontalPodAutoscalerSpec, MetricSpec, MetricTarget, ResourceMetricSource,
};

use pbjson_types::Struct;
use serde::Deserialize;

use crate::kinds::Kind;
use crate::problems::Problem;
use crate::readiness::{self, Assessment, ConditionView, View, condition};

/// What is known of the kind.
pub(super) const KIND: Kind =
    Kind { group: "autoscaling", kind: Some("HorizontalPodAutoscaler"), assess, ..Kind::PLAIN };

/// Its status, as far as readiness is judged by it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Status {
    conditions: Vec<ConditionView>,
}

/// Ready while it can scale its target. Without metrics it keeps the present number. That is reported and does not block
/// use: it is so for a minute whenever pods are new.
fn assess(object: &Struct) -> Assessment {
    readiness::judged(object, |view: &View<Status>| {
        let conditions = view.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
        let fails = |r#type| condition(conditions, r#type).filter(|condition| condition.status == "False");
        if let Some(unable) = fails("AbleToScale") {
            let reason = unable.reason.clone().unwrap_or_else(|| "Unknown".into());
            return Assessment::waiting(reason, unable.message.clone().unwrap_or_default());
        }
        // Zero replicas turn it off.
        let blind =
            fails("ScalingActive").filter(|active| active.reason.as_deref() != Some("ScalingDisabled"));
        Assessment::ready().with_problems(blind.map(scales_blindly))
    })
}

/// In words of its own: the controller's name what they could not reach, and differ from try to try.
fn scales_blindly(active: &ConditionView) -> Problem {
    let reason = active.reason.as_deref().unwrap_or("Unknown");
    Problem::warning(
        "ScalingBlind",
        format!("the number of pods does not follow their load: no metrics ({reason})"),
    )
    .remedy("wait a minute where pods are new; else have the platform team check the metrics server")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn condition(r#type: &str, status: &str, reason: &str) -> Value {
        json!({"conditions": [{"type": r#type, "status": status, "reason": reason, "message": "m"}]})
    }

    #[rstest]
    #[case::nothing_is_known(json!({}), None, None)]
    #[case::scales(condition("ScalingActive", "True", "ValidMetricFound"), None, None)]
    #[case::nothing_to_scale(
        condition("AbleToScale", "False", "FailedGetScale"),
        Some("FailedGetScale"),
        None
    )]
    #[case::no_metrics(
        condition("ScalingActive", "False", "FailedGetResourceMetric"),
        None,
        Some("ScalingBlind")
    )]
    #[case::turned_off(condition("ScalingActive", "False", "ScalingDisabled"), None, None)]
    fn it_is_ready_while_it_can_scale(
        #[case] status: Value,
        #[case] reason: Option<&str>,
        #[case] problem: Option<&str>,
    ) {
        let assessment = assess(&serde_json::from_value(json!({"status": status})).unwrap());
        assert_eq!((assessment.ready, assessment.reason.as_deref()), (reason.is_none(), reason));
        assert_eq!(assessment.problems.first().map(|problem| problem.code.as_str()), problem);
    }
}
