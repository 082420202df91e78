//! Steps 13 to 18: a resource that exists and is as it should be.

use goldenpath_provider_core::{Observation, Present, Readiness};
use serde_json::json;

use super::*;
use crate::testing::{present, thing};

#[tokio::test]
async fn a_steady_state_writes_nothing() {
    let mut scene = Scene::<true>::of(&created(&json!({}))).seeing(present(Readiness::Available));
    assert_about(scene.reconcile().await, 600);
    assert_eq!(writes(&scene), [USAGE, STATUS], "status and readiness are told after one reconcile");
    assert_eq!(scene.stored()["status"], status(&[available(), synced()], &json!({"seen": "yes"})));

    for _ in 0..3 {
        assert_about(scene.reconcile().await, 600);
    }
    assert_eq!(writes(&scene), [""; 0]);
    assert_eq!(scene.events(), [""; 0]);
}

#[tokio::test]
async fn a_watch_that_lags_behind_our_own_writes_is_not_believed() {
    let mut scene = Scene::<true>::of(&created(&json!({}))).seeing(present(Readiness::Available));
    let watched = serde_json::from_value(scene.stored()).unwrap();
    scene.reconcile().await;
    scene.api.writes();
    crate::reconcile::reconcile(&watched, &scene.context).await;
    assert_eq!(writes(&scene), [""; 0]);
}

#[tokio::test]
async fn a_resource_that_is_not_ready_yet_is_looked_at_more_and_more_seldom() {
    let making = present(Readiness::Creating("backing up".into()));
    let mut scene = Scene::<true>::of(&created(&json!({}))).seeing(making);
    for seconds in [1, 2, 4, 8, 16, 30, 30] {
        assert_about(scene.reconcile().await, seconds);
    }
    let creating = condition("Ready", "False", "Creating", Some("backing up"));
    assert_eq!(scene.stored()["status"], status(&[creating, synced()], &json!({"seen": "yes"})));
}

#[tokio::test]
async fn an_existing_resource_gets_the_finalizer_before_anything_else() {
    let mut scene = Scene::<true>::of(&thing(&json!({}))).seeing(present(Readiness::Available));
    scene.reconcile().await;
    assert_eq!(writes(&scene), [USAGE, METADATA, STATUS]);
    let stored = scene.stored();
    assert_eq!(stored["metadata"]["finalizers"], json!([FINALIZER]));
    assert_eq!(stored["metadata"]["annotations"], json!({"crossplane.io/external-name": "x"}));
    assert_eq!(
        stored["status"],
        status(&[available(), synced()], &json!({"seen": "yes"})),
        "and nothing is lost"
    );
}

#[tokio::test]
async fn what_observe_has_filled_in_is_stored() {
    let Observation::Present(seen) = present(Readiness::Available) else { unreachable!() };
    let filled = Observation::Present(Present { late_initialized: true, ..seen });
    let mut scene = Scene::<true>::of(&created(&json!({}))).seeing(filled);
    scene.reconcile().await;
    assert_eq!(
        scene.api.writes()[1].body,
        json!({"metadata": {"resourceVersion": "1"}, "spec": {"size": "filled"}})
    );
}

#[tokio::test]
async fn a_request_to_reconcile_is_answered_once() {
    let asked = json!({"metadata": {"annotations": {"crossplane.io/reconcile-requested-at": "t1"}}});
    let mut scene = Scene::<true>::of(&created(&asked)).seeing(present(Readiness::Available));
    scene.reconcile().await;
    scene.reconcile().await;
    assert_eq!(scene.stored()["status"]["lastHandledReconcileAt"], "t1");
    assert_eq!(scene.events(), ["Normal ReconcileRequestHandled: Handling reconcile request"]);
}

#[tokio::test]
async fn the_object_may_ask_for_its_own_poll_interval() {
    let often = json!({"metadata": {"annotations": {"crossplane.io/poll-interval": "1m30s"}}});
    let mut scene = Scene::<true>::of(&created(&often)).seeing(present(Readiness::Available));
    assert_about(scene.reconcile().await, 90);
}

#[tokio::test]
async fn what_is_known_to_come_is_not_left_to_the_poll() {
    let Observation::Present(seen) = present(Readiness::Available) else { unreachable!() };
    let at = |text: &str| {
        let next_look = Some(text.parse().unwrap());
        Observation::Present(Present { next_look, ..seen.clone() })
    };
    let mut scene = Scene::<true>::of(&created(&json!({}))).seeing(at("2026-01-01T00:01:45Z"));
    scene.reconcile().await;
    assert_eq!(scene.reconcile().await, Some(Duration::from_secs(45)));
    scene.world().observe = Ok(at("2026-01-01T01:00:00Z"));
    assert_about(scene.reconcile().await, 600);
    scene.world().observe = Ok(at("2026-01-01T00:00:00Z"));
    assert_about(scene.reconcile().await, 600);
}
