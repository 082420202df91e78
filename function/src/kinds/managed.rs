//! Managed resources of our provider.

use pbjson_types::Struct;
use serde::Deserialize;

use crate::kinds::{Kind, Writer};
use crate::operators::Operator;
use crate::problems::Problem;
use crate::readiness::crossplane::{judge, unsynced, unsynced_problem};
use crate::readiness::{Assessment, ConditionView, View, condition};
use crate::wire;

/// What is known of those of Amazon RDS.
pub(super) const OF_RDS: Kind = Kind { group: "rds.aws.m.goldenpath.io", ..OF_THE_PROVIDER };
/// What is known of those of AWS Secrets Manager.
pub(super) const OF_SECRETS_MANAGER: Kind =
    Kind { group: "secretsmanager.aws.m.goldenpath.io", ..OF_THE_PROVIDER };

const OF_THE_PROVIDER: Kind = Kind {
    operator: Some(&Operator {
        name: "provider-goldenpath-aws",
        wanted_by: None,
        install: "install the provider of the release of this function, with its CRDs (package/provider/crds)",
    }),
    assess,
    written_by: Writer::Platform,
    ..Kind::PLAIN
};

/// Their status, as far as readiness is judged by it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Status {
    conditions: Vec<ConditionView>,
    observed_generation: Option<i64>,
    problem: Option<ProblemView>,
    at_provider: AtProvider,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AtProvider {
    notices: Vec<ProblemView>,
}

/// `status.problem`, and each of the notices.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ProblemView {
    code: String,
    message: String,
    field: Option<String>,
    remedy: Option<String>,
    waiting: bool,
}

/// By Crossplane's conditions. What only waits for something else, such as a cooldown, takes nothing from those who use the
/// resource meanwhile.
fn assess(object: &Struct) -> Assessment {
    let Ok(view) = wire::read::<View<Status>>(object) else {
        return Assessment::waiting("Unreadable", "its status cannot be read");
    };
    let is_being_deleted = view.is_being_deleted();
    let status = view.status.unwrap_or_default();
    let assessment = if is_being_deleted {
        Assessment::waiting("Deleting", "it is being deleted")
    } else {
        let waits = status.problem.as_ref().is_some_and(|problem| problem.waiting);
        judge(view.metadata.generation, &status.conditions, status.observed_generation, waits)
    };
    let notices = status.at_provider.notices.iter().map(|notice| notice.of(Problem::warning));
    assessment.with_problems(problem(&status).into_iter().chain(notices))
}

/// What a person has to act on, or has to know of a resource in use. Waiting for something else while it is made is
/// progress, and no problem.
fn problem(status: &Status) -> Option<Problem> {
    let Some(problem) = &status.problem else {
        return unsynced_problem(&status.conditions);
    };
    let in_use = condition(&status.conditions, "Ready").is_some_and(|ready| ready.status == "True");
    match (problem.waiting, unsynced(&status.conditions)) {
        (true, _) => in_use.then(|| problem.of(Problem::warning)),
        // A problem on a synced resource does not block use.
        (false, None) => Some(problem.of(Problem::warning)),
        (false, Some(_)) => Some(problem.of(Problem::error)),
    }
}

// === impl ProblemView ===

