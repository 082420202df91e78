//! Events: core/v1, because the role that Crossplane generates for a provider knows no other (R158).
//!
//! A task of its own writes them, so that neither a slow nor a failing API server is felt by a reconcile (R163).

mod series;

use goldenpath_provider_core::Managed;
use k8s_openapi::api::core::v1::ObjectReference;
use kube::{Client, Resource};
use tokio::sync::mpsc;

use series::Series;

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Note {
    /// Good or bad news.
    pub severity: Severity,
    /// Why, for machines.
    pub reason: &'static str,
    /// Why, for people.
    pub message: String,
}

/// Good or bad news: the type of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::IntoStaticStr)]
pub enum Severity {
    /// As intended.
    Normal,
    /// Somebody may have to act.
    Warning,
}

/// Who it is told about, and by whom.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// The object.
    pub object: ObjectReference,
    /// The controller.
    pub component: String,
    /// The name of its external resource, if it has one (R160).
    pub external_name: Option<String>,
}

/// Where events go. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Recorder(mpsc::Sender<(Source, Note)>);

/// Events that wait to be written; more are dropped.
const QUEUE: usize = 1024;

/// The name of the controller of a kind, e.g. `managed/rds.aws.m.goldenpath.io/v1alpha1, kind=instance` (R161).
pub(crate) fn controller_name<M: Managed>() -> String {
    format!("managed/{}, kind={}", M::api_version(&()), M::kind(&())).to_lowercase()
}

// === impl Note ===

impl Note {
    /// Good news.
    pub fn normal(reason: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Normal, reason, message: message.into() }
    }

    /// Bad news.
    pub fn warning(reason: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, reason, message: message.into() }
    }
}

// === impl Source ===

impl Source {
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
        let (sender, mut receiver) = mpsc::channel::<(Source, Note)>(QUEUE);
        tokio::spawn(async move {
            let mut series = Series::default();
            while let Some((source, note)) = receiver.recv().await {
                if let Err(error) =
                    series.write(&client, &source, &note, k8s_openapi::jiff::Timestamp::now()).await
                {
                    tracing::debug!(%error, reason = note.reason, "cannot write an event");
                }
            }
        });
        Self(sender)
    }

    /// Tells something; never waits and never fails.
    pub fn record(&self, source: Source, note: Note) {
        if self.0.try_send((source, note)).is_err() {
            tracing::debug!("an event is dropped: too many wait to be written");
        }
    }

    /// A recorder whose events arrive at the other end, for tests.
    #[cfg(test)]
    pub(crate) fn channel() -> (Self, mpsc::Receiver<(Source, Note)>) {
        let (sender, receiver) = mpsc::channel(QUEUE);
        (Self(sender), receiver)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{Thing, api::FakeApi, thing};

    fn source() -> Source {
        Source::managed(&serde_json::from_value::<Thing>(thing(&json!({}))).unwrap())
    }

    #[test]
    fn an_event_is_told_by_the_controller_of_the_kind_with_the_external_name() {
        let source = source();
        assert_eq!(source.component, "managed/test.goldenpath.io/v1, kind=thing");
        assert_eq!(source.external_name.as_deref(), Some("x"));
        assert_eq!(source.object.uid.as_deref(), Some("u-1"));
    }

    #[test]
    fn whoever_tells_neither_waits_nor_fails() {
        let (recorder, mut receiver) = Recorder::channel();
        for _ in 0..=QUEUE {
            recorder.record(source(), Note::normal("R", "m"));
        }
        assert_eq!(receiver.len(), QUEUE, "one more is dropped");
        receiver.close();
        recorder.record(source(), Note::normal("R", "m"));
    }

    #[tokio::test]
    async fn an_event_that_cannot_be_written_does_not_keep_the_next_from_being_written() {
        let api = FakeApi::default();
        api.fail("POST events", 403);
        let recorder = Recorder::spawn(api.client());
        recorder.record(source(), Note::normal("First", "m"));
        recorder.record(source(), Note::normal("Second", "m"));
        let written = tokio::time::timeout(std::time::Duration::from_secs(10), async {
            loop {
                let writes = api.writes();
                if !writes.is_empty() {
                    return writes;
                }
                tokio::task::yield_now().await;
            }
        });
        let written = written.await.unwrap();
        assert_eq!(written[0].body["reason"], "Second");
    }
}
