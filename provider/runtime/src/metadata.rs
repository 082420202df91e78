//! Writes of the lists in an object's metadata: finalizers and owners.
//!
//! A list is replaced as a whole, so each write names the version of the object that it was made from.

use std::fmt::Debug;

use kube::api::{Patch, PatchParams};
use kube::{Api, Resource, ResourceExt};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// Removes a finalizer of an object; writes nothing if it has none of the name. An object that is gone needs no more.
pub(crate) async fn remove_finalizer<K>(api: &Api<K>, object: &K, finalizer: &str) -> Result<(), kube::Error>
where
    K: Resource + Clone + DeserializeOwned + Debug,
{
    let finalizers = object.finalizers();
    if finalizers.iter().all(|f| f != finalizer) {
        return Ok(());
    }
    replace(api, object, [("finalizers", without(finalizers, finalizer))]).await
}

/// The finalizers but one.
pub(crate) fn without(finalizers: &[String], finalizer: &str) -> Value {
    finalizers.iter().filter(|f| *f != finalizer).cloned().collect()
}

/// Replaces lists of an object's metadata. An object that is gone needs none.
///
/// # Errors
///
/// A conflict, if another writer has changed the object meanwhile.
pub(crate) async fn replace<K>(
    api: &Api<K>,
    object: &K,
    lists: impl IntoIterator<Item = (&'static str, Value)>,
) -> Result<(), kube::Error>
where
    K: Resource + Clone + DeserializeOwned + Debug,
{
    let version = ("resourceVersion".to_owned(), json!(object.resource_version()));
    let lists = lists.into_iter().map(|(list, items)| (list.to_owned(), items));
    let metadata: Map<_, _> = lists.chain([version]).collect();
    let patch = Patch::Merge(json!({"metadata": metadata}));
    match api.patch(&object.name_any(), &PatchParams::default(), &patch).await {
        Err(kube::Error::Api(status)) if status.is_not_found() => Ok(()),
        result => result.map(|_| ()),
    }
}
