//! Which changes of a managed resource are a reason to reconcile it (R139).

use std::hash::{DefaultHasher, Hash, Hasher};

use goldenpath_provider_core::Managed;
use goldenpath_provider_core::creation::{EXTERNAL_NAME, FAILED, PENDING, SUCCEEDED};
use goldenpath_provider_core::managed::FINALIZER;
use kube::ResourceExt;

/// A number that changes when, and only when, the object has to be reconciled.
///
/// Status, managed fields and what the runtime itself writes do not count: the record of creation, its finalizer,
/// and the external name where it only spells out the default. Finalizers of others do: deletion waits for them.
pub(crate) fn fingerprint<M: Managed>(managed: &M) -> u64 {
    let meta = managed.meta();
    let own = [EXTERNAL_NAME, PENDING, SUCCEEDED, FAILED];
    let mut hasher = DefaultHasher::new();
    (&meta.uid, meta.generation, &meta.labels).hash(&mut hasher);
    meta.deletion_timestamp.is_some().hash(&mut hasher);
    managed.external_name().hash(&mut hasher);
    for annotation in managed.annotations().iter().filter(|(key, _)| !own.contains(&key.as_str())) {
        annotation.hash(&mut hasher);
    }
    for finalizer in managed.finalizers().iter().filter(|f| *f != FINALIZER) {
        finalizer.hash(&mut hasher);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests;
