//! What this process watches anyway, for readers of one object: the API server is not asked for it.

use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use goldenpath_provider_core::managed::ObjectName;
use goldenpath_provider_core::{GroupKind, SecretReference};
use k8s_openapi::api::core::v1::Secret;
use kube::Resource;
use kube::api::DynamicObject;
use kube::runtime::reflector::{ObjectRef, Store};
use serde::de::DeserializeOwned;

use crate::watch_diff::revision;

/// The objects that this process watches. Cheap to clone; clones are one.
///
/// What is not here may exist all the same: a watch that has not begun knows nothing, and one that lags behind does not
/// know what was just made. So absence is always confirmed by the API server, and presence is not.
#[derive(Clone, Default)]
pub(crate) struct Watched(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    kinds: HashMap<GroupKind, Find>,
    secrets: HashMap<SecretReference, WatchedSecret>,
}

/// Finds an object of a kind: of the kind's own type, or a `DynamicObject`.
type Find = Arc<dyn Fn(&ObjectName) -> Option<Arc<dyn Any + Send + Sync>> + Send + Sync>;

/// A Secret whose metadata is watched, and whose data was read when it was needed (R249).
#[derive(Default)]
struct WatchedSecret {
    /// The revision that the watch has shown last; none while there is no such Secret.
    revision: Option<u64>,
    /// The Secret as it was read last.
    read: Option<Secret>,
}

/// The objects of a kind can be read while this lives.
pub(crate) struct Shared {
    watched: Watched,
    kind: GroupKind,
}

// === impl Watched ===

impl Watched {
    /// Lets the objects of a store be read, for as long as its watch is kept up.
    pub(crate) fn share<K>(&self, store: Store<K>, r#type: K::DynamicType) -> Shared
    where
        K: Resource + Clone + Send + Sync + 'static,
        K::DynamicType: Clone + Eq + std::hash::Hash + Send + Sync,
    {
        let kind = GroupKind {
            group: <K as Resource>::group(&r#type).into_owned(),
            kind: <K as Resource>::kind(&r#type).into_owned(),
        };
        let find: Find = Arc::new(move |ObjectName { namespace, name }| {
            let named = ObjectRef::new_with(name, r#type.clone());
            let named = if namespace.is_empty() { named } else { named.within(namespace) };
            store.get(&named).map(|found| found as Arc<dyn Any + Send + Sync>)
        });
        self.state().kinds.insert(kind.clone(), find);
        Shared { watched: self.clone(), kind }
    }

    /// An object as its watch has shown it last, if it is watched and there.
    pub(crate) fn get<K>(&self, name: &ObjectName) -> Option<K>
    where
        K: Resource<DynamicType = ()> + DeserializeOwned + Clone + 'static,
    {
        let state = self.state();
        if let Some(find) = state.kinds.get(&GroupKind::of::<K>()).cloned() {
            drop(state);
            let found = find(name)?;
            let parsed = || found.downcast_ref::<DynamicObject>()?.clone().try_parse().ok();
            return found.downcast_ref::<K>().cloned().or_else(parsed);
        }
        let secret = state.secrets.get(&of(name)).and_then(WatchedSecret::current)?;
        (secret as &dyn Any).downcast_ref::<K>().cloned()
    }

    /// Keeps an object that was read, if it is a Secret that is watched.
    pub(crate) fn keep<K: 'static>(&self, name: &ObjectName, object: &K) {
        let Some(secret) = (object as &dyn Any).downcast_ref::<Secret>() else { return };
        if let Some(watched) = self.state().secrets.get_mut(&of(name)) {
            watched.read = Some(secret.clone());
        }
    }

    /// A Secret is watched from now on.
    pub(crate) fn follow_secret(&self, secret: &SecretReference) {
        self.state().secrets.entry(secret.clone()).or_default();
    }

    /// Takes note of the revision of a Secret that is watched; none, when it is gone.
    pub(crate) fn secret_is_at(&self, secret: &SecretReference, revision: Option<u64>) {
        if let Some(watched) = self.state().secrets.get_mut(secret) {
            watched.revision = revision;
        }
    }

    /// Forgets a Secret that is watched no more.
    pub(crate) fn forget_secret(&self, secret: &SecretReference) {
        self.state().secrets.remove(secret);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // No data of a Secret is ever printed.
        f.debug_struct("Watched").field("kinds", &self.state().kinds.keys()).finish_non_exhaustive()
    }
}

// === impl WatchedSecret ===

impl WatchedSecret {
    /// What was read, if nothing newer was shown since.
    fn current(&self) -> Option<&Secret> {
        self.read.as_ref().filter(|read| Some(revision(*read)) == self.revision)
    }
}

// === impl Shared ===

impl Drop for Shared {
    fn drop(&mut self) {
        self.watched.state().kinds.remove(&self.kind);
    }
}

fn of(ObjectName { namespace, name }: &ObjectName) -> SecretReference {
    SecretReference { namespace: namespace.clone(), name: name.clone() }
}

#[cfg(test)]
mod tests;
