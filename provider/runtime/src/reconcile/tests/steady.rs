//! Steps 1 to 3, 8 to 10, 13 and 16 to 20: a resource that exists, and objects that nothing is done for.

use goldenpath_provider_core::{Backoff, ChangeClass, Fault, Observation, Present, Readiness};
use serde_json::json;

use super::*;
use crate::ConfigGroup;
use crate::testing::{drifted, present, thing};

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
    assert_eq!(scene.told(), [""; 0]);
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
async fn drift_is_put_back_and_its_effect_looked_at() {
    let mut scene = Scene::<true>::of(&created(&json!({}))).seeing(drifted(ChangeClass::Immediate));
    assert_about(scene.reconcile().await, 1);
    assert_eq!(scene.calls(), ["observe", "update"]);
    assert_eq!(
        scene.told(),
        ["Normal UpdatedExternalResource: Successfully requested update of external resource: size: a -> b"]
    );
    assert_eq!(scene.stored()["status"], status(&[available(), synced()], &json!({"seen": "yes"})));
}

#[tokio::test]
async fn a_failed_update_is_told() {
    let mut scene = Scene::<true>::of(&created(&json!({}))).seeing(drifted(ChangeClass::Immediate));
    scene.world().update = Err(Fault::terminal("InvalidSpec", "no such size"));
    assert_about(scene.reconcile().await, 1);
    assert_eq!(scene.told(), ["Warning CannotUpdateExternalResource: no such size"]);
    assert_eq!(
        scene.stored()["status"],
        status(
            &[available(), failed("update failed: no such size")],
            &json!({"seen": "yes", "problem": {"code": "InvalidSpec", "message": "no such size"}}),
        )
    );

    scene.world().observe = Ok(present(Readiness::Available));
    scene.reconcile().await;
    assert_eq!(
        scene.stored()["status"],
        status(&[available(), synced()], &json!({"seen": "yes"})),
        "a success clears the problem"
    );
}

#[tokio::test]
async fn an_update_without_effect_is_not_repeated_for_ever() {
    let mut scene = Scene::<true>::of(&created(&json!({}))).seeing(drifted(ChangeClass::Immediate));
    for seconds in [1, 2, 4] {
        assert_about(scene.reconcile().await, seconds);
    }
    scene.calls();
    scene.told();
    assert_about(scene.reconcile().await, 600);
    assert_eq!(scene.calls(), ["observe"]);
    assert_eq!(scene.told(), ["Warning DiffNotConverging: update has no effect on: size: a -> b"]);
    let problem = json!({
        "code": "DiffNotConverging",
        "message": "update has no effect on: size: a -> b",
        "field": ".spec.forProvider.size",
        "remedy": "set the field to the observed value, or leave it out so that it is not managed",
    });
    assert_eq!(
        scene.stored()["status"],
        status(&[available(), synced()], &json!({"seen": "yes", "problem": problem})),
        "it can be used, so it stays Ready and Synced"
    );

    writes(&scene);
    assert_about(scene.reconcile().await, 600);
    assert_eq!((scene.told(), writes(&scene)), (vec![], vec![]), "told once");

    let mut scene = scene.seeing(present(Readiness::Available));
    scene.reconcile().await;
    assert_eq!(scene.stored()["status"], status(&[available(), synced()], &json!({"seen": "yes"})));
}

#[tokio::test]
async fn a_change_that_would_replace_the_resource_is_refused_and_told() {
    let mut scene = Scene::<true>::of(&created(&json!({}))).seeing(drifted(ChangeClass::Refused));
    scene.reconcile().await;
    assert_eq!(scene.calls(), ["observe"]);
    let refusal = "refuse to update the external resource because the following update requires replacing it: \
                   cannot change the value of the argument \"size\" from \"a\" to \"b\"";
    let remedy = "set size back to \"a\", or make a new resource";
    assert_eq!(
        scene.stored()["status"],
        status(
            &[available(), failed(&format!("update failed: {refusal}; {remedy}"))],
            &json!({"seen": "yes", "problem": {
                "code": "ReplacementRefused", "message": refusal, "field": ".spec.forProvider.size", "remedy": remedy,
            }}),
        )
    );
}

#[tokio::test]
async fn drift_that_may_not_be_put_back_is_left() {
    let observed = json!({"spec": {"managementPolicies": ["Observe"]}});
    let mut scene = Scene::<true>::of(&created(&observed)).seeing(drifted(ChangeClass::Immediate));
    assert_about(scene.reconcile().await, 600);
    assert_eq!(scene.calls(), ["observe"]);
    assert_eq!(scene.stored()["status"], status(&[available(), synced()], &json!({"seen": "yes"})));
}

