//! The watches behind the reasons to look at an object.

use futures::stream::{self, BoxStream, Stream};
use futures::{StreamExt, TryStreamExt, future};
use goldenpath_provider_core::Managed;
use goldenpath_provider_core::managed::ObjectName;
use kube::api::PartialObjectMeta;
use kube::runtime::reflector::store::Writer;
use kube::runtime::watcher::{self, Event};
use kube::runtime::{WatchStreamExt, watcher as watch};
use kube::{Api, Client, Resource, ResourceExt};

use super::trim::trim;
use crate::changes::{Change, Seen, Sight};
use crate::dependents::Target;
use crate::interest::interest;
use crate::metrics::Tally;

/// The objects of a kind that have changed in a way that matters; all are counted and kept in a store (R139, R250).
pub(super) fn own<M: Managed>(
    client: Client,
    writer: Writer<M>,
    mut tally: Tally,
) -> impl Stream<Item = Change<()>> + Send + 'static {
    let events = watch(Api::<M>::all(client), watcher::Config::default());
    let stored =
        events.default_backoff().modify(trim).inspect_ok(move |event| tally.count(event)).reflect(writer);
    changes(stored, |managed: &M| (interest(managed), ()))
}

/// The objects of a kind that others refer to, whenever anything about them changes, were it only the status.
/// Of the objects themselves only metadata is read.
pub(super) fn references<D: Managed>(client: Client) -> BoxStream<'static, Target> {
    let api = Api::<PartialObjectMeta<D>>::all(client);
    let events = watch(api, watcher::Config::default()).default_backoff();
    changes(events, |object| (revision(object), ()))
        .filter_map(|change| {
            future::ready(match change {
                // Who depends on it is looked at for its own first list.
                Change::Listed(..) => None,
                Change::Changed((namespace, name), ()) | Change::Gone((namespace, name)) => {
                    let name = ObjectName { namespace: namespace.unwrap_or_default(), name };
                    Some(Target::Object { kind: D::kind(&()).into_owned(), name })
                }
            })
        })
        .boxed()
}

/// What a watch changes, while it works. It backs off and goes on by itself.
pub(super) fn changes<K: Resource + Send + 'static, T: Send + 'static>(
    events: impl Stream<Item = Result<Event<K>, watcher::Error>> + Send + 'static,
    sight: impl Fn(&K) -> Sight<T> + Send + 'static,
) -> impl Stream<Item = Change<T>> + Send + 'static {
    let mut seen = Seen::default();
    events
        .filter_map(async |event| {
            event.inspect_err(|error| tracing::info!(%error, "a watch is interrupted")).ok()
        })
        .flat_map(move |event| stream::iter(seen.see(event, &sight)))
}

/// A number that changes with every write of an object.
pub(super) fn revision<K: Resource>(object: &K) -> u64 {
    object.resource_version().and_then(|version| version.parse().ok()).unwrap_or_default()
}
