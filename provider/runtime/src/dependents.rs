//! Which objects depend on what, so that a change is a lookup and never a search (R71).

use std::collections::{HashMap, HashSet};

use goldenpath_provider_core::managed::ObjectName;
use goldenpath_provider_core::{GroupKind, Managed};
use kube::ResourceExt;

use crate::queue::{Flow, Item, KindName};

/// What an object may depend on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    /// A configuration; one without a namespace is a cluster's.
    Config { kind: String, namespace: Option<String>, name: String },
    /// An object of a kind.
    Object { kind: GroupKind, name: ObjectName },
}

/// The known objects by what they depend on.
#[derive(Debug, Default)]
pub(crate) struct Dependents {
    known: HashMap<Item, Known>,
    by_target: HashMap<Target, HashSet<Item>>,
}

/// What an object says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) flow: Flow,
    pub(crate) targets: Vec<Target>,
}

/// The kind of configuration that has a namespace.
const NAMESPACED_CONFIG: &str = "ProviderConfig";

// === impl Known ===

impl Known {
    /// What an object of a kind depends on, and with which others it shares its turns.
    pub(crate) fn of<M: Managed>(kind: &KindName, managed: &M) -> Self {
        let namespace = managed.namespace().unwrap_or_default();
        let used = managed.provider_config_ref();
        let of_namespace = (used.kind == NAMESPACED_CONFIG).then(|| namespace.clone());
        let config = format!("{} {}/{}", used.kind, of_namespace.as_deref().unwrap_or_default(), used.name);
        let used = Target::Config { kind: used.kind, namespace: of_namespace, name: used.name };
        let references = managed.references().into_iter().map(|reference| Target::Object {
            kind: reference.target,
            name: ObjectName { namespace: namespace.clone(), name: reference.name },
        });
        Self {
            flow: Flow { kind: kind.clone(), config: config.into() },
            targets: std::iter::once(used).chain(references).collect(),
        }
    }
}

// === impl Dependents ===

impl Dependents {
    /// Takes note of an object, in place of what was known of it.
    pub(crate) fn put(&mut self, item: Item, known: Known) {
        if self.known.get(&item) == Some(&known) {
            return;
        }
        self.remove(&item);
        for target in &known.targets {
            self.by_target.entry(target.clone()).or_default().insert(item.clone());
        }
        self.known.insert(item, known);
    }

    /// Forgets an object.
    pub(crate) fn remove(&mut self, item: &Item) {
        let Some(known) = self.known.remove(item) else { return };
        for target in &known.targets {
            if let Some(items) = self.by_target.get_mut(target) {
                items.remove(item);
                if items.is_empty() {
                    self.by_target.remove(target);
                }
            }
        }
    }

    /// Forgets every object of a kind, and says which.
    pub(crate) fn remove_kind(&mut self, kind: &KindName) -> Vec<Item> {
        let items: Vec<_> = self.known.keys().filter(|item| item.kind == *kind).cloned().collect();
        for item in &items {
            self.remove(item);
        }
        items
    }

    /// With which others an object shares its turns; nothing for an object that is not known.
    pub(crate) fn flow(&self, item: &Item) -> Option<&Flow> {
        self.known.get(item).map(|known| &known.flow)
    }

    /// The objects that depend on a target.
    pub(crate) fn of(&self, target: &Target) -> impl Iterator<Item = &Item> {
        self.by_target.get(target).into_iter().flatten()
    }
}

#[cfg(test)]
mod tests;
