//! The change log: what this process changes outside the cluster, sent to a sidecar (R165..R170).
//!
//! ```text
//! ChangeLog::call ──► LoggedCall::of ──► queue of 1000 ──► sender ──► sidecar's socket
//!   room in the     the entry, when        never             one at a time,
//!   queue first     the call has ended     waits             10 s each
//! ```
//!
//! Room for an entry is found before its call, so that recording the call never waits. A full queue holds back
//! the next change by 10 s at most, and entries that are lost are counted.

mod sender;
mod snapshot;

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use goldenpath_proto::changelogs::v1alpha1::{ChangeLogEntry, OperationType};
use goldenpath_provider_core::{Drift, Fault, Managed};
use k8s_openapi::jiff::Timestamp;
use kube::ResourceExt;
use tokio::sync::mpsc::{self, OwnedPermit};

use crate::metrics::{ChangeLogMetrics, Delivery, Metrics};

pub use sender::ChangeLogSender;

/// Where changes are recorded, if they are. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct ChangeLog(Option<Open>);

#[derive(Clone, Debug)]
struct Open {
    provider: String,
    queue: mpsc::Sender<ChangeLogEntry>,
    metrics: ChangeLogMetrics,
}

/// A call that is about to be made, and that is recorded when it has ended.
pub(crate) struct LoggedCall(Option<Draft>);

struct Draft {
    entry: ChangeLogEntry,
    /// Nothing when the queue was full for too long.
    room: Option<OwnedPermit<ChangeLogEntry>>,
    metrics: ChangeLogMetrics,
}

/// A call that has begun. Its entry is queued when this is dropped, whatever became of the call.
struct Begun(Option<Draft>);

/// Which call changes the external resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Create,
    Update,
    Delete,
}

/// Entries that wait for the sidecar.
const QUEUE: usize = 1000;
/// How long a full queue holds back a change, and how long one entry is offered to the sidecar.
const PATIENCE: Duration = Duration::from_secs(10);
/// The error recorded for a call that has not returned.
const INTERRUPTED: &str = "the call did not return: the provider has a bug, see its log";

// === impl ChangeLog ===

impl ChangeLog {
    /// Records nothing.
    pub fn off() -> Self {
        Self(None)
    }

    /// Sends entries to the sidecar at a Unix socket, which need not exist yet.
    ///
    /// `provider` is `name:version` (R167). The sender ends when every clone of the log is dropped and what they
    /// have queued is delivered or lost.
    pub fn to(socket: &Path, provider: impl Into<String>, metrics: &Metrics) -> (Self, ChangeLogSender) {
        let (queue, entries) = mpsc::channel(QUEUE);
        let metrics = metrics.changes.clone();
        let sender = ChangeLogSender::spawn(socket, entries, metrics.clone());
        (Self(Some(Open { provider: provider.into(), queue, metrics })), sender)
    }

    /// Whether changes are recorded.
    pub(crate) fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Prepares the entry of a call, with the object as it is before, and finds room for it.
    pub(crate) async fn call<M: Managed>(
        &self,
        operation: Operation,
        before: &M,
        drift: &Drift,
        now: Timestamp,
    ) -> LoggedCall {
        let Some(Open { provider, queue, metrics }) = &self.0 else { return LoggedCall(None) };
        let fields: Vec<_> = drift.actionable().map(|change| change.field.as_str()).collect();
        let drift = (!fields.is_empty()).then(|| ("drift".to_owned(), fields.join(",")));
        let entry = ChangeLogEntry {
            timestamp: Some(snapshot::timestamp(now)),
            provider: provider.clone(),
            api_version: M::api_version(&()).into_owned(),
            kind: M::kind(&()).into_owned(),
            name: before.name_any(),
            external_name: before.external_name(),
            operation: OperationType::from(operation).into(),
            snapshot: snapshot::object(before),
            error_message: None,
            additional_details: drift.into_iter().collect::<HashMap<_, _>>(),
        };
        let room = tokio::time::timeout(PATIENCE, queue.clone().reserve_owned()).await;
        LoggedCall(Some(Draft { entry, room: room.ok().and_then(Result::ok), metrics: metrics.clone() }))
    }
}

// === impl LoggedCall ===

impl LoggedCall {
    /// Makes the call, and records it.
    pub(crate) async fn of<T>(self, call: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
        let mut begun = Begun(self.0);
        if let Some(draft) = &mut begun.0 {
            draft.entry.error_message = Some(INTERRUPTED.to_owned());
        }
        let result = call.await;
        if let Some(draft) = &mut begun.0 {
            draft.entry.error_message = result.as_ref().err().map(ToString::to_string);
        }
        result
    }
}

// === impl Begun ===

impl Drop for Begun {
    fn drop(&mut self) {
        let Some(Draft { entry, room, metrics }) = self.0.take() else { return };
        if let Some(room) = room {
            room.send(entry);
        } else {
            tracing::info!(
                kind = entry.kind,
                name = entry.name,
                "cannot record change log entry: too many wait"
            );
            metrics.count(Delivery::Dropped);
        }
    }
}

// === impl OperationType ===

impl From<Operation> for OperationType {
    fn from(operation: Operation) -> Self {
        match operation {
            Operation::Create => Self::Create,
            Operation::Update => Self::Update,
            Operation::Delete => Self::Delete,
        }
    }
}

#[cfg(test)]
mod tests;
