//! Which configurations a change of a usage concerns: those it named before, and those it names (R190).

use std::collections::BTreeSet;

use kube::ResourceExt;
use kube::api::{ApiResource, DynamicObject};
use kube::runtime::reflector::ObjectRef;
use kube::runtime::watcher::Event;

use crate::config_group::{CONFIG_KIND_LABEL, CONFIG_LABEL};
use crate::watch_diff::{WatchChange, WatchDiff};

/// What every usage named last, as far as it is of one kind of configuration.
#[derive(Debug)]
pub(super) struct UsageIndex {
    kind: ApiResource,
    usages: WatchDiff<IndexedUsage>,
}

/// What matters of a usage: any write of it, and what it names.
#[derive(Clone, Debug, PartialEq, Eq)]
struct IndexedUsage {
    version: Option<String>,
    names: BTreeSet<Named>,
}

/// A configuration of the kind: namespace, if it has one, and name.
type Named = (Option<String>, String);

// === impl UsageIndex ===

impl UsageIndex {
    /// Nothing is known yet.
    pub(super) fn new(kind: ApiResource) -> Self {
        Self { kind, usages: WatchDiff::default() }
    }

    /// The configurations that an event of the watch concerns. During a listing the store still holds what was
    /// before, so they are named at its end.
    pub(super) fn concerned(&mut self, event: &Event<DynamicObject>) -> Vec<ObjectRef<DynamicObject>> {
        let kind = &self.kind;
        let changes = self.usages.apply(event, |usage: &DynamicObject| IndexedUsage {
            version: usage.resource_version(),
            names: names(kind, usage),
        });
        let values = changes.iter().map(WatchChange::values);
        let concerned: BTreeSet<_> = values
            .flat_map(|(before, now)| before.into_iter().chain(now))
            .flat_map(|usage| &usage.names)
            .collect();
        concerned.into_iter().map(|(namespace, name)| self.reference(namespace.as_deref(), name)).collect()
    }

    fn reference(&self, namespace: Option<&str>, name: &str) -> ObjectRef<DynamicObject> {
        let config = ObjectRef::new_with(name, self.kind.clone());
        match namespace {
            Some(namespace) => config.within(namespace),
            None => config,
        }
    }
}

/// What a usage names: in its reference, which people read, and in its labels, by which it is counted.
fn names(kind: &ApiResource, usage: &DynamicObject) -> BTreeSet<Named> {
    let is_of_cluster = kind.kind.starts_with("Cluster");
    let reference = usage.data.get("providerConfigRef");
    let field = |name: &str| reference?.get(name)?.as_str();
    let label = |name: &str| usage.labels().get(name).map(String::as_str);
    let named = [(field("kind"), field("name")), (label(CONFIG_KIND_LABEL), label(CONFIG_LABEL))];
    named
        .into_iter()
        .filter_map(|(kind, name)| {
            let is_namespaced = !kind.is_some_and(|k| k.starts_with("Cluster"));
            (is_namespaced != is_of_cluster)
                .then(|| Some((usage.namespace().filter(|_| is_namespaced), name?.to_owned())))
                .flatten()
        })
        .collect()
}

#[cfg(test)]
mod tests;
