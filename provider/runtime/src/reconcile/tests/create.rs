//! Steps 5 to 15: a resource that does not exist.

use goldenpath_provider_core::{Fault, Observation, Readiness};
use serde_json::json;

use super::*;
use crate::testing::{NOW, present, thing};

#[tokio::test]
async fn an_absent_resource_is_created_with_one_write_before_and_one_after() {
    let mut scene = Scene::<true>::of(&thing(&json!({})));
    let delay = scene.reconcile().await;

    assert_eq!(scene.calls(), ["observe", "create"]);
    let all = scene.api.writes();
    let requests: Vec<_> = all.iter().map(|w| w.request.as_str()).collect();
    assert_eq!(requests, [USAGE, METADATA, METADATA], "and the status with what the next look tells");
    assert_eq!(
        all[1].body,
        json!({"metadata": {
            "resourceVersion": "1",
            "finalizers": [FINALIZER],
            "annotations": {"crossplane.io/external-name": "x", "crossplane.io/external-create-pending": NOW},
        }}),
        "finalizer, name and record are durable at once, before Create"
    );
    assert_eq!(
        all[2].body,
        json!({"metadata": {"annotations": {
            "crossplane.io/external-name": "x", "crossplane.io/external-create-succeeded": NOW,
        }}}),
        "the end of Create is stored whatever others have written"
    );
    assert_eq!(
        scene.events(),
        ["Normal CreatedExternalResource: Successfully requested creation of external resource"]
    );
    assert_eq!(delay, Some(Duration::from_millis(250)));
}

#[tokio::test]
async fn the_status_after_create_is_written_with_the_next_look() {
    let creating = || condition("Ready", "False", "Creating", None);
    for (seen, expected) in [
        (Observation::Absent, status(&[creating(), synced()], &json!({}))),
        (
            present(Readiness::Creating(String::new())),
            status(&[creating(), synced()], &json!({"seen": "yes"})),
        ),
        (present(Readiness::Available), status(&[available(), synced()], &json!({"seen": "yes"}))),
    ] {
        let mut scene = Scene::<true>::of(&thing(&json!({})));
        scene.reconcile().await;
        writes(&scene);
        let mut scene = scene.seeing(seen);
        scene.reconcile().await;
        assert_eq!(writes(&scene), [STATUS]);
        assert_eq!(scene.stored()["status"], expected);
    }
}

#[tokio::test]
async fn a_status_held_back_is_not_lost_when_the_next_look_fails() {
    let mut scene = Scene::<true>::of(&thing(&json!({})));
    scene.reconcile().await;
    scene.world().observe = Err(Fault::transient("Unavailable", "no answer"));
    scene.reconcile().await;
    let creating = condition("Ready", "False", "Creating", None);
    assert_eq!(
        scene.stored()["status"]["conditions"],
        json!([creating, failed("observe failed: no answer")])
    );
}

#[tokio::test(start_paused = true)]
async fn details_that_only_create_reports_are_written_however_long_it_takes() {
    let asking = json!({"spec": {"writeConnectionSecretToRef": {"name": "c"}}});
    let mut scene = Scene::<true>::of(&thing(&asking));
    scene.api.fail_after(2, "secrets", 500);
    for _ in 0..8 {
        scene.api.fail("secrets", 503);
    }
    let begun = tokio::time::Instant::now();
    scene.reconcile().await;
    assert_eq!(scene.api.get("secrets/c").unwrap()["data"], json!({"password": "cA=="}));
    assert!(begun.elapsed() > Duration::from_millis(500), "after {:?}", begun.elapsed());
    assert_eq!(scene.calls(), ["observe", "create"]);
}

#[tokio::test]
async fn a_failed_create_is_recorded_and_reported() {
    let mut scene = Scene::<true>::of(&thing(&json!({})));
    scene.world().create =
        Err(Fault::terminal("InvalidSpec", "no such class").at(".spec.x").remedy("choose another"));
    let delay = scene.reconcile().await;

    assert_eq!(scene.calls(), ["observe", "create"]);
    let stored = scene.stored();
    assert_eq!(stored["metadata"]["annotations"]["crossplane.io/external-create-failed"], NOW);
    assert_eq!(
        stored["status"],
        status(
            &[
                condition("Ready", "False", "Creating", None),
                failed("create failed: no such class; choose another"),
            ],
            &json!({"problem": {
                "code": "InvalidSpec", "message": "no such class", "field": ".spec.x", "remedy": "choose another",
            }}),
        )
    );
    assert_eq!(scene.events(), ["Warning CannotCreateExternalResource: no such class; choose another"]);
    assert_about(delay, 1);
}

#[tokio::test]
async fn waiting_for_inputs_leaves_no_trace_of_an_attempt() {
    let mut scene = Scene::<true>::of(&thing(&json!({})));
    scene.world().prepare = Err(Fault::waiting("SecretNotReady", "waiting for Secret s"));
    let delay = scene.reconcile().await;

    assert_eq!(scene.calls(), ["observe"]);
    assert_eq!(writes(&scene), [USAGE, STATUS], "no annotation, no finalizer");
    assert_eq!(
        scene.stored()["status"],
        status(
            &[
                condition("Ready", "False", "Creating", Some("waiting for Secret s")),
                failed("waiting for Secret s"),
            ],
            &json!({"problem": {"code": "SecretNotReady", "message": "waiting for Secret s", "waiting": true}}),
        )
    );
    assert_eq!(scene.events(), [""; 0]);
    assert_about(delay, 1);
}

