//! `Deployment` of Kubernetes.

pub use k8s_openapi::api::apps::v1::{
    Deployment, DeploymentSpec, DeploymentStrategy, RollingUpdateDeployment,
};

use pbjson_types::Struct;
use serde::Deserialize;

use crate::kinds::Kind;
use crate::problems::Problem;
use crate::readiness::{self, Assessment, ConditionView, View, condition};
use crate::wire;

/// What is known of the kind.
pub(super) const KIND: Kind = Kind { group: "apps", kind: Some("Deployment"), assess, ..Kind::PLAIN };

/// Its spec, as far as its rollout is judged by it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Spec {
    replicas: Option<i32>,
    paused: bool,
}

/// Its status, as far as its rollout is judged by it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Status {
    observed_generation: Option<i64>,
    replicas: i32,
    updated_replicas: i32,
    available_replicas: i32,
    conditions: Vec<ConditionView>,
}

/// The rollout of the latest pod template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rollout {
    /// Every pod has it.
    Complete,
    /// Its pods are being created.
    Progressing,
    /// No progress within the deadline of the spec.
    Stalled,
    /// `.spec.paused` is set.
    Paused,
}

/// The rollout of an observed Deployment.
pub fn rollout(object: &Struct) -> Rollout {
    let spec = spec(object);
    match wire::read::<View<Status>>(object) {
        Ok(view) => rollout_of(&spec, view.metadata.generation, &view.status.unwrap_or_default()),
        Err(_) => Rollout::Progressing,
    }
}

fn spec(object: &Struct) -> Spec {
    wire::child(object, "spec").and_then(|spec| wire::read(spec).ok()).unwrap_or_default()
}

/// A change of the number of replicas alone is no rollout: a `HorizontalPodAutoscaler` makes one at any time.
fn rollout_of(spec: &Spec, generation: Option<i64>, status: &Status) -> Rollout {
    let Status { observed_generation, replicas, updated_replicas, available_replicas: _, conditions } =
        status;
    let progressing = condition(conditions, "Progressing");
    let is_seen = observed_generation.is_some_and(|observed| generation.is_none_or(|now| observed >= now));
    if spec.paused {
        return Rollout::Paused;
    }
    if is_seen && progressing.is_some_and(|progressing| progressing.status == "False") {
        return Rollout::Stalled;
    }
    let is_available = progressing
        .is_none_or(|p| p.reason.as_deref().is_none_or(|reason| reason == "NewReplicaSetAvailable"));
    if is_seen && is_available && replicas == updated_replicas {
        Rollout::Complete
    } else {
        Rollout::Progressing
    }
}

/// Ready once its latest pod template is rolled out, and a pod of it can be used where any is wanted.
fn assess(object: &Struct) -> Assessment {
    let spec = spec(object);
    readiness::judged(object, |view: &View<Status>| judge(&spec, view))
}

fn judge(spec: &Spec, view: &View<Status>) -> Assessment {
    let none = Status::default();
    let status = view.status.as_ref().unwrap_or(&none);
    let wanted = spec.replicas.unwrap_or(1);
    let progressing = condition(&status.conditions, "Progressing");
    let assessment = match rollout_of(spec, view.metadata.generation, status) {
        Rollout::Complete if wanted == 0 || status.available_replicas > 0 => Assessment::ready(),
        Rollout::Complete => Assessment::waiting("Unavailable", "none of its pods can be used"),
        Rollout::Progressing => Assessment::waiting("RollingOut", "its latest change is being rolled out"),
        Rollout::Paused => Assessment::waiting("Paused", "its rollout is paused"),
        Rollout::Stalled => Assessment::waiting("RolloutStalled", "its latest change does not come up"),
    };
    let stalled = (assessment.reason.as_deref() == Some("RolloutStalled")).then(|| {
        let said = progressing.and_then(|p| p.message.clone()).unwrap_or_default();
        Problem::error("RolloutStalled", format!("the latest change does not come up: {said}"))
            .remedy("see the other problems for why; what ran before goes on running, and reverting the change ends this")
    });
    let paused = (assessment.reason.as_deref() == Some("Paused")).then(|| {
        Problem::warning("RolloutPaused", "the rollout is paused: no change takes effect")
            .remedy("run `kubectl rollout resume` on it")
    });
    assessment.with_problems(stalled.into_iter().chain(paused).chain(refused_pods(&status.conditions)))
}

