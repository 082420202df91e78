//! `ScaledObject` of KEDA (`keda.sh/v1alpha1`), as far as golden paths speak it.

use std::collections::BTreeMap;

use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscalerBehavior;
use kube::CustomResource;
use pbjson_types::Struct;
use serde::{Deserialize, Serialize};

use crate::kinds::Kind;
use crate::operators::Operator;
use crate::problems::Problem;
use crate::readiness::{self, Assessment, ConditionView, View, condition};

/// What is known of the kind.
pub(super) const KIND: Kind = Kind {
    group: "keda.sh",
    kind: Some("ScaledObject"),
    operator: Some(&Operator {
        name: "KEDA",
        wanted_by: Some(".spec.scaling.triggers"),
        install: "install KEDA in the cluster, with its CRDs, or scale by CPU and memory alone",
    }),
    assess,
    ..Kind::PLAIN
};

/// The annotation that keeps KEDA from scaling.
pub const PAUSED: &str = "autoscaling.keda.sh/paused";

/// Scales a workload by events, to zero as well.
#[derive(CustomResource, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(group = "keda.sh", version = "v1alpha1", kind = "ScaledObject", namespaced, schema = "disabled")]
#[serde(rename_all = "camelCase")]
pub struct ScaledObjectSpec {
    /// What is scaled.
    pub scale_target_ref: ScaleTarget,
    /// The fewest pods.
    pub min_replica_count: i32,
    /// The most pods.
    pub max_replica_count: i32,
    /// By what.
    pub triggers: Vec<Trigger>,
    /// The rest.
    pub advanced: Advanced,
}

/// Names a workload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScaleTarget {
    /// Its group and version.
    pub api_version: String,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// One source of events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Trigger {
    /// Its type.
    pub r#type: String,
    /// How its value is taken, where KEDA is not to choose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric_type: Option<String>,
    /// What its type asks for.
    pub metadata: BTreeMap<String, String>,
    /// With whose credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authentication_ref: Option<Authentication>,
}

/// Names a `TriggerAuthentication` of the namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authentication {
    /// Its name.
    pub name: String,
}

/// Of the autoscaler that KEDA makes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Advanced {
    /// Its configuration.
    #[serde(rename = "horizontalPodAutoscalerConfig")]
    pub autoscaler: AutoscalerConfig,
}

/// The configuration of the autoscaler that KEDA makes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AutoscalerConfig {
    /// How fast it scales.
    pub behavior: HorizontalPodAutoscalerBehavior,
}

/// The name of the autoscaler that KEDA makes.
pub fn autoscaler_of(name: &str) -> String {
    format!("keda-hpa-{name}")
}

/// Its status, as far as readiness is judged by it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Status {
    conditions: Vec<ConditionView>,
}

/// Ready when KEDA says so, and while it is paused: then nobody waits for it.
fn assess(object: &Struct) -> Assessment {
    readiness::judged(object, |view: &View<Status>| {
        let conditions = view.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
        let holds =
            |r#type| condition(conditions, r#type).is_some_and(|condition| condition.status == "True");
        if holds("Ready") || holds("Paused") {
            return Assessment::ready();
        }
        let Some(ready) = condition(conditions, "Ready") else {
            return Assessment::waiting("Pending", "KEDA has not reconciled it yet");
        };
        let reason = ready.reason.clone().unwrap_or_else(|| "Unknown".into());
        let message = ready.message.clone().unwrap_or_default();
        let problem = (ready.status == "False").then(|| {
            Problem::error("ScalingFailed", format!("KEDA cannot scale it: {message}"))
                .remedy("correct .spec.scaling.triggers, or the TriggerAuthentication that one of them names")
        });
        Assessment::waiting(reason, message).with_problems(problem)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn said(r#type: &str, status: &str) -> Value {
        json!({"type": r#type, "status": status, "reason": "R", "message": "m"})
    }

    #[rstest]
    #[case::nothing_is_known(json!([]), Some("Pending"), 0)]
    #[case::not_yet(json!([said("Ready", "Unknown")]), Some("R"), 0)]
    #[case::ready(json!([said("Ready", "True"), said("Active", "False")]), None, 0)]
    #[case::paused(json!([said("Ready", "Unknown"), said("Paused", "True")]), None, 0)]
    #[case::failed(json!([said("Ready", "False")]), Some("R"), 1)]
    fn it_is_ready_when_keda_says_so(
        #[case] conditions: Value,
        #[case] reason: Option<&str>,
        #[case] problems: usize,
    ) {
        let object = json!({"status": {"conditions": conditions}});
        let assessment = assess(&serde_json::from_value(object).unwrap());
        assert_eq!((assessment.ready, assessment.reason.as_deref()), (reason.is_none(), reason));
        assert_eq!(assessment.problems.len(), problems);
    }
}