impl ProblemView {
    fn of(&self, severity: fn(String, String) -> Problem) -> Problem {
        let problem = severity(self.code.clone(), self.message.clone());
        Problem { field: self.field.clone(), remedy: self.remedy.clone(), ..problem }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problems::Severity;
    use crate::wire;
    use pbjson_types::Struct;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn instance(generation: i64, status: &Value) -> Struct {
        let object = json!({
            "apiVersion": "rds.aws.m.goldenpath.io/v1alpha1", "kind": "Instance",
            "metadata": {"name": "db", "generation": generation},
            "status": status,
        });
        serde_json::from_value(object).unwrap()
    }

    fn conditions(ready: &str, synced: &str) -> Value {
        json!([{"type": "Ready", "status": ready, "reason": "R"}, {"type": "Synced", "status": synced, "reason": "S"}])
    }

    #[rstest]
    #[case::nothing_is_known(json!({}), false, Some("Pending"))]
    #[case::ready(json!({"conditions": conditions("True", "True"), "observedGeneration": 2}), true, None)]
    #[case::ready_and_not_yet_synced(json!({"conditions": conditions("True", "Unknown")}), true, None)]
    #[case::not_ready(json!({"conditions": conditions("False", "True")}), false, Some("R"))]
    #[case::ready_but_the_last_change_failed(json!({"conditions": conditions("True", "False")}), false, Some("S"))]
    #[case::ready_of_an_earlier_generation(
        json!({"conditions": conditions("True", "True"), "observedGeneration": 1}), false, Some("Reconciling"))]
    #[case::the_condition_says_the_generation_too(
        json!({"conditions": [{"type": "Ready", "status": "True", "observedGeneration": 2}], "observedGeneration": 1}),
        true, None)]
    #[case::unreadable(json!({"conditions": 7}), false, Some("Unreadable"))]
    fn readiness_follows_the_conditions_of_the_present_generation(
        #[case] status: Value,
        #[case] ready: bool,
        #[case] reason: Option<&str>,
    ) {
        let assessment = assess(&instance(2, &status));
        assert_eq!((assessment.ready, assessment.reason.as_deref()), (ready, reason));
    }

    #[rstest]
    #[case::until_a_cooldown_is_over(true, true)]
    #[case::until_somebody_acts(false, false)]
    fn what_waits_by_itself_stays_ready(#[case] waiting: bool, #[case] ready: bool) {
        let problem = json!({"code": "C", "message": "m", "waiting": waiting});
        let status =
            json!({"conditions": conditions("True", "False"), "observedGeneration": 1, "problem": problem});
        let assessment = assess(&instance(1, &status));
        assert_eq!(assessment.ready, ready);
        let expected = if waiting { Severity::Warning } else { Severity::Error };
        assert_eq!(assessment.problems[0].r#type, expected);
    }

    #[test]
    fn a_deleting_resource_is_not_ready() {
        let mut object = instance(1, &json!({"conditions": conditions("True", "True")}));
        let deleted = wire::encode(&json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}}));
        wire::merge(&mut object, deleted.unwrap());
        assert_eq!(assess(&object).reason.as_deref(), Some("Deleting"));
    }

    #[rstest]
    #[case::a_fault(json!({"problem": {"code": "NotOwned", "message": "m", "remedy": "r"}}), Some("NotOwned"))]
    #[case::waiting_is_progress(json!({"problem": {"code": "WaitingForSecret", "message": "m", "waiting": true}}), None)]
    #[case::waiting_in_use_is_reported(
        json!({"conditions": conditions("True", "False"), "problem": {"code": "StorageCooldown", "message": "m", "waiting": true}}),
        Some("StorageCooldown"))]
    #[case::a_notice(json!({"conditions": conditions("True", "True"), "atProvider": {"notices": [{"code": "BackupStale", "message": "m"}]}}),
        Some("BackupStale"))]
    #[case::an_error_without_a_fault(
        json!({"conditions": [{"type": "Synced", "status": "False", "reason": "ReconcileError", "message": "m"}]}),
        Some("ReconcileError"))]
    #[case::paused(json!({"conditions": [{"type": "Synced", "status": "False", "reason": "ReconcilePaused"}]}), Some("Paused"))]
    #[case::nothing_wrong(json!({"conditions": conditions("True", "True")}), None)]
    fn a_problem_is_what_a_person_has_to_act_on(#[case] status: Value, #[case] code: Option<&str>) {
        assert_eq!(assess(&instance(1, &status)).problems.first().map(|p| p.code.as_str()), code);
    }

    #[rstest]
    #[case::out_of_sync("False", Severity::Error)]
    #[case::in_sync("True", Severity::Warning)]
    fn a_problem_is_as_bad_as_the_resource_is_out_of_sync(#[case] synced: &str, #[case] severity: Severity) {
        let problem = json!({"code": "DiffNotConverging", "message": "m"});
        let status = json!({"conditions": conditions("True", synced), "problem": problem});
        assert_eq!(assess(&instance(1, &status)).problems.first().map(|p| p.r#type), Some(severity));
    }
}
