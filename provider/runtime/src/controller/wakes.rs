//! Reasons to look again that lie outside the object itself.

use std::vec;

use futures::stream::{self, BoxStream, select};
use futures::{Stream, StreamExt};
use goldenpath_provider_core::Managed;
use kube::api::{DynamicObject, PartialObjectMeta};
use kube::runtime::reflector::{ObjectRef, Store};
use kube::runtime::{PredicateConfig, WatchStreamExt, predicates, watcher};
use kube::{Api, Client, ResourceExt};

use crate::ConfigGroup;

/// The objects that refer to a `D` that has changed, were it only in its status.
pub(super) fn by_reference<M: Managed, D: Managed>(
    client: Client,
    store: Store<M>,
) -> BoxStream<'static, ObjectRef<M>> {
    let api = Api::<PartialObjectMeta<D>>::all(client);
    let changed = watcher(api, watcher::Config::default()).default_backoff();
    healthy(changed.touched_objects())
        .flat_map(move |dependency| {
            let (namespace, name) = (dependency.namespace(), dependency.name_any());
            let refers = |m: &M| m.references().iter().any(|r| r.kind == D::kind(&()) && r.name == name);
            woken(&store, |m| m.namespace() == namespace && refers(m))
        })
        .boxed()
}

/// The objects that use a configuration whose spec has changed (R192).
pub(super) fn by_configuration<M: Managed>(
    client: &Client,
    store: Store<M>,
    group: &ConfigGroup,
) -> BoxStream<'static, ObjectRef<M>> {
    let changed = |kind: kube::api::ApiResource| {
        let api = Api::<DynamicObject>::all_with(client.clone(), &kind);
        let changes = watcher(api, watcher::Config::default())
            .default_backoff()
            .applied_objects()
            .predicate_filter(predicates::generation, PredicateConfig::default());
        healthy(changes).map(move |config| (kind.kind.clone(), config.namespace(), config.name_any()))
    };
    select(changed(group.configs()), changed(group.cluster_configs()))
        .flat_map(move |(kind, namespace, name)| {
            woken(&store, |m| {
                let used = m.provider_config_ref();
                used.kind == kind && used.name == name && (namespace.is_none() || m.namespace() == namespace)
            })
        })
        .boxed()
}

/// What a watch yields while it works. It backs off and goes on by itself; an error that reached the controller
/// would stop every other watch of it for that time, as a CRD does that is not installed.
pub(super) fn healthy<T: Send + 'static>(
    watch: impl Stream<Item = Result<T, watcher::Error>> + Send + 'static,
) -> impl Stream<Item = T> + Send + 'static {
    watch.filter_map(async |event| {
        event.inspect_err(|error| tracing::info!(%error, "a watch is interrupted")).ok()
    })
}

fn woken<M: Managed>(
    store: &Store<M>,
    reason: impl Fn(&M) -> bool,
) -> stream::Iter<vec::IntoIter<ObjectRef<M>>> {
    let objects = store.state().into_iter().filter(|m| reason(m)).map(|m| ObjectRef::from_obj(&*m));
    stream::iter(objects.collect::<Vec<_>>())
}
