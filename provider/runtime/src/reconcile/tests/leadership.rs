//! Beside the steps: a process whose lease has ended touches nothing.

use rstest::rstest;
use serde_json::json;

use goldenpath_provider_core::{ChangeClass, Observation, Readiness};

use super::*;
use crate::Leadership;
use crate::testing::{drifted, present, thing};

fn not_leading(scene: &mut Scene<true>) {
    scene.context.runtime.options.leadership = Leadership::awaited();
}

#[rstest]
#[case::absent(Observation::Absent, json!({}))]
#[case::drifted(drifted(ChangeClass::Immediate), json!({}))]
#[case::deleted(present(Readiness::Available), json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:59Z"}}))]
#[tokio::test]
async fn nobody_reconciles_before_leading(#[case] seen: Observation, #[case] extra: Value) {
    let mut scene = Scene::<true>::of(&created(&extra)).seeing(seen);
    not_leading(&mut scene);
    assert_eq!(scene.reconcile().await, None);
    assert_eq!(scene.calls(), [""; 0]);
    assert_eq!(writes(&scene), [""; 0]);
    assert_eq!(scene.events(), [""; 0]);
}

/// The lease ends while AWS is asked what there is: as for a process that is stopped there, and goes on later.
#[rstest]
#[case::create(Observation::Absent, thing(&json!({})))]
#[case::update(drifted(ChangeClass::Immediate), created(&json!({})))]
#[case::delete(
    present(Readiness::Available),
    created(&json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:59Z"}}))
)]
#[tokio::test]
async fn a_leader_that_is_deposed_while_it_looks_changes_nothing(
    #[case] seen: Observation,
    #[case] thing: Value,
) {
    let mut scene = Scene::<true>::of(&thing).seeing(seen);
    let leadership = Leadership::awaited();
    leadership.grant(tokio::time::Instant::now() + Duration::from_mins(1));
    scene.context.runtime.options.leadership = leadership.clone();
    scene.world().deposes = Some(leadership);
    assert_eq!(scene.reconcile().await, None);
    assert_eq!(scene.calls(), ["observe"]);
    assert!(!writes(&scene).iter().any(|w| w == STATUS), "its report would overwrite the next leader's");
    assert_eq!(scene.events(), [""; 0]);
}
