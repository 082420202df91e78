//! Steps 4 and 12: an object that is being deleted.

use goldenpath_provider_core::{Event, Fault, Observation, Readiness};
use serde_json::json;

use super::*;
use crate::testing::{present, thing};

fn deleted(extra: &Value) -> Value {
    let mut thing = created(&json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:59Z"}}));
    crate::testing::api::merge(&mut thing, extra);
    thing
}

fn deleting(message: Option<&str>) -> Value {
    condition("Ready", "False", "Deleting", message)
}

#[tokio::test]
async fn a_deleted_object_takes_its_external_resource_with_it() {
    let mut scene = Scene::<true>::of(&deleted(&json!({}))).seeing(present(Readiness::Available));
    let delay = scene.reconcile().await;
    assert_eq!(scene.calls(), ["observe", "delete"]);
    assert_eq!(writes(&scene), [USAGE, STATUS]);
    assert_eq!(scene.stored()["status"], status(&[deleting(None), synced()], &json!({"seen": "yes"})));
    assert_eq!(
        scene.events(),
        ["Normal DeletedExternalResource: Successfully requested deletion of external resource"]
    );
    assert_eq!(delay, Some(Duration::from_millis(250)));

    scene.world().observe = Ok(present(Readiness::Deleting));
    assert_about(scene.reconcile().await, 1);
    assert_about(scene.reconcile().await, 2);
    assert_eq!(scene.calls(), ["observe", "observe"], "what is being removed is not removed twice");
    assert_eq!(scene.events(), [""; 0]);

    scene.world().observe = Ok(Observation::Absent);
    assert_eq!(scene.reconcile().await, None);
    assert_eq!(scene.api.get("things/x"), None, "the finalizer is gone");
    assert_eq!(scene.api.get("providerconfigusages/u-1"), None, "and the configuration is let go after it");
}

#[tokio::test]
async fn what_was_asked_to_go_is_not_waited_for_because_it_is_young() {
    let young = json!({"metadata": {"annotations": {"crossplane.io/external-create-succeeded": "2026-01-01T00:00:50Z"}}});
    let mut scene = Scene::<true>::of(&deleted(&young)).seeing(Observation::Absent);
    assert_about(scene.reconcile().await, 1);
    assert_eq!(
        scene.events(),
        ["Normal PendingExternalResource: Waiting for external resource existence to be confirmed"]
    );

    scene.world().observe = Ok(present(Readiness::Available));
    scene.reconcile().await;
    scene.world().observe = Ok(Observation::Absent);
    assert_eq!(scene.reconcile().await, None);
    assert_eq!(scene.calls(), ["observe", "observe", "delete", "observe"]);
    assert_eq!(
        scene.api.get("things/x"),
        None,
        "it was there and was asked to go, so its absence is no delay"
    );
}

#[tokio::test]
async fn one_answer_that_it_is_gone_lets_nothing_go() {
    let vanished = || Observation::Vanished(Fault::user("ExternallyDeleted", "somebody removed it"));
    let mut scene = Scene::<true>::of(&deleted(&json!({}))).seeing(vanished());
    assert_about(scene.reconcile().await, 1);
    assert_eq!(
        scene.events(),
        ["Normal PendingExternalResource: Waiting for external resource existence to be confirmed"]
    );
    // It was a mistake.
    scene.world().observe = Ok(present(Readiness::Available));
    scene.reconcile().await;
    assert_eq!(scene.calls(), ["observe", "observe", "delete"]);

    let mut scene = Scene::<true>::of(&deleted(&json!({}))).seeing(vanished());
    scene.reconcile().await;
    scene.context.runtime.options.clock = || "2026-01-01T00:01:19Z".parse().unwrap();
    assert!(scene.reconcile().await.is_some(), "19 seconds later");
    scene.context.runtime.options.clock = || "2026-01-01T00:01:20Z".parse().unwrap();
    assert_eq!(scene.reconcile().await, None);
    assert_eq!(scene.api.get("things/x"), None);
}

#[tokio::test]
async fn what_is_to_outlive_it_is_confirmed_first() {
    let gone = json!({"status": {"conditions": [deleting(None)]}});
    let mut scene = Scene::<true>::of(&deleted(&gone)).seeing(Observation::Absent);
    scene.world().removal = Err(Fault::waiting("WaitingForSnapshot", "its snapshot is being taken"));
    assert_about(scene.reconcile().await, 1);
    assert!(scene.api.get("things/x").is_some(), "it is kept");
    assert_eq!(scene.events(), [""; 0]);

    scene.world().removal = Ok(Some(Event::normal("FinalSnapshotTaken", "The final snapshot is s")));
    assert_eq!(scene.reconcile().await, None);
    assert_eq!(scene.api.get("things/x"), None);
    assert_eq!(scene.events(), ["Normal FinalSnapshotTaken: The final snapshot is s"]);
}

#[tokio::test]
async fn a_failed_delete_is_reported() {
    let mut scene = Scene::<true>::of(&deleted(&json!({}))).seeing(present(Readiness::Available));
    scene.world().delete = Err(Fault::user("DeletionProtected", "deletion protection is on"));
    assert_about(scene.reconcile().await, 1);
    assert_eq!(scene.events(), ["Warning CannotDeleteExternalResource: deletion protection is on"]);
    assert_eq!(
        scene.stored()["status"],
        status(
            &[deleting(None), failed("delete failed: deletion protection is on")],
            &json!({"seen": "yes", "problem": {"code": "DeletionProtected", "message": "deletion protection is on"}}),
        )
    );
}

/// Observe says that it is available, and then its deletion is refused: every time, and worth no write.
#[tokio::test]
async fn what_may_not_be_deleted_costs_no_writes_while_it_stays() {
    let mut scene = Scene::<true>::of(&deleted(&json!({}))).seeing(present(Readiness::Available));
    scene.world().delete = Err(Fault::user("DeletionProtected", "deletion protection is on"));
    scene.reconcile().await;
    assert_eq!(writes(&scene), ["PATCH providerconfigusages/u-1", "PATCH things/x/status"]);
    scene.context.runtime.options.clock = || "2031-01-01T00:00:00Z".parse().unwrap();
    scene.reconcile().await;
    assert_eq!(writes(&scene), [""; 0]);
}

#[tokio::test]
async fn finalizers_of_others_come_first() {
    let held = json!({"metadata": {"finalizers": [FINALIZER, "foregroundDeletion"]}});
    let mut scene = Scene::<true>::of(&deleted(&held)).seeing(present(Readiness::Available));
    scene.reconcile().await;
    assert_eq!(scene.calls(), ["observe"]);
    assert_eq!(
        scene.stored()["status"],
        status(
            &[deleting(Some("waiting for finalizers: foregroundDeletion")), synced()],
            &json!({"seen": "yes"})
        )
    );
}

#[tokio::test]
async fn what_is_not_ours_is_let_go_untouched() {
    let foreign = Observation::Foreign(Fault::user("NotOwned", "belongs to somebody else"));
    let mut scene = Scene::<true>::of(&deleted(&json!({}))).seeing(foreign);
    assert_eq!(scene.reconcile().await, None);
    assert_eq!(scene.calls(), ["observe"]);
    assert_eq!(scene.api.get("things/x"), None);
}

#[tokio::test]
async fn an_orphan_is_let_go_without_a_connection() {
    let orphan = json!({"spec": {"managementPolicies": ["Observe", "Create", "Update"]}});
    let mut scene = Scene::<true>::of(&deleted(&orphan));
    scene.world().connect = Err(Fault::user("CredentialsInvalid", "no such key"));
    assert_eq!(scene.reconcile().await, None);
    assert_eq!(scene.calls(), [""; 0]);
    assert_eq!(writes(&scene), [METADATA]);
    assert_eq!(scene.api.get("things/x"), None);
}

#[tokio::test]
async fn a_failed_observation_keeps_the_finalizer() {
    let mut scene = Scene::<true>::of(&deleted(&json!({})));
    scene.world().observe = Err(Fault::user("AccessDenied", "may not describe"));
    scene.reconcile().await;
    assert_eq!(scene.stored()["metadata"]["finalizers"], json!([FINALIZER]));
}

#[tokio::test]
async fn a_finalizer_that_cannot_be_removed_is_reported_in_the_condition_only() {
    let mut scene = Scene::<true>::of(&deleted(&json!({})));
    scene.api.fail(METADATA, 500);
    assert_about(scene.reconcile().await, 1);
    assert_eq!(scene.events(), [""; 0]);
    let problem = json!({"problem": {"code": "KubernetesApiFailed", "message": "InternalError"}});
    let synced = failed("cannot update object: InternalError");
    assert_eq!(scene.stored()["status"], status(&[deleting(None), synced], &problem));
}

#[tokio::test]
async fn a_namespace_that_is_being_deleted_is_no_obstacle() {
    let mut scene = Scene::<true>::of(&deleted(&json!({}))).seeing(present(Readiness::Available));
    scene.api.fail_because(USAGE, 403, "NamespaceTerminating");
    scene.reconcile().await;
    assert_eq!(scene.calls(), ["observe", "delete"]);
}

#[tokio::test]
async fn another_refusal_of_a_usage_is_reported_even_while_the_object_is_deleted() {
    let mut scene = Scene::<true>::of(&deleted(&json!({}))).seeing(present(Readiness::Available));
    scene.api.fail(USAGE, 403);
    assert_about(scene.reconcile().await, 1);
    assert_eq!(scene.calls(), [""; 0]);
    let told = "Warning CannotConnectToProvider: cannot apply ProviderConfigUsage: Forbidden; grant the provider's \
                service account what is missing";
    assert_eq!(scene.events(), [told]);
}

#[tokio::test]
async fn a_usage_that_would_block_the_deletion_of_its_owner_is_put_right_when_the_owner_is_deleted() {
    let mut scene = Scene::<true>::of(&deleted(&json!({}))).seeing(present(Readiness::Deleting));
    scene.reconcile().await;
    let mut usage = scene.api.get("providerconfigusages/u-1").unwrap();
    usage["metadata"]["ownerReferences"][0]["blockOwnerDeletion"] = json!(true);
    scene.api.put(usage);

    let mut restarted = Scene::<true>::restarted(scene.api.clone()).seeing(present(Readiness::Deleting));
    restarted.reconcile().await;
    let usage = restarted.api.get("providerconfigusages/u-1").unwrap();
    assert_eq!(usage["metadata"]["ownerReferences"][0]["blockOwnerDeletion"], json!(false));
}

#[tokio::test]
async fn a_usage_is_put_right_once_more_when_other_finalizers_are_gone() {
    let mut scene = Scene::<true>::of(&deleted(&json!({"metadata": {"finalizers": [FINALIZER, "orphan"]}})))
        .seeing(present(Readiness::Available));
    scene.reconcile().await;
    assert_eq!(scene.calls(), ["observe"]);

    // What the garbage collector does to an object that is deleted as an orphan.
    let mut usage = scene.api.get("providerconfigusages/u-1").unwrap();
    usage["metadata"]["ownerReferences"] = json!([]);
    scene.api.put(usage);
    let mut managed = scene.stored();
    managed["metadata"]["finalizers"] = json!([FINALIZER]);
    scene.api.put(managed);
    scene.reconcile().await;
    let usage = scene.api.get("providerconfigusages/u-1").unwrap();
    assert_eq!(usage["metadata"]["ownerReferences"][0]["uid"], json!("u-1"));
}

#[tokio::test]
async fn a_paused_object_stays_even_when_deleted() {
    let paused = json!({"metadata": {"annotations": {"crossplane.io/paused": "true"}}});
    let mut scene = Scene::<true>::of(&deleted(&paused));
    assert_eq!(scene.reconcile().await, None);
    assert_eq!(scene.stored()["metadata"]["finalizers"], json!([FINALIZER]));
}

#[tokio::test]
async fn an_object_that_was_never_claimed_needs_no_write_to_go() {
    let held = json!({
        "metadata": {"deletionTimestamp": "2026-01-01T00:00:59Z", "finalizers": ["other"]},
        "spec": {"managementPolicies": ["Observe"]},
    });
    let mut scene = Scene::<true>::of(&thing(&held));
    assert_eq!(scene.reconcile().await, None);
    assert_eq!(writes(&scene), [""; 0]);
}
