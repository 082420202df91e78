//! Step 1: what pauses, and what does not.

use goldenpath_provider_core::Readiness;
use serde_json::json;

use super::*;
use crate::testing::{present, thing};

fn annotated(annotations: &Value) -> Scene<true> {
    Scene::of(&thing(&json!({"metadata": {"annotations": annotations}})))
        .seeing(present(Readiness::Available))
}

#[tokio::test]
async fn only_the_word_true_pauses() {
    for (value, calls) in [("true", 0), ("True", 1), ("yes", 1), ("", 1)] {
        let mut scene = annotated(&json!({"crossplane.io/paused": value}));
        scene.reconcile().await;
        assert_eq!(scene.calls().len(), calls, "{value:?}");
    }
}

#[tokio::test]
async fn a_pause_that_cannot_be_reported_is_tried_again() {
    let mut scene = annotated(&json!({"crossplane.io/paused": "true"}));
    scene.api.fail(STATUS, 500);
    assert_about(scene.reconcile().await, 1);
    assert_eq!(scene.reconcile().await, None);
    assert_eq!(scene.stored()["status"]["conditions"][0]["reason"], "ReconcilePaused");
}

#[tokio::test]
async fn a_request_to_reconcile_stays_open_while_paused() {
    let requested = json!({"crossplane.io/paused": "true", "crossplane.io/reconcile-requested-at": "t1"});
    let mut scene = annotated(&requested);
    scene.reconcile().await;
    assert_eq!(scene.stored()["status"]["lastHandledReconcileAt"], Value::Null);
    assert!(scene.events().iter().all(|told| !told.contains("ReconcileRequestHandled")));
}

#[tokio::test]
async fn a_paused_object_is_reported_once_and_left_alone() {
    let paused = json!({"metadata": {"annotations": {"crossplane.io/paused": "true"}}});
    let mut scene = Scene::<true>::of(&thing(&paused));
    for _ in 0..3 {
        assert_eq!(scene.reconcile().await, None);
    }
    assert_eq!(scene.calls(), [""; 0]);
    assert_eq!(writes(&scene), [STATUS]);
    assert_eq!(
        scene.stored()["status"],
        status(&[condition("Synced", "False", "ReconcilePaused", None)], &json!({}))
    );
    assert_eq!(
        scene.events(),
        [
            "Normal ReconciliationPaused: Reconciliation is paused either through the `spec.managementPolicies` or the \
          pause annotation"
        ]
    );
}