#[tokio::test]
async fn create_is_not_called_when_another_writer_was_faster() {
    let mut scene = Scene::<true>::of(&thing(&json!({})));
    scene.api.fail(METADATA, 409);
    let delay = scene.reconcile().await;

    assert_eq!(scene.calls(), ["observe"]);
    assert_eq!(writes(&scene), [USAGE], "and nothing is told");
    assert_eq!(scene.events(), [""; 0]);
    assert!(delay.unwrap() < Duration::from_millis(200));
}

#[tokio::test]
async fn create_is_not_called_for_what_somebody_else_has_changed_meanwhile() {
    let scene = Scene::<true>::of(&thing(&json!({})));
    let watched = serde_json::from_value(scene.stored()).unwrap();
    scene.api.put(thing(&json!({"metadata": {"labels": {"a": "b"}}})));
    crate::reconcile::reconcile(&watched, &scene.context).await;
    assert_eq!(scene.calls(), ["observe"]);
}

#[tokio::test]
async fn create_is_not_called_when_its_record_cannot_be_written() {
    let mut scene = Scene::<true>::of(&thing(&json!({})));
    scene.api.fail(METADATA, 500);
    scene.reconcile().await;

    assert_eq!(scene.calls(), ["observe"]);
    assert_eq!(
        scene.events(),
        ["Warning CannotUpdateManagedResource: cannot update managed resource: InternalError"]
    );
    let problem = json!({"problem": {"code": "KubernetesApiFailed", "message": "InternalError"}});
    let creating = condition("Ready", "False", "Creating", None);
    let synced = failed("cannot update managed resource: InternalError");
    assert_eq!(scene.stored()["status"], status(&[creating, synced], &problem));
}

#[tokio::test(start_paused = true)]
async fn the_end_of_create_is_stored_through_an_outage() {
    let mut scene = Scene::<true>::of(&thing(&json!({})));
    scene.api.fail_after(1, METADATA, 500);
    for _ in 0..6 {
        scene.api.fail(METADATA, 503);
    }
    scene.reconcile().await;
    let annotations = &scene.stored()["metadata"]["annotations"];
    assert_eq!(annotations["crossplane.io/external-create-succeeded"], NOW);
}

#[tokio::test(start_paused = true)]
async fn after_a_crash_during_create_the_next_process_adopts_what_was_made() {
    let mut scene = Scene::<true>::of(&thing(&json!({})));
    scene.world().hangs = "create";
    let crashed = tokio::time::timeout(Duration::from_mins(10), scene.reconcile()).await;
    assert!(crashed.is_err(), "Create is not cut off by the timeout of a reconcile");
    assert_eq!(scene.calls(), ["observe", "create"]);

    let mut scene = Scene::<true>::restarted(scene.api.clone()).seeing(present(Readiness::Available));
    scene.reconcile().await;
    assert_eq!(scene.calls(), ["observe"]);
    assert_eq!(
        scene.stored()["status"],
        status(&[condition("Ready", "True", "Available", None), synced()], &json!({"seen": "yes"}))
    );
}

#[tokio::test]
async fn a_kind_whose_names_are_not_known_before_stops_at_a_create_that_nobody_saw_end() {
    let pending = json!({"metadata": {"annotations": {"crossplane.io/external-create-pending": "2026-01-01T00:00:00Z"}}});
    let mut scene = Scene::<false>::of(&thing(&pending));
    let delay = scene.reconcile().await;

    let leak = "cannot determine creation result - remove the crossplane.io/external-create-pending annotation \
                if it is safe to proceed";
    assert_eq!(scene.calls(), [""; 0]);
    assert_eq!(scene.events(), [format!("Warning CannotInitializeManagedResource: {leak}")]);
    assert_eq!(
        scene.stored()["status"],
        status(
            &[condition("Ready", "False", "Creating", None), failed(leak)],
            &json!({"problem": {"code": "CreationUndetermined", "message": leak}}),
        )
    );
    assert_eq!(delay, None, "only a person can tell");
}

#[tokio::test]
async fn a_created_resource_that_is_not_visible_yet_is_waited_for_and_reported_once() {
    let succeeded = json!({"metadata": {"annotations": {"crossplane.io/external-create-succeeded": "2026-01-01T00:00:40Z"}}});
    let mut scene = Scene::<true>::of(&thing(&succeeded));
    assert_about(scene.reconcile().await, 1);
    assert_about(scene.reconcile().await, 2);

    assert_eq!(scene.calls(), ["observe", "observe"]);
    assert_eq!(writes(&scene), [USAGE], "no status is written");
    assert_eq!(
        scene.events(),
        ["Normal PendingExternalResource: Waiting for external resource existence to be confirmed"]
    );
}
