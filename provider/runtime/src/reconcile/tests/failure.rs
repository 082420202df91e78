//! Steps that fail, and when they are tried again.

use goldenpath_provider_core::{Backoff, Fault, FaultKind, Observation, Readiness};
use prometheus_client::registry::Registry;
use serde_json::json;

use super::*;
use crate::testing::{present, thing};
use crate::{Metrics, UpjetMetrics};

#[tokio::test]
async fn a_failed_connection_leaves_readiness_as_it_was() {
    let was = json!({"status": {"conditions": [available(), synced()], "observedGeneration": 1}});
    let mut scene = Scene::<true>::of(&created(&was));
    scene.world().connect = Err(Fault::user("CredentialsInvalid", "no such key"));
    scene.reconcile().await;
    assert_eq!(scene.events(), ["Warning CannotConnectToProvider: no such key"]);
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
async fn a_failed_observation_backs_off_whatever_the_poll_interval() {
    let often = json!({"metadata": {"annotations": {"crossplane.io/poll-interval": "1h"}}});
    let mut scene = Scene::<true>::of(&created(&often));
    scene.world().observe = Err(Fault::transient("Unavailable", "no answer"));
    assert_about(scene.reconcile().await, 1);
    assert_about(scene.reconcile().await, 2);
    assert_eq!(scene.events()[0], "Warning CannotObserveExternalResource: no answer");
}

#[tokio::test]
async fn a_finalizer_that_cannot_be_added_is_reported_in_the_condition_only() {
    let mut scene = Scene::<true>::of(&thing(&json!({}))).seeing(present(Readiness::Available));
    scene.api.fail(METADATA, 500);
    assert_about(scene.reconcile().await, 1);
    assert_eq!(scene.events(), [""; 0]);
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
async fn the_same_failure_twice_writes_the_status_once_and_backs_off() {
    let mut scene = Scene::<true>::of(&thing(&json!({})));
    scene.world().observe = Err(Fault::transient("Unavailable", "no answer"));
    assert_about(scene.reconcile().await, 1);
    assert_eq!(writes(&scene), [USAGE, STATUS]);
    assert_about(scene.reconcile().await, 2);
    assert_eq!(writes(&scene), [""; 0]);
    assert_eq!(
        scene.stored()["status"],
        status(
            &[failed("observe failed: no answer")],
            &json!({"problem": {"code": "Unavailable", "message": "no answer"}})
        )
    );
}

/// The service does not answer for 25 seconds: that says nothing about a resource that could be used before.
#[tokio::test]
async fn an_outage_leaves_what_is_available_ready_and_is_reported_as_passing() {
    let mut scene = Scene::<true>::of(&created(&json!({}))).seeing(present(Readiness::Available));
    scene.reconcile().await;
    let ready = scene.stored()["status"]["conditions"][0].clone();
    assert_eq!(ready, available());

    scene.world().observe = Err(Fault::transient("AwsUnavailable", "no answer"));
    let mut lasted = Duration::ZERO;
    while lasted < Duration::from_secs(25) {
        lasted += scene.reconcile().await.unwrap();
        let problem = json!({"code": "AwsUnavailable", "message": "no answer", "waiting": true});
        let told = status(
            &[available(), failed("observe failed: no answer")],
            &json!({"seen": "yes", "problem": problem}),
        );
        assert_eq!(scene.stored()["status"], told);
    }

    scene.world().observe = Ok(present(Readiness::Available));
    assert_about(scene.reconcile().await, 600);
    assert_eq!(scene.stored()["status"], status(&[available(), synced()], &json!({"seen": "yes"})));
}

#[tokio::test]
async fn an_outage_while_a_resource_is_made_is_a_problem() {
    let mut scene =
        Scene::<true>::of(&created(&json!({}))).seeing(present(Readiness::Creating(String::new())));
    scene.reconcile().await;
    scene.world().observe = Err(Fault::transient("AwsUnavailable", "no answer"));
    scene.reconcile().await;
    let problem = json!({"code": "AwsUnavailable", "message": "no answer"});
    assert_eq!(scene.stored()["status"]["problem"], problem);
}

#[tokio::test]
async fn a_conflict_of_the_external_side_is_silent() {
    let mut scene = Scene::<true>::of(&thing(&json!({})));
    scene.world().observe = Err(Fault::new(FaultKind::Conflict, "Conflict", "changed meanwhile"));
    scene.reconcile().await;
    assert_eq!(writes(&scene), [USAGE]);
    assert_eq!(scene.events(), [""; 0]);
}

#[tokio::test]
async fn a_panic_is_reported_without_its_words() {
    let mut scene = Scene::<true>::of(&thing(&json!({})));
    let mut registry = Registry::default();
    scene.context.runtime.metrics = Metrics::new(&mut registry, UpjetMetrics::Omitted);
    scene.world().panics = true;
    scene.reconcile().await;
    let mut page = String::new();
    prometheus_client::encoding::text::encode(&mut page, &registry).unwrap();
    let counted = page.lines().find(|line| line.starts_with("controller_runtime_reconcile_panics_total{"));
    assert!(counted.is_some_and(|line| line.ends_with("} 1")), "{counted:?}");
    let message = "the provider has a bug: a handler panicked; see the provider's log and report it";
    assert_eq!(scene.events(), [format!("Warning CannotObserveExternalResource: {message}")]);

    scene.world().panics = false;
    scene.reconcile().await;
    assert_eq!(scene.calls(), ["observe", "observe", "create"], "the next reconcile goes on");
}

fn throttled() -> Fault {
    Fault::new(FaultKind::Throttled, "AWSThrottled", "AWS asks for fewer calls")
}

#[tokio::test]
async fn a_throttled_object_keeps_its_conditions_and_is_reported_with_the_third_attempt() {
    let was = json!({"status": {"conditions": [available(), synced()], "observedGeneration": 1}});
    let mut scene = Scene::<true>::of(&created(&was));
    scene.world().observe = Err(throttled());
    for seconds in [1, 2] {
        assert_about(scene.reconcile().await, seconds);
        assert_eq!(scene.stored()["status"], was["status"], "throttling says nothing about the object");
    }
    assert_eq!((writes(&scene), scene.events()), (vec![USAGE.to_owned()], vec![]));

    assert_about(scene.reconcile().await, 4);
    assert_eq!(scene.events(), ["Warning CannotObserveExternalResource: AWS asks for fewer calls"]);
    let told = failed("observe failed: AWS asks for fewer calls");
    assert_eq!(scene.stored()["status"]["conditions"], json!([available(), told]));

    let mut scene = scene.seeing(present(Readiness::Available));
    scene.reconcile().await;
    scene.world().observe = Err(throttled());
    assert_about(scene.reconcile().await, 1);
    assert_eq!(
        scene.stored()["status"]["conditions"],
        json!([available(), synced()]),
        "in a row, not in all"
    );
}

#[tokio::test]
async fn throttling_neither_adds_to_failures_nor_forgets_them() {
    let mut scene = Scene::<true>::of(&created(&json!({})));
    scene.world().observe = Err(Fault::transient("Unavailable", "no answer"));
    assert_about(scene.reconcile().await, 1);
    assert_about(scene.reconcile().await, 2);
    scene.world().observe = Err(throttled());
    assert_about(scene.reconcile().await, 1);
    scene.world().observe = Err(Fault::transient("Unavailable", "no answer"));
    assert_about(scene.reconcile().await, 4);
}

#[tokio::test]
async fn a_request_to_reconcile_that_is_throttled_is_answered_once() {
    let asked = json!({"metadata": {"annotations": {"crossplane.io/reconcile-requested-at": "t1"}}});
    let mut scene = Scene::<true>::of(&created(&asked));
    scene.world().observe = Err(throttled());
    scene.reconcile().await;
    scene.reconcile().await;
    assert_eq!(scene.events(), ["Normal ReconcileRequestHandled: Handling reconcile request"]);
}

#[tokio::test]
async fn what_a_person_has_to_mend_is_tried_ever_more_seldom_until_something_changes() {
    let mut scene = Scene::<true>::of(&thing(&json!({})));
    scene.world().create = Err(Fault::user("AccessDenied", "not allowed"));
    for seconds in [1, 5, 25, 125, 600, 600] {
        let delay = scene.reconcile().await.unwrap().as_secs_f64();
        let expected = Duration::from_secs(seconds).as_secs_f64();
        assert!((expected..=1.11 * expected).contains(&delay), "{delay} is not about {expected}");
    }
    assert_eq!(scene.calls().iter().filter(|call| **call == "create").count(), 6);
    scene.context.local_states.reset_backoff(&serde_json::from_value(scene.stored()).unwrap());
    assert!(scene.reconcile().await.unwrap() < Duration::from_secs(2));
}

/// What a histogram of the thing's has counted.
fn counted(registry: &Registry, histogram: &str) -> String {
    let mut page = String::new();
    prometheus_client::encoding::text::encode(&mut page, registry).unwrap();
    let name = format!("crossplane_managed_resource_{histogram}_count");
    let line = page.lines().find(|line| line.starts_with(&name));
    line.and_then(|line| line.rsplit_once(' '))
        .map_or_else(|| "none".to_owned(), |(_, count)| count.to_owned())
}

#[tokio::test]
async fn the_first_reconcile_is_measured_once_whatever_becomes_of_it() {
    for first in [Ok(Observation::Absent), Err(throttled()), Err(Fault::transient("X", "no answer"))] {
        let mut scene = Scene::<true>::of(&thing(&json!({})));
        let mut registry = Registry::default();
        scene.context.runtime.metrics = Metrics::new(&mut registry, UpjetMetrics::Omitted);
        scene.world().observe = first;
        scene.reconcile().await;
        assert_eq!(counted(&registry, "first_time_to_reconcile_seconds"), "1");
        let mut scene = scene.seeing(present(Readiness::Available));
        scene.reconcile().await;
        scene.reconcile().await;
        assert_eq!(counted(&registry, "first_time_to_reconcile_seconds"), "1");
        assert_eq!(counted(&registry, "first_time_to_readiness_seconds"), "1");
    }

    let mut scene = Scene::<true>::of(&created(&json!({"status": {"conditions": [synced()]}})));
    let mut registry = Registry::default();
    scene.context.runtime.metrics = Metrics::new(&mut registry, UpjetMetrics::Omitted);
    scene.reconcile().await;
    assert_eq!(
        counted(&registry, "first_time_to_reconcile_seconds"),
        "none",
        "another process saw the first"
    );
}

#[tokio::test(start_paused = true)]
async fn a_look_that_does_not_end_is_given_up_and_reported() {
    let mut scene = Scene::<true>::of(&created(&json!({})));
    scene.world().hangs = "observe";
    let begun = tokio::time::Instant::now();
    assert_about(scene.reconcile().await, 1);
    assert_eq!(begun.elapsed().as_secs(), 60);
    let told = failed("observe failed: no answer within 60s");
    assert_eq!(scene.stored()["status"]["conditions"], json!([told]));
}

/// The versions of a cluster that is restored from a backup are older than what this process remembers.
#[tokio::test]
async fn a_cluster_that_is_restored_from_a_backup_is_believed_at_the_first_conflict() {
    let mut scene = Scene::<true>::of(&thing(&json!({}))).seeing(present(Readiness::Available));
    let backup = scene.stored();
    scene.reconcile().await;
    let made_after =
        json!({"metadata": {"finalizers": [FINALIZER], "annotations": {"crossplane.io/external-name": "x"}}});
    let mut before = backup;
    crate::testing::api::merge(&mut before, &made_after);
    scene.api.restore("things/x", before);
    scene.world().observe = Ok(Observation::Absent);
    scene.reconcile().await;
    assert_eq!(scene.calls(), ["observe", "observe"], "the record of Create is refused");
    scene.reconcile().await;
    assert_eq!(scene.calls(), ["observe", "create"]);
}
