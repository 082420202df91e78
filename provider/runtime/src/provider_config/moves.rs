//! Which configurations a change of a usage concerns: those it named before, and those it names (R190).

use std::collections::{BTreeSet, HashMap, HashSet};

use kube::ResourceExt;
use kube::api::{ApiResource, DynamicObject};
use kube::runtime::reflector::ObjectRef;
use kube::runtime::watcher::Event;

use super::{CONFIG_KIND_LABEL, CONFIG_LABEL};

/// What every usage named last, as far as it is of one kind of configuration.
#[derive(Debug)]
pub(super) struct Moves {
    kind: ApiResource,
    named: HashMap<Key, BTreeSet<Named>>,
    /// Usages that a listing in progress has shown.
    listed: HashSet<Key>,
}

/// Namespace and name of a usage.
type Key = (Option<String>, String);

/// A configuration of the kind: namespace, if it has one, and name.
type Named = (Option<String>, String);

// === impl Moves ===

impl Moves {
    /// Nothing is known yet.
    pub(super) fn new(kind: ApiResource) -> Self {
        Self { kind, named: HashMap::new(), listed: HashSet::new() }
    }

    /// The configurations that an event of the watch concerns. During a listing the store still holds what was
    /// before, so all are told at its end: those that it shows, and those whose usages it does not show any more.
    pub(super) fn concerned(&mut self, event: &Event<DynamicObject>) -> Vec<ObjectRef<DynamicObject>> {
        let concerned: BTreeSet<Named> = match event {
            Event::Apply(usage) => {
                let names = self.names(usage);
                let before = self.named.insert(key(usage), names.clone()).unwrap_or_default();
                before.into_iter().chain(names).collect()
            }
            Event::Delete(usage) => {
                let before = self.named.remove(&key(usage)).unwrap_or_default();
                before.into_iter().chain(self.names(usage)).collect()
            }
            Event::Init => {
                self.listed.clear();
                BTreeSet::new()
            }
            Event::InitApply(usage) => {
                let names = self.names(usage);
                self.named.entry(key(usage)).or_default().extend(names);
                self.listed.insert(key(usage));
                BTreeSet::new()
            }
            Event::InitDone => {
                let concerned = self.named.values().flatten().cloned().collect();
                let listed = std::mem::take(&mut self.listed);
                self.named.retain(|key, _| listed.contains(key));
                concerned
            }
        };
        concerned.into_iter().map(|(namespace, name)| self.reference(namespace.as_deref(), &name)).collect()
    }

    /// What a usage names: in its reference, which people read, and in its labels, by which it is counted.
    fn names(&self, usage: &DynamicObject) -> BTreeSet<Named> {
        let reference = usage.data.get("providerConfigRef");
        let field = |name: &str| reference?.get(name)?.as_str();
        let label = |name: &str| usage.labels().get(name).map(String::as_str);
        let named = [(field("kind"), field("name")), (label(CONFIG_KIND_LABEL), label(CONFIG_LABEL))];
        named
            .into_iter()
            .filter_map(|(kind, name)| {
                let is_namespaced = !kind.is_some_and(|k| k.starts_with("Cluster"));
                (is_namespaced != self.kind.kind.starts_with("Cluster"))
                    .then(|| Some((usage.namespace().filter(|_| is_namespaced), name?.to_owned())))
                    .flatten()
            })
            .collect()
    }

    fn reference(&self, namespace: Option<&str>, name: &str) -> ObjectRef<DynamicObject> {
        let config = ObjectRef::new_with(name, self.kind.clone());
        match namespace {
            Some(namespace) => config.within(namespace),
            None => config,
        }
    }
}

fn key(usage: &DynamicObject) -> Key {
    (usage.namespace(), usage.name_any())
}

#[cfg(test)]
mod tests;
