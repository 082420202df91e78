//! Which objects depend on what, so that a change is a lookup and never a search (R71).

use std::collections::{HashMap, HashSet};

use goldenpath_provider_core::managed::ObjectName;
use goldenpath_provider_core::{GroupKind, Managed};
use kube::ResourceExt;

use crate::queue::{Flow, Item, KindName};

/// What an object may depend on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Dependency {
    /// A configuration; one without a namespace is a cluster's.
    Config { kind: String, namespace: Option<String>, name: String },
    /// An object of a kind.
    Object { kind: GroupKind, name: ObjectName },
}

/// The known objects by what they depend on.
#[derive(Debug, Default)]
pub(crate) struct Dependents {
    tracked: HashMap<Item, Dependencies>,
    by_dependency: HashMap<Dependency, HashSet<Item>>,
}

/// What an object says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dependencies {
    pub(crate) flow: Flow,
    pub(crate) dependencies: Vec<Dependency>,
}

/// The kind of configuration that has a namespace.
const NAMESPACED_CONFIG: &str = "ProviderConfig";

// === impl Dependencies ===

impl Dependencies {
    /// What an object of a kind depends on, and with which others it shares its turns.
    pub(crate) fn of<M: Managed>(kind: &KindName, managed: &M) -> Self {
        let namespace = managed.namespace().unwrap_or_default();
        let used = managed.provider_config_ref();
        let of_namespace = (used.kind == NAMESPACED_CONFIG).then(|| namespace.clone());
        let config = format!("{} {}/{}", used.kind, of_namespace.as_deref().unwrap_or_default(), used.name);
        let used = Dependency::Config { kind: used.kind, namespace: of_namespace, name: used.name };
        let references = managed.references().into_iter().map(|reference| Dependency::Object {
            kind: reference.target,
            name: ObjectName { namespace: namespace.clone(), name: reference.name },
        });
        Self {
            flow: Flow { kind: kind.clone(), config: config.into() },
            dependencies: std::iter::once(used).chain(references).collect(),
        }
    }
}

// === impl Dependents ===

impl Dependents {
    /// Takes note of an object, in place of what was known of it.
    pub(crate) fn put(&mut self, item: Item, known: Dependencies) {
        if self.tracked.get(&item) == Some(&known) {
            return;
        }
        self.remove(&item);
        for dependency in &known.dependencies {
            self.by_dependency.entry(dependency.clone()).or_default().insert(item.clone());
        }
        self.tracked.insert(item, known);
    }

    /// Forgets an object.
    pub(crate) fn remove(&mut self, item: &Item) {
        let Some(known) = self.tracked.remove(item) else { return };
        for dependency in &known.dependencies {
            if let Some(items) = self.by_dependency.get_mut(dependency) {
                items.remove(item);
                if items.is_empty() {
                    self.by_dependency.remove(dependency);
                }
            }
        }
    }

    /// Forgets every object of a kind, and says which.
    pub(crate) fn remove_kind(&mut self, kind: &KindName) -> Vec<Item> {
        let items: Vec<_> = self.tracked.keys().filter(|item| item.kind == *kind).cloned().collect();
        for item in &items {
            self.remove(item);
        }
        items
    }

    /// With which others an object shares its turns; nothing for an object that is not known.
    pub(crate) fn flow(&self, item: &Item) -> Option<&Flow> {
        self.tracked.get(item).map(|known| &known.flow)
    }

    /// The objects that depend on something.
    pub(crate) fn of(&self, dependency: &Dependency) -> impl Iterator<Item = &Item> {
        self.by_dependency.get(dependency).into_iter().flatten()
    }
}

#[cfg(test)]
mod tests;
