//! What a process keeps of an object between two reconciles. Losing it costs time, never correctness.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use goldenpath_provider_core::convergence::Attempts;
use goldenpath_provider_core::managed::ObjectName;
use goldenpath_provider_core::{Backoff, Deletion, Managed, ProviderConfigReference};
use k8s_openapi::jiff::Timestamp;
use kube::{Resource, ResourceExt};
use serde_json::Value;

/// The state of one object.
#[derive(Debug)]
pub(crate) struct LocalState<M> {
    /// The object as the API server answered our last write; newer than what a watch may show (R2).
    pub(crate) latest: Option<M>,
    /// The status that is to be written with what the next reconcile learns.
    pub(crate) held_status: Option<Value>,
    /// The configuration whose usage was recorded, and how far the object's deletion had come then.
    pub(crate) usage: Option<(ProviderConfigReference, Deletion)>,
    /// How failures back off, as the configuration says (R156).
    pub(crate) backoff: Backoff,
    /// Failures since the last success.
    pub(crate) failures: u32,
    /// How often the external side has asked for fewer calls, one time after the other (R154).
    pub(crate) throttles: u32,
    /// Reconciles since the last action, while something outside has to happen.
    pub(crate) waits: u32,
    /// Updates since the external resource was last in sync.
    pub(crate) updates: u32,
    /// The difference that was last asked to be put back, and how often.
    pub(crate) attempts: Option<Attempts>,
    /// Since when the external resource was not found, each time that it was looked for.
    pub(crate) missing_since: Option<Timestamp>,
    /// Whether the wait for a created resource to appear was reported (R53).
    pub(crate) pending_reported: bool,
    /// Whether this process saw the object's first reconcile and not yet its readiness (R173).
    pub(crate) awaits_readiness: bool,
    /// When the external resource was last seen in sync.
    pub(crate) unchanged_at: Option<Timestamp>,
}

/// The states of all objects of a kind, by namespace, name and UID: of those that exist (R174).
#[derive(Debug)]
pub(crate) struct LocalStates<M>(Mutex<HashMap<ObjectName, (Uid, LocalState<M>)>>);

/// Tells an object from one that had its name before.
type Uid = Option<String>;

// === impl LocalState ===

impl<M> Default for LocalState<M> {
    fn default() -> Self {
        Self {
            latest: None,
            held_status: None,
            usage: None,
            backoff: Backoff::default(),
            failures: 0,
            throttles: 0,
            waits: 0,
            updates: 0,
            attempts: None,
            missing_since: None,
            pending_reported: false,
            awaits_readiness: false,
            unchanged_at: None,
        }
    }
}

impl<M: Managed> LocalState<M> {
    /// The newer of what a watch shows and what our last write left.
    pub(crate) fn freshest(&mut self, watched: &M) -> M {
        match self.latest.take() {
            Some(latest) if version(&latest) > version(watched) => {
                self.latest = Some(latest.clone());
                latest
            }
            _ => watched.clone(),
        }
    }

    /// An object with the status that was held back, if one was.
    pub(crate) fn with_held_status(&self, stored: &M) -> M {
        let held = self.held_status.clone().and_then(|status| {
            let mut object = serde_json::to_value(stored).ok()?;
            object.as_object_mut()?.insert("status".into(), status);
            serde_json::from_value(object).ok()
        });
        held.unwrap_or_else(|| stored.clone())
    }
}

// === impl LocalStates ===

impl<M> Default for LocalStates<M> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<M: Managed> LocalStates<M> {
    /// Takes the state of an object; a new one for an object that was never seen.
    pub(crate) fn take(&self, object: &M) -> LocalState<M> {
        let known = self.all().remove(&ObjectName::of(object));
        known.filter(|(uid, _)| *uid == object.uid()).map(|(_, memory)| memory).unwrap_or_default()
    }

    /// Forgets the failures of an object: what was changed may have removed their reason.
    pub(crate) fn reset_backoff(&self, object: &M) {
        if let Some((_, memory)) = self.all().get_mut(&ObjectName::of(object)) {
            memory.failures = 0;
        }
    }

    /// Puts the state of an object back.
    pub(crate) fn put(&self, object: &M, memory: LocalState<M>) {
        self.all().insert(ObjectName::of(object), (object.uid(), memory));
    }

    /// Forgets an object that is gone.
    pub(crate) fn forget(&self, name: &ObjectName) {
        self.all().remove(name);
    }

    /// Forgets all objects.
    pub(crate) fn clear(&self) {
        self.all().clear();
    }

    /// The objects that have a state.
    #[cfg(test)]
    pub(crate) fn names(&self) -> Vec<ObjectName> {
        self.all().keys().cloned().collect()
    }

    fn all(&self) -> MutexGuard<'_, HashMap<ObjectName, (Uid, LocalState<M>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The resource version as a number; Kubernetes guarantees since 1.35 that versions of one kind compare so.
fn version<M: Resource>(object: &M) -> Option<u64> {
    object.meta().resource_version.as_ref()?.parse().ok()
}

#[cfg(test)]
mod tests;
