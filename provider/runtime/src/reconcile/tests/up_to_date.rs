//! The condition `UpToDate`, where it is asked for (R25).

use goldenpath_provider_core::{ChangeClass, Fault, Observation, Readiness};
use rstest::rstest;
use serde_json::json;

use super::*;
use crate::UpToDate;
use crate::testing::{drifted, present};

fn told(was: &Value, seen: Observation) -> Scene<true> {
    let mut scene = Scene::<true>::of(&created(was)).seeing(seen);
    scene.context.runtime.options.up_to_date = UpToDate::Enabled;
    scene
}

fn up_to_date(scene: &Scene<true>) -> Value {
    let status = scene.stored()["status"].clone();
    let mut conditions = status["conditions"].as_array().into_iter().flatten();
    conditions.find(|c| c["type"] == "UpToDate").cloned().unwrap_or_default()
}

#[rstest]
#[case::as_desired(json!({}), present(Readiness::Available), "True", "ObserveMatched", None)]
#[case::not_ready_yet(json!({}), present(Readiness::Creating(String::new())), "True", "ObserveMatched", None)]
#[case::put_back(json!({}), drifted(ChangeClass::Immediate), "False", "UpdateRequested", Some("size: a -> b"))]
#[case::only_observed(
    json!({"spec": {"managementPolicies": ["Observe"]}}), drifted(ChangeClass::Immediate),
    "False", "UpdateRestricted", Some("size: a -> b")
)]
#[case::refused(
    json!({}), drifted(ChangeClass::Refused), "False", "UpdateFailed",
    Some("update failed: refuse to update the external resource because the following update requires replacing it: \
          cannot change the value of the argument \"size\" from \"a\" to \"b\"; set size back to \"a\", or make a \
          new resource")
)]
#[case::paused(json!({"spec": {"managementPolicies": []}}), Observation::Absent, "Unknown", "ReconcilePaused", None)]
#[tokio::test]
async fn the_condition_says_whether_what_is_outside_is_as_desired(
    #[case] was: Value,
    #[case] seen: Observation,
    #[case] holds: &str,
    #[case] reason: &str,
    #[case] message: Option<&str>,
) {
    let mut scene = told(&was, seen);
    scene.reconcile().await;
    assert_eq!(up_to_date(&scene), condition("UpToDate", holds, reason, message));
}

#[tokio::test]
async fn an_update_that_fails_and_one_without_effect_are_reported() {
    let mut scene = told(&json!({}), drifted(ChangeClass::Immediate));
    scene.world().update = Err(Fault::transient("Unavailable", "no answer"));
    scene.reconcile().await;
    let failed = condition("UpToDate", "False", "UpdateFailed", Some("update failed: no answer"));
    assert_eq!(up_to_date(&scene), failed);

    scene.world().update = Ok(());
    for _ in 0..4 {
        scene.reconcile().await;
    }
    let exhausted =
        condition("UpToDate", "False", "UpdateFailed", Some("update has no effect on: size: a -> b"));
    assert_eq!(up_to_date(&scene), exhausted);
}

#[tokio::test]
async fn what_is_not_learnt_leaves_the_condition_and_what_is_at_rest_costs_no_write() {
    let mut scene = told(&json!({}), present(Readiness::Available));
    scene.reconcile().await;
    writes(&scene);
    scene.reconcile().await;
    assert_eq!(writes(&scene), [""; 0]);

    scene.world().observe = Err(Fault::transient("Unavailable", "no answer"));
    scene.reconcile().await;
    assert_eq!(up_to_date(&scene), condition("UpToDate", "True", "ObserveMatched", None));
}

#[tokio::test]
async fn it_is_not_reported_unless_asked_for_and_does_not_stay_when_it_is_not_any_more() {
    let mut scene = Scene::<true>::of(&created(&json!({}))).seeing(present(Readiness::Available));
    scene.reconcile().await;
    assert_eq!(up_to_date(&scene), Value::Null);

    scene.context.runtime.options.up_to_date = UpToDate::Enabled;
    scene.reconcile().await;
    assert_eq!(up_to_date(&scene)["status"], "True");
    scene.context.runtime.options.up_to_date = UpToDate::Disabled;
    scene.reconcile().await;
    assert_eq!(up_to_date(&scene), Value::Null);
}