/// Pods that the API server refuses, e.g. because of a quota.
fn refused_pods(conditions: &[ConditionView]) -> Option<Problem> {
    let failure = condition(conditions, "ReplicaFailure").filter(|failure| failure.status == "True")?;
    let said = failure.message.clone().unwrap_or_default();
    let problem = Problem::error("PodsRefused", format!("its pods cannot be made: {}", named(&said)));
    Some(
        problem.remedy(
            "ask for less, or have the platform team check the quota or the policy that refuses them",
        ),
    )
}

/// Without the generated name of a pod, which differs each time: every difference in a status is a write.
fn named(message: &str) -> String {
    match message.strip_prefix("pods \"").and_then(|rest| rest.split_once("\" ")) {
        Some((_, rest)) => rest.trim_start_matches("is forbidden: ").to_owned(),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn deployment(spec: &Value, status: &Value) -> Struct {
        let object = json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "shop", "generation": 2}, "spec": spec, "status": status,
        });
        serde_json::from_value(object).unwrap()
    }

    fn progressing(status: &str, reason: &str) -> Value {
        json!([{"type": "Progressing", "status": status, "reason": reason, "message": "m"}])
    }

    #[rstest]
    #[case::nothing_is_known(json!({}), json!({}), Some("RollingOut"))]
    #[case::complete(json!({"replicas": 2}), json!({"observedGeneration": 2, "replicas": 2, "updatedReplicas": 2,
        "availableReplicas": 2, "conditions": progressing("True", "NewReplicaSetAvailable")}), None)]
    #[case::of_an_earlier_generation(json!({"replicas": 2}), json!({"observedGeneration": 1, "replicas": 2,
        "updatedReplicas": 2, "availableReplicas": 2}), Some("RollingOut"))]
    #[case::old_pods_are_left(json!({"replicas": 2}), json!({"observedGeneration": 2, "replicas": 3,
        "updatedReplicas": 2, "availableReplicas": 2}), Some("RollingOut"))]
    #[case::the_new_ones_are_not_up(json!({"replicas": 2}), json!({"observedGeneration": 2, "replicas": 2,
        "updatedReplicas": 2, "conditions": progressing("True", "ReplicaSetUpdated")}), Some("RollingOut"))]
    #[case::scaled_up_and_not_all_there_yet(json!({"replicas": 9}), json!({"observedGeneration": 2, "replicas": 9,
        "updatedReplicas": 9, "availableReplicas": 2, "conditions": progressing("True", "NewReplicaSetAvailable")}),
        None)]
    #[case::stalled(json!({}), json!({"observedGeneration": 2, "replicas": 1, "updatedReplicas": 1,
        "conditions": progressing("False", "ProgressDeadlineExceeded")}), Some("RolloutStalled"))]
    #[case::stalled_before_the_change(json!({}), json!({"observedGeneration": 1,
        "conditions": progressing("False", "ProgressDeadlineExceeded")}), Some("RollingOut"))]
    #[case::all_pods_are_down(json!({}), json!({"observedGeneration": 2, "replicas": 1, "updatedReplicas": 1,
        "conditions": progressing("True", "NewReplicaSetAvailable")}), Some("Unavailable"))]
    #[case::none_is_wanted(json!({"replicas": 0}), json!({"observedGeneration": 2}), None)]
    #[case::paused(json!({"paused": true}), json!({"observedGeneration": 2}), Some("Paused"))]
    #[case::unreadable(json!({}), json!({"replicas": "two"}), Some("Unreadable"))]
    fn readiness_is_a_complete_rollout(
        #[case] spec: Value,
        #[case] status: Value,
        #[case] reason: Option<&str>,
    ) {
        let assessment = assess(&deployment(&spec, &status));
        assert_eq!((assessment.ready, assessment.reason.as_deref()), (reason.is_none(), reason));
    }

    #[test]
    fn refused_pods_are_reported_without_their_made_up_names() {
        let message = "pods \"shop-7d9f-x2k4p\" is forbidden: exceeded quota: compute, requested: cpu=1";
        let status = json!({"observedGeneration": 2,
            "conditions": [{"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": message}]});
        let problems = assess(&deployment(&json!({}), &status)).problems;
        assert_eq!(problems[0].code, "PodsRefused");
        assert_eq!(problems[0].message, "its pods cannot be made: exceeded quota: compute, requested: cpu=1");
    }
}