#[tokio::test]
async fn an_existing_resource_is_claimed_before_anything_else() {
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
async fn only_looking_at_what_is_missing_is_told() {
    let observed = json!({"spec": {"managementPolicies": ["Observe"]}});
    let mut scene = Scene::<true>::of(&thing(&observed));
    assert_about(scene.reconcile().await, 600);
    let words = "external resource does not exist; create it, or allow Create in .spec.managementPolicies";
    assert_eq!(scene.told(), [format!("Warning CannotObserveExternalResource: {words}")]);
    assert_eq!(
        scene.stored()["status"],
        status(
            &[
                condition("Ready", "False", "Unavailable", Some(words)),
                failed(&format!("observe failed: {words}")),
            ],
            &json!({"problem": {
                "code": "ExternalResourceMissing", "message": "external resource does not exist",
                "field": ".spec.managementPolicies",
                "remedy": "create it, or allow Create in .spec.managementPolicies",
            }}),
        )
    );
}

#[tokio::test]
async fn what_is_not_ours_is_told_and_never_touched() {
    let foreign = Observation::Foreign(Fault::user("NotOwned", "belongs to somebody else"));
    let mut scene = Scene::<true>::of(&thing(&json!({}))).seeing(foreign);
    assert_about(scene.reconcile().await, 1);
    assert_eq!(scene.calls(), ["observe"]);
    assert_eq!(writes(&scene), [USAGE, STATUS]);
    assert_eq!(scene.stored()["status"]["problem"]["code"], "NotOwned");
}

#[tokio::test]
async fn a_paused_object_is_told_once_and_left_alone() {
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
        scene.told(),
        [
            "Normal ReconciliationPaused: Reconciliation is paused either through the `spec.managementPolicies` or the \
          pause annotation"
        ]
    );
}

#[tokio::test]
async fn an_unsupported_set_of_policies_is_refused() {
    let refused = json!({"spec": {"managementPolicies": ["Update", "Create"]}});
    let mut scene = Scene::<true>::of(&thing(&refused));
    assert_eq!(scene.reconcile().await, None);
    let words = "`spec.managementPolicies` is set to a value([Create Update]) which is not supported. \
                 Check docs for supported policies";
    assert_eq!(scene.told(), [format!("Warning CannotUseInvalidManagementPolicy: {words}")]);
    assert_eq!(scene.stored()["status"]["conditions"], json!([failed(words)]));
}

#[tokio::test]
async fn a_failed_connection_leaves_readiness_as_it_was() {
    let was = json!({"status": {"conditions": [available(), synced()], "observedGeneration": 1}});
    let mut scene = Scene::<true>::of(&created(&was));
    scene.world().connect = Err(Fault::user("CredentialsInvalid", "no such key"));
    scene.reconcile().await;
    assert_eq!(scene.told(), ["Warning CannotConnectToProvider: no such key"]);
    let problem = json!({"problem": {"code": "CredentialsInvalid", "message": "no such key"}});
    assert_eq!(
        scene.stored()["status"],
        status(&[available(), failed("connect failed: no such key")], &problem)
    );
}

#[tokio::test]
async fn failures_back_off_as_the_configuration_says_even_where_connecting_fails() {
    let mut scene = Scene::<true>::of(&created(&json!({})));
    scene.world().connect = Err(Fault::transient("X", "no answer"));
    let backoff = Backoff { base: Duration::from_secs(5), cap: Duration::from_mins(1) };
    scene.world().backoff = Some(backoff);
    assert_about(scene.reconcile().await, 5);
    assert_about(scene.reconcile().await, 10);
    assert_about(scene.reconcile().await, 20);
    scene.world().backoff = None;
    assert_about(scene.reconcile().await, 8);
}

#[tokio::test]
async fn a_request_to_reconcile_is_answered_once() {
    let asked = json!({"metadata": {"annotations": {"crossplane.io/reconcile-requested-at": "t1"}}});
    let mut scene = Scene::<true>::of(&created(&asked)).seeing(present(Readiness::Available));
    scene.reconcile().await;
    scene.reconcile().await;
    assert_eq!(scene.stored()["status"]["lastHandledReconcileAt"], "t1");
    assert_eq!(scene.told(), ["Normal ReconcileRequestHandled: Handling reconcile request"]);
}

#[tokio::test]
async fn the_object_may_ask_for_its_own_poll_interval() {
    let often = json!({"metadata": {"annotations": {"crossplane.io/poll-interval": "1m30s"}}});
    let mut scene = Scene::<true>::of(&created(&often)).seeing(present(Readiness::Available));
    assert_about(scene.reconcile().await, 90);
}

