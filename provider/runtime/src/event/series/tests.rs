use k8s_openapi::api::core::v1::ObjectReference;
use serde_json::Value;

use super::*;
use crate::testing::api::FakeApi;
use crate::testing::now;

fn target() -> EventTarget {
    let object = ObjectReference {
        api_version: Some("test.goldenpath.io/v1".into()),
        kind: Some("Thing".into()),
        name: Some("x".into()),
        namespace: Some("n".into()),
        uid: Some("u-1".into()),
        ..ObjectReference::default()
    };
    EventTarget { object, component: "managed/things".into(), external_name: Some("x".into()) }
}

fn event() -> Event {
    Event::warning("CannotObserveExternalResource", "no answer")
}

#[tokio::test]
async fn an_event_is_written_as_core_v1_beside_its_object() {
    let api = FakeApi::default();
    Series::default().write(&api.client(), &target(), &event(), now()).await.unwrap();
    let write = &api.writes()[0];
    assert_eq!(write.request, "POST events");
    let name = write.body["metadata"]["name"].as_str().unwrap();
    assert_eq!(
        write.body,
        json!({
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": name, "namespace": "n", "annotations": {"external-name": "x"}},
            "involvedObject": {
                "apiVersion": "test.goldenpath.io/v1", "kind": "Thing", "name": "x", "namespace": "n", "uid": "u-1",
            },
            "type": "Warning",
            "reason": "CannotObserveExternalResource",
            "message": "no answer",
            "source": {"component": "managed/things"},
            "reportingComponent": "managed/things",
            "count": 1,
            "firstTimestamp": "2026-01-01T00:01:00Z",
            "lastTimestamp": "2026-01-01T00:01:00Z",
        })
    );
}

#[tokio::test]
async fn a_repetition_is_counted_and_a_flood_is_thinned() {
    let (api, mut series) = (FakeApi::default(), Series::default());
    for _ in 0..40 {
        series.write(&api.client(), &target(), &event(), now()).await.unwrap();
    }
    let writes = api.writes();
    assert_eq!(writes.iter().filter(|w| w.request == "POST events").count(), 1);
    assert_eq!(writes.len(), 25);
    assert_eq!(writes[24].body, json!({"count": 25, "lastTimestamp": "2026-01-01T00:01:00Z"}));

    let later = now() + SignedDuration::from_mins(6);
    series.write(&api.client(), &target(), &event(), later).await.unwrap();
    assert_eq!(api.writes()[0].body["count"], 26, "a flood is still recorded now and then");
}

#[tokio::test]
async fn another_message_and_a_late_repetition_are_new_events() {
    let (api, mut series) = (FakeApi::default(), Series::default());
    let other = Event { message: "another".into(), ..event() };
    let late = now() + SignedDuration::from_mins(11);
    for (event, at) in [(event(), now()), (other, now() + SignedDuration::from_secs(1)), (event(), late)] {
        series.write(&api.client(), &target(), &event, at).await.unwrap();
    }
    let requests: Vec<_> = api.writes().into_iter().map(|w| w.request).collect();
    assert_eq!(requests, ["POST events"; 3]);
}

#[tokio::test]
async fn an_event_that_has_expired_is_written_again() {
    let (api, mut series) = (FakeApi::default(), Series::default());
    series.write(&api.client(), &target(), &event(), now()).await.unwrap();
    api.fail("PATCH events", 404);
    series.write(&api.client(), &target(), &event(), now() + SignedDuration::from_secs(1)).await.unwrap();
    let counts: Vec<Value> = api.writes().into_iter().map(|w| w.body["count"].clone()).collect();
    assert_eq!(counts, [1, 1]);
}
