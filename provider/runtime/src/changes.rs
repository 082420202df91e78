//! What a watch tells, without what is known already: a watch that starts over lists everything again.

use std::collections::HashMap;

use kube::core::{Resource, ResourceExt};
use kube::runtime::watcher::Event;

/// An object of a watch: its namespace, if it has one, and its name.
pub(crate) type Key = (Option<String>, String);

/// A difference from what was known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change<T> {
    /// It was there when the watch began.
    Listed(Key, T),
    /// It was made, or has changed in a way that matters.
    Changed(Key, T),
    /// It is there no more.
    Gone(Key),
}

/// What was told about an object: a number that changes when it matters, and what is to be passed on.
pub(crate) type Sight<T> = (u64, T);

/// What a watch has told so far.
#[derive(Debug)]
pub(crate) struct Seen<T> {
    marks: HashMap<Key, u64>,
    listing: Vec<(Key, Sight<T>)>,
    began: bool,
}

// === impl Seen ===

impl<T> Default for Seen<T> {
    fn default() -> Self {
        Self { marks: HashMap::new(), listing: Vec::new(), began: false }
    }
}

impl<T> Seen<T> {
    /// What an event changes. A list counts when it is complete.
    pub(crate) fn see<K: Resource>(
        &mut self,
        event: Event<K>,
        sight: impl Fn(&K) -> Sight<T>,
    ) -> Vec<Change<T>> {
        match event {
            Event::Init => self.listing.clear(),
            Event::InitApply(object) => self.listing.push((key(&object), sight(&object))),
            Event::InitDone => return self.complete(),
            Event::Apply(object) => {
                let (key, (mark, told)) = (key(&object), sight(&object));
                if self.marks.insert(key.clone(), mark) != Some(mark) {
                    return vec![Change::Changed(key, told)];
                }
            }
            Event::Delete(object) => {
                let key = key(&object);
                self.marks.remove(&key);
                return vec![Change::Gone(key)];
            }
        }
        Vec::new()
    }

    fn complete(&mut self) -> Vec<Change<T>> {
        let listing = std::mem::take(&mut self.listing);
        let mut before = std::mem::replace(&mut self.marks, HashMap::with_capacity(listing.len()));
        let began = std::mem::replace(&mut self.began, true);
        let mut changes = Vec::new();
        for (key, (mark, told)) in listing {
            self.marks.insert(key.clone(), mark);
            match before.remove(&key) {
                Some(known) if known == mark => {}
                None if !began => changes.push(Change::Listed(key, told)),
                _ => changes.push(Change::Changed(key, told)),
            }
        }
        changes.extend(before.into_keys().map(Change::Gone));
        changes
    }
}

fn key<K: Resource>(object: &K) -> Key {
    (object.namespace(), object.name_any())
}

#[cfg(test)]
mod tests;