#[tokio::test]
async fn connection_details_are_published_where_they_are_asked_for() {
    let asking = json!({"spec": {"writeConnectionSecretToRef": {"name": "c"}}});
    let mut scene = Scene::<true>::of(&created(&asking)).seeing(present(Readiness::Available));
    scene.reconcile().await;
    scene.reconcile().await;
    let secret = scene.api.get("secrets/c").unwrap();
    assert_eq!(secret["type"], "connection.crossplane.io/v1alpha1");
    assert_eq!(secret["data"], json!({"host": "aA=="}));
    assert_eq!(
        secret["metadata"]["ownerReferences"],
        json!([{
            "apiVersion": "test.goldenpath.io/v1", "kind": "Thing", "name": "x", "uid": "u-1",
            "controller": true, "blockOwnerDeletion": true,
        }])
    );
    assert_eq!(writes(&scene), [USAGE, "POST secrets", STATUS], "the second reconcile writes nothing");
}

#[tokio::test]
async fn a_secret_of_somebody_else_is_not_touched() {
    let asking = json!({"spec": {"writeConnectionSecretToRef": {"name": "c"}}});
    let mut scene = Scene::<true>::of(&created(&asking)).seeing(present(Readiness::Available));
    scene.api.put(json!({"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "c"}, "type": "Opaque"}));
    scene.reconcile().await;
    assert_eq!(
        scene.told(),
        [
            "Warning CannotPublishConnectionDetails: cannot create or update connection secret: refusing to modify uncontrolled secret of type \"Opaque\""
        ]
    );
    assert_eq!(writes(&scene), [USAGE, STATUS]);
}

#[tokio::test]
async fn a_failed_observation_backs_off_whatever_the_poll_interval() {
    let often = json!({"metadata": {"annotations": {"crossplane.io/poll-interval": "1h"}}});
    let mut scene = Scene::<true>::of(&created(&often));
    scene.world().observe = Err(Fault::transient("Unavailable", "no answer"));
    assert_about(scene.reconcile().await, 1);
    assert_about(scene.reconcile().await, 2);
    assert_eq!(scene.told()[0], "Warning CannotObserveExternalResource: no answer");
}

#[tokio::test]
async fn the_usage_is_recorded_before_the_connection_is_made() {
    let mut scene = Scene::<true>::of(&thing(&json!({})));
    scene.world().connect = Err(Fault::user("ProviderConfigMissing", "no such ProviderConfig"));
    scene.reconcile().await;
    assert_eq!(writes(&scene), [USAGE, STATUS]);
    assert_eq!(scene.calls(), [""; 0]);
}

#[tokio::test]
async fn a_finalizer_that_cannot_be_added_is_told_in_the_condition_only() {
    let mut scene = Scene::<true>::of(&thing(&json!({}))).seeing(present(Readiness::Available));
    scene.api.fail(METADATA, 500);
    assert_about(scene.reconcile().await, 1);
    assert_eq!(scene.told(), [""; 0]);
    assert_eq!(
        scene.stored()["status"]["conditions"],
        json!([available(), failed("cannot update object: InternalError")])
    );
}

#[tokio::test]
async fn a_status_that_cannot_be_written_is_tried_again() {
    let mut scene = Scene::<true>::of(&created(&json!({}))).seeing(present(Readiness::Available));
    scene.api.fail(STATUS, 500);
    assert_about(scene.reconcile().await, 1);
    assert_about(scene.reconcile().await, 600);
    assert_eq!(scene.stored()["status"], status(&[available(), synced()], &json!({"seen": "yes"})));
}

#[tokio::test]
async fn a_request_to_reconcile_is_answered_by_a_failure_too() {
    let asked = json!({"metadata": {"annotations": {"crossplane.io/reconcile-requested-at": "t1"}}});
    let mut scene = Scene::<true>::of(&created(&asked));
    scene.world().observe = Err(Fault::transient("Unavailable", "no answer"));
    scene.reconcile().await;
    assert_eq!(scene.stored()["status"]["lastHandledReconcileAt"], "t1");
}

#[tokio::test]
async fn a_provider_without_configurations_records_no_usage() {
    let mut scene = Scene::<true>::of(&thing(&json!({}))).seeing(present(Readiness::Available));
    scene.context.runtime.options.config_group = ConfigGroup::none();
    scene.reconcile().await;
    assert_eq!(writes(&scene), [METADATA, STATUS]);
}
