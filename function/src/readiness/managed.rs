//! Managed resources, and whatever else keeps Crossplane's conditions (nested XRs).

use super::{Assessment, ConditionView, ProblemView, View};
use crate::problems::Problem;

/// Ready when `Ready` is true and `Synced` is not false, both of the present generation. What only waits for something
/// else, such as a cooldown, takes nothing from whoever uses the resource meanwhile.
pub(super) fn assess(view: &View) -> Assessment {
    let mut assessment = if view.is_being_deleted() {
        Assessment::waiting("Deleting", "it is being deleted")
    } else {
        judge(view)
    };
    assessment.problems = problem(view).into_iter().chain(notices(view)).collect();
    assessment
}

fn judge(view: &View) -> Assessment {
    let Some(ready) = view.condition("Ready") else {
        return match unsynced(view) {
            Some(synced) => because(synced),
            None => Assessment::waiting("Pending", "it has not been looked at yet"),
        };
    };
    if ready.status != "True" {
        return because(ready);
    }
    if let Some(synced) = unsynced(view).filter(|_| !waits(view)) {
        return because(synced);
    }
    let told = view.status.as_ref().and_then(|s| s.observed_generation).max(ready.observed_generation);
    match (told, view.metadata.generation) {
        (Some(told), Some(now)) if told < now => {
            Assessment::waiting("Reconciling", "the latest change has not been looked at yet")
        }
        _ => Assessment::ready(),
    }
}

fn unsynced(view: &View) -> Option<&ConditionView> {
    view.condition("Synced").filter(|c| c.status == "False")
}

/// Whether what keeps it from being in sync passes by itself.
fn waits(view: &View) -> bool {
    told(view).is_some_and(|problem| problem.waiting)
}

fn told(view: &View) -> Option<&ProblemView> {
    view.status.as_ref()?.problem.as_ref()
}

fn because(condition: &ConditionView) -> Assessment {
    Assessment::waiting(
        condition.reason.clone().unwrap_or_else(|| "Unknown".into()),
        condition.message.clone().unwrap_or_default(),
    )
}

/// What a person has to act on, or has to know of a resource in use. Waiting for something else while it is made is
/// progress, and no problem.
fn problem(view: &View) -> Option<Problem> {
    let unsynced = unsynced(view);
    if let Some(told) = told(view) {
        let in_use = view.condition("Ready").is_some_and(|ready| ready.status == "True");
        return match (told.waiting, unsynced) {
            (true, _) => in_use.then(|| told.of(Problem::warning)),
            // What is told of a resource that is in sync keeps nobody from using it.
            (false, None) => Some(told.of(Problem::warning)),
            (false, Some(_)) => Some(told.of(Problem::error)),
        };
    }
    let synced = unsynced?;
    let message = synced.message.clone().unwrap_or_default();
    match synced.reason.as_deref() {
        Some("ReconcilePaused") => Some(
            Problem::warning("Paused", "its reconciliation is paused")
                .remedy("remove the annotation crossplane.io/paused from it"),
        ),
        Some(reason) if !message.is_empty() => Some(Problem::error(reason, message)),
        _ => None,
    }
}

fn notices(view: &View) -> impl Iterator<Item = Problem> {
    let notices = view.status.iter().flat_map(|status| &status.at_provider.notices);
    notices.map(|notice| notice.of(Problem::warning))
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
    use super::super::assess;
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
    #[case::the_condition_tells_the_generation_too(
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
    #[case::waiting_in_use_is_told(
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
