//! How a watch changes what is known: a watch that starts over lists everything again.

use std::collections::HashMap;

use kube::core::{Resource, ResourceExt};
use kube::runtime::watcher::Event;

/// An object of a watch: its namespace, if it has one, and its name.
pub(crate) type Key = (Option<String>, String);

/// A difference of one object from what was known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum WatchChange<V> {
    /// It was there when the watch began.
    Listed(Key, V),
    /// It was made, or differs in what is known of it.
    Changed {
        /// Which object.
        key: Key,
        /// What was known of it; nothing of an object that was made.
        before: Option<V>,
        /// What is known of it now.
        now: V,
    },
    /// It is there no more; what was known of it.
    Gone(Key, V),
}

/// What is known of the objects of one watch. `V` is what matters of an object: two that are equal are no change.
#[derive(Debug)]
pub(crate) struct WatchDiff<V> {
    known: HashMap<Key, V>,
    listing: Vec<(Key, V)>,
    began: bool,
}

// === impl WatchChange ===

impl<V> WatchChange<V> {
    /// Which object has changed.
    pub(crate) fn key(&self) -> &Key {
        match self {
            Self::Listed(key, _) | Self::Changed { key, .. } | Self::Gone(key, _) => key,
        }
    }

    /// What was known of it, and what is known of it now.
    pub(crate) fn values(&self) -> (Option<&V>, Option<&V>) {
        match self {
            Self::Listed(_, now) => (None, Some(now)),
            Self::Changed { key: _, before, now } => (before.as_ref(), Some(now)),
            Self::Gone(_, before) => (Some(before), None),
        }
    }
}

// === impl WatchDiff ===

impl<V> Default for WatchDiff<V> {
    fn default() -> Self {
        Self { known: HashMap::new(), listing: Vec::new(), began: false }
    }
}

impl<V: Clone + PartialEq> WatchDiff<V> {
    /// What an event changes. A list counts when it is complete.
    pub(crate) fn apply<K: Resource>(
        &mut self,
        event: &Event<K>,
        value: impl Fn(&K) -> V,
    ) -> Vec<WatchChange<V>> {
        match event {
            Event::Init => self.listing.clear(),
            Event::InitApply(object) => self.listing.push((key(object), value(object))),
            Event::InitDone => return self.complete(),
            Event::Apply(object) => {
                let (key, now) = (key(object), value(object));
                let before = self.known.insert(key.clone(), now.clone());
                if before.as_ref() != Some(&now) {
                    return vec![WatchChange::Changed { key, before, now }];
                }
            }
            Event::Delete(object) => {
                let known = self.known.remove_entry(&key(object));
                return known.into_iter().map(|(key, before)| WatchChange::Gone(key, before)).collect();
            }
        }
        Vec::new()
    }

    fn complete(&mut self) -> Vec<WatchChange<V>> {
        let listing = std::mem::take(&mut self.listing);
        let mut known = std::mem::replace(&mut self.known, HashMap::with_capacity(listing.len()));
        let began = std::mem::replace(&mut self.began, true);
        let mut changes = Vec::new();
        for (key, now) in listing {
            self.known.insert(key.clone(), now.clone());
            match known.remove(&key) {
                Some(before) if before == now => {}
                None if !began => changes.push(WatchChange::Listed(key, now)),
                before => changes.push(WatchChange::Changed { key, before, now }),
            }
        }
        changes.extend(known.into_iter().map(|(key, before)| WatchChange::Gone(key, before)));
        changes
    }
}

/// A number that changes with every write of an object.
pub(crate) fn revision<K: Resource>(object: &K) -> u64 {
    object.resource_version().and_then(|version| version.parse().ok()).unwrap_or_default()
}

fn key<K: Resource>(object: &K) -> Key {
    (object.namespace(), object.name_any())
}

#[cfg(test)]
mod tests;
