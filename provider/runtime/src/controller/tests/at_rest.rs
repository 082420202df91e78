//! What objects at rest cost the API server.

use super::configuration::{config, reading, secret};
use super::*;

#[tokio::test(start_paused = true)]
async fn at_rest_nothing_is_asked_of_the_api_server_and_nothing_is_written() {
    let polled = |name: &str| {
        let mut object = in_sync(name);
        object["metadata"]["annotations"]["crossplane.io/poll-interval"] = json!("1m");
        object
    };
    let mut x = polled("x");
    x["spec"]["size"] = json!("y");
    let running = reading(&[x, polled("y"), config("default", "creds"), secret("creds")]);
    let api = running.scene.api.clone();
    running.looks_after(11 * MINUTE).await;
    let _bring_up = (api.reads(), api.writes(), api.questions());

    let looks = running.looks_after(60 * MINUTE).await;
    assert!((110..130).contains(&looks), "{looks}");
    assert_eq!(api.reads(), [""; 0]);
    assert_eq!(api.writes(), []);
    let lists = api.questions().into_iter().filter(|question| !question.watches);
    assert_eq!(lists.count(), 0, "watches that have timed out go on where they were");

    running.change("secrets/creds", &json!({"data": {"credentials": "bmV3"}}));
    assert_eq!(running.looks_after(AT_ONCE).await, 2);
    assert_eq!(api.reads().first().map(String::as_str), Some("secrets/creds"), "it has changed");
    running.looks_after(10 * MINUTE).await;
    assert!(api.reads().len() <= 1, "of two that asked at once, each may have read it once");
}
