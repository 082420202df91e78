//! What happens to the object itself.

use super::*;

#[tokio::test(start_paused = true)]
async fn an_object_that_exists_is_looked_at_when_the_controller_starts() {
    let running = Running::with(&[thing(&json!({}))]);
    assert_eq!(running.looks_after(AT_ONCE).await, 1);
}

#[tokio::test(start_paused = true)]
async fn an_object_that_is_made_is_looked_at() {
    let running = Running::with(&[]);
    running.settle().await;
    running.scene.api.put(thing(&json!({})));
    assert_eq!(running.looks_after(AT_ONCE).await, 1);
    assert_eq!(
        running.looks_after(9 * MINUTE).await,
        0,
        "what the reconcile has written is no reason to look"
    );
}

#[tokio::test(start_paused = true)]
async fn a_changed_spec_is_looked_at_and_a_changed_status_is_not() {
    let running = Running::with(&[thing(&json!({}))]);
    running.settle().await;
    running.change("things/x", &json!({"status": {"seen": "by somebody else"}}));
    assert_eq!(running.looks_after(AT_ONCE).await, 0);
    running.change("things/x", &json!({"metadata": {"generation": 2}, "spec": {"size": "b"}}));
    assert_eq!(running.looks_after(AT_ONCE).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_request_does_not_wait_for_the_poll_or_for_the_backoff() {
    let running = Running::with(&[thing(&json!({}))]);
    running.settle().await;
    let ask =
        |token: &str| json!({"metadata": {"annotations": {"crossplane.io/reconcile-requested-at": token}}});
    running.change("things/x", &ask("1"));
    assert_eq!(running.looks_after(AT_ONCE).await, 1);

    running.scene.world().observe = Err(Fault::transient("X", "no answer"));
    running.change("things/x", &ask("2"));
    running.looks_after(2 * MINUTE).await;
    running.change("things/x", &ask("3"));
    assert_eq!(running.looks_after(AT_ONCE).await, 1);
}

#[tokio::test(start_paused = true)]
async fn the_finalizer_goes_after_the_external_resource_and_the_object_with_it() {
    let running = Running::with(&[in_sync("x")]);
    running.settle().await;
    running.change("things/x", &json!({"metadata": {"deletionTimestamp": "2026-01-01T00:01:00Z"}}));
    tokio::time::sleep(AT_ONCE).await;
    assert_eq!(running.scene.calls().last(), Some(&"delete"));

    running.scene.world().observe = Ok(goldenpath_provider_core::Observation::Absent);
    tokio::time::sleep(MINUTE).await;
    assert_eq!(running.scene.api.get("things/x"), None);
    running.scene.calls();
    assert_eq!(running.looks_after(20 * MINUTE).await, 0, "what is gone is not looked at");
}

#[tokio::test(start_paused = true)]
async fn finalizers_of_others_are_waited_for_without_asking_outside() {
    let mut leaving = in_sync("x");
    leaving["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:01:00Z");
    leaving["metadata"]["finalizers"] = json!([FINALIZER, "example.org/first"]);
    let running = Running::with(&[leaving]);
    running.settle().await;
    assert_eq!(running.scene.calls().iter().filter(|call| **call == "delete").count(), 0);
    running.change("things/x", &json!({"metadata": {"finalizers": [FINALIZER]}}));
    tokio::time::sleep(AT_ONCE).await;
    assert!(running.scene.calls().starts_with(&["observe", "delete"]));
}

#[tokio::test(start_paused = true)]
async fn a_trigger_is_a_reason_to_look_and_the_poll_stays() {
    let running = Running::with(&[thing(&json!({}))]);
    running.settle().await;
    let name = |name: &str| ObjectName { namespace: "n".into(), name: name.into() };
    running.triggers.send(name("x")).await.unwrap();
    running.triggers.send(name("not-there")).await.unwrap();
    assert_eq!(running.looks_after(AT_ONCE).await, 1);
    assert_eq!(running.looks_after(9 * MINUTE).await, 0);
    assert_eq!(running.looks_after(2 * MINUTE).await, 1, "the poll finds what a stream misses");
}

#[tokio::test(start_paused = true)]
async fn failures_are_retried_as_the_backoff_says_whatever_is_written_meanwhile() {
    let running = Running::with(&[]);
    running.settle().await;
    running.scene.world().observe = Err(Fault::transient("X", "no answer"));
    running.scene.api.put(thing(&json!({})));
    let began = Instant::now();
    let (mut gaps, mut last) = (Vec::new(), None::<Instant>);
    while began.elapsed() < 3 * MINUTE {
        for _ in 0..running.looks_after(Duration::from_millis(50)).await {
            gaps.extend(last.replace(Instant::now()).map(|last| last.elapsed().as_secs_f64()));
        }
    }
    gaps.truncate(7);
    for (gap, expected) in gaps.iter().zip([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0]) {
        assert!((gap - expected).abs() <= expected * 0.1 + 0.1, "{gaps:?}");
    }
    assert_eq!(gaps.len(), 7);
}

#[tokio::test(start_paused = true)]
async fn a_restart_is_no_herd_of_calls() {
    let mut things: Vec<_> = (0..200).map(|i| in_sync(&format!("x-{i}"))).collect();
    for thing in &mut things {
        thing["metadata"]["annotations"]["crossplane.io/poll-interval"] = json!("10m");
    }
    let running = Running::with(&things);
    let mut by_minute = Vec::new();
    for _ in 0..10 {
        by_minute.push(running.looks_after(MINUTE).await);
    }
    assert!(by_minute.iter().all(|looks| (4..50).contains(looks)), "{by_minute:?}");
    assert!(by_minute.iter().sum::<usize>() >= 200, "each within one poll interval: {by_minute:?}");
}

#[tokio::test(start_paused = true)]
async fn objects_are_listed_page_by_page() {
    let things: Vec<_> = (0..1200).map(|i| in_sync(&format!("x-{i}"))).collect();
    let running = Running::with(&things);
    tokio::time::sleep(Duration::from_millis(10)).await;
    let questions = running.scene.api.questions();
    let pages = questions.iter().filter(|q| !q.watches && q.path == "things" && !q.metadata).count();
    assert_eq!(pages, 3, "1200 objects in pages of 500: {questions:?}");
}

#[tokio::test(start_paused = true)]
async fn a_controller_ends_when_the_runtime_is_shut_down() {
    let running = Running::with(&[thing(&json!({}))]);
    running.settle().await;
    let scene = running.stop().await;
    scene.api.put(thing(&json!({"metadata": {"name": "y", "uid": "u-2"}})));
    tokio::time::sleep(MINUTE).await;
    assert_eq!(scene.calls(), [""; 0]);
}

/// Somebody may remove the finalizer by hand, and namespaces that are restored come with new objects.
#[tokio::test(start_paused = true)]
async fn what_vanishes_without_being_released_is_forgotten() {
    let running = Running::with(&[in_sync("x"), in_sync("y")]);
    running.settle().await;
    let remembered = || {
        let mut names: Vec<_> = running.context.local_states.names().into_iter().map(|n| n.name).collect();
        names.sort();
        names
    };
    running.change("things/x", &json!({"metadata": {"generation": 2}}));
    running.change("things/y", &json!({"metadata": {"generation": 2}}));
    running.settle().await;
    assert_eq!(remembered(), ["x", "y"]);
    running.scene.api.remove("things/x");
    running.settle().await;
    assert_eq!(remembered(), ["y"]);
}
