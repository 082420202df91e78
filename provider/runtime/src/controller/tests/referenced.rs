//! What happens to an object that another one refers to.

use super::*;

/// `x`, which refers to `y`.
fn referring() -> Value {
    let mut x = in_sync("x");
    x["spec"]["size"] = json!("y");
    x
}

#[tokio::test(start_paused = true)]
async fn a_dependent_is_looked_at_at_once_and_not_after_its_backoff() {
    let running = Running::with(&[]);
    running.settle().await;
    running.scene.world().observe = Err(Fault::waiting("W", "waiting for y"));
    let mut x = thing(&json!({"spec": {"size": "y"}}));
    x["metadata"]["uid"] = json!("x");
    running.scene.api.put(x);
    running.looks_after(5 * MINUTE).await;

    let mut paused = thing(&json!({"metadata": {"name": "y", "uid": "y"}}));
    paused["metadata"]["annotations"] = json!({"crossplane.io/paused": "true"});
    running.scene.api.put(paused);
    running.settle().await;
    running.scene.world().observe = Ok(present(Readiness::Available));
    running.settle().await;
    running.change("things/y", &json!({"status": {"seen": "now"}}));
    assert_eq!(running.looks_after(AT_ONCE).await, 1, "the status of y has changed, and x depends on it");
}

#[tokio::test(start_paused = true)]
async fn an_object_that_does_not_refer_to_it_is_left_alone() {
    let running = Running::with(&[referring(), in_sync("y"), in_sync("z")]);
    running.looks_after(11 * MINUTE).await;
    running.change("things/z", &json!({"status": {"seen": "now"}}));
    assert_eq!(running.looks_after(AT_ONCE).await, 0);
    running.scene.api.remove("things/y");
    assert_eq!(running.looks_after(AT_ONCE).await, 1, "y is gone, and x depends on it");
}

/// The controller of a kind sees every change of its objects as it is; nobody else has to watch them.
#[tokio::test(start_paused = true)]
async fn whoever_refers_to_an_object_is_woken_by_the_watch_of_its_own_controller() {
    let running = Running::with(&[referring()]);
    running.settle().await;
    let questions = running.scene.api.questions().into_iter().filter(|q| q.path == "things");
    assert_eq!(questions.map(|q| q.watches).collect::<Vec<_>>(), [false, true], "one list and one watch");
}
