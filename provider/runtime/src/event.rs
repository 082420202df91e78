//! Events: core/v1, because the role that Crossplane generates for a provider knows no other (R158).
//!
//! A task of its own writes them, so that neither a slow nor a failing API server is felt by a reconcile (R163).

mod series;

use std::time::Duration;

use goldenpath_provider_core::Managed;
pub use goldenpath_provider_core::event::{Event, Severity};
use k8s_openapi::api::core::v1::ObjectReference;
use k8s_openapi::jiff::Timestamp;
use kube::{Client, Resource};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use series::Series;

/// The object of an event, and the component that reports it.
#[derive(Clone, Debug, PartialEq)]
pub struct EventTarget {
    /// The object.
    pub object: ObjectReference,
    /// The controller.
    pub component: String,
    /// The name of its external resource, if it has one (R160).
    pub external_name: Option<String>,
}

/// Where events go. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Recorder {
    sender: mpsc::Sender<(EventTarget, Event)>,
    /// Answered when no event waits to be written.
    waiting: mpsc::UnboundedSender<oneshot::Sender<()>>,
}

/// Events that wait to be written; more are dropped.
const QUEUE: usize = 1024;

/// The name of the controller of a kind, e.g. `managed/rds.aws.m.goldenpath.io/v1alpha1, kind=instance` (R161).
pub(crate) fn controller_name<M: Managed>() -> String {
    format!("managed/{}, kind={}", M::api_version(&()), M::kind(&())).to_lowercase()
}

// === impl EventTarget ===

impl EventTarget {
    /// About a managed resource, by its controller.
    pub fn managed<M: Managed>(managed: &M) -> Self {
        let external_name = Some(managed.external_name());
        Self { object: managed.object_ref(&()), component: controller_name::<M>(), external_name }
    }

    /// About any other object.
    pub fn other<K: Resource>(object: &K, dynamic: &K::DynamicType, component: impl Into<String>) -> Self {
        Self { object: object.object_ref(dynamic), component: component.into(), external_name: None }
    }

    /// Where the event is kept: with its object, or in `default` if that has no namespace.
    fn namespace(&self) -> &str {
        self.object.namespace.as_deref().unwrap_or("default")
    }
}

// === impl Recorder ===

impl Recorder {
    /// Begins to write events.
    pub fn spawn(client: Client) -> Self {
        let (sender, mut events) = mpsc::channel::<(EventTarget, Event)>(QUEUE);
        let (waiting, mut waits) = mpsc::unbounded_channel::<oneshot::Sender<()>>();
        tokio::spawn(async move {
            let mut series = Series::default();
            loop {
                tokio::select! {
                    biased;
                    Some((target, event)) = events.recv() => {
                        if let Err(error) = series.write(&client, &target, &event, Timestamp::now()).await {
                            tracing::debug!(%error, reason = event.reason, "cannot write an event");
                        }
                    }
                    // A caller that has given up needs no answer.
                    Some(answer) = waits.recv() => { _ = answer.send(()); }
                    else => return,
                }
            }
        });
        Self { sender, waiting }
    }

    /// Waits until every recorded event is written or has failed, at most this long.
    pub async fn finish(&self, within: Duration) {
        let (answer, answered) = oneshot::channel();
        // The writing task has ended if the request is not taken.
        if self.waiting.send(answer).is_ok() && timeout(within, answered).await.is_err() {
            tracing::info!("cannot write all events: the API server is too slow");
        }
    }

    /// Records an event; never waits and never fails.
    pub fn record(&self, target: EventTarget, event: Event) {
        if self.sender.try_send((target, event)).is_err() {
            tracing::debug!("an event is dropped: too many wait to be written");
        }
    }

    /// A recorder whose events arrive at the other end, for tests.
    #[cfg(test)]
    pub(crate) fn channel() -> (Self, mpsc::Receiver<(EventTarget, Event)>) {
        let (sender, receiver) = mpsc::channel(QUEUE);
        (Self { sender, waiting: mpsc::unbounded_channel().0 }, receiver)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{Thing, api::FakeApi, thing};

    fn target() -> EventTarget {
        EventTarget::managed(&serde_json::from_value::<Thing>(thing(&json!({}))).unwrap())
    }

    #[test]
    fn an_event_is_reported_by_the_controller_of_the_kind_with_the_external_name() {
        let target = target();
        assert_eq!(target.component, "managed/test.goldenpath.io/v1, kind=thing");
        assert_eq!(target.external_name.as_deref(), Some("x"));
        assert_eq!(target.object.uid.as_deref(), Some("u-1"));
    }

    #[test]
    fn recording_neither_waits_nor_fails() {
        let (recorder, mut receiver) = Recorder::channel();
        for _ in 0..=QUEUE {
            recorder.record(target(), Event::normal("R", "m"));
        }
        assert_eq!(receiver.len(), QUEUE, "one more is dropped");
        receiver.close();
        recorder.record(target(), Event::normal("R", "m"));
    }

    #[tokio::test]
    async fn an_event_that_cannot_be_written_does_not_keep_the_next_from_being_written() {
        let api = FakeApi::default();
        api.fail("POST events", 403);
        let recorder = Recorder::spawn(api.client());
        recorder.record(target(), Event::normal("First", "m"));
        recorder.record(target(), Event::normal("Second", "m"));
        recorder.finish(Duration::from_secs(10)).await;
        assert_eq!(api.writes()[0].body["reason"], "Second");
    }

    #[tokio::test(start_paused = true)]
    async fn recorded_events_are_written_before_the_end() {
        let api = FakeApi::default();
        let recorder = Recorder::spawn(api.client());
        for number in 0..100 {
            recorder.record(target(), Event::normal("R", format!("{number}")));
        }
        recorder.finish(Duration::from_secs(5)).await;
        assert_eq!(api.writes().len(), 100);
    }

    #[tokio::test(start_paused = true)]
    async fn an_api_server_that_does_not_answer_holds_the_end_up_only_so_long() {
        let service = tower::service_fn(|_: http::Request<kube::client::Body>| {
            std::future::pending::<Result<http::Response<kube::client::Body>, std::convert::Infallible>>()
        });
        let recorder = Recorder::spawn(Client::new(service, "default"));
        recorder.record(target(), Event::normal("R", "m"));
        let begun = tokio::time::Instant::now();
        recorder.finish(Duration::from_secs(5)).await;
        assert_eq!(begun.elapsed().as_secs(), 5);
    }
}
