//! The watches that trigger reconciles.

use futures::StreamExt;
use futures::stream::{self, Stream};
use goldenpath_provider_core::Managed;
use kube::runtime::reflector::store::Writer;
use kube::runtime::watcher::{self, Event};
use kube::runtime::{WatchStreamExt, watcher as watch};
use kube::{Api, Client, Resource};

use crate::metrics::Standing;
use crate::predicate::fingerprint;
use crate::trim::trim;
use crate::watch_diff::{WatchChange, WatchDiff, revision};

/// What matters of an object of a controller's own kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fingerprinted {
    /// Changes when the object has to be reconciled.
    pub(super) fingerprint: u64,
    /// Changes with every write, were it only of the status.
    revision: u64,
    /// What is counted of it.
    pub(super) standing: Standing,
}

/// The objects of a kind that have changed in any way; all are kept in a store (R139, R250).
pub(super) fn own<M: Managed>(
    client: Client,
    writer: Writer<M>,
) -> impl Stream<Item = WatchChange<Fingerprinted>> + Send + 'static {
    let events = watch(Api::<M>::all(client), watcher::Config::default());
    changes(events.default_backoff().modify(trim).reflect(writer), |managed: &M| Fingerprinted {
        fingerprint: fingerprint(managed),
        revision: revision(managed),
        standing: Standing::of(managed),
    })
}

/// What a watch changes, while it works. It backs off and goes on by itself.
pub(super) fn changes<K: Resource + Send + 'static, V: Clone + PartialEq + Send + 'static>(
    events: impl Stream<Item = Result<Event<K>, watcher::Error>> + Send + 'static,
    value: impl Fn(&K) -> V + Send + 'static,
) -> impl Stream<Item = WatchChange<V>> + Send + 'static {
    let mut diff = WatchDiff::default();
    events
        .filter_map(async |event| {
            event.inspect_err(|error| tracing::info!(%error, "a watch is interrupted")).ok()
        })
        .flat_map(move |event| stream::iter(diff.apply(&event, &value)))
}
