//! The cluster, as far as an external client needs it.

use std::fmt::Debug;

use k8s_openapi::{ClusterResourceScope, NamespaceResourceScope};
use kube::Resource;
use serde::de::DeserializeOwned;

use crate::Fault;

/// A type of objects that can be read.
pub trait Readable: Resource<DynamicType = ()> + DeserializeOwned + Clone + Debug + Send + 'static {}

impl<K: Resource<DynamicType = ()> + DeserializeOwned + Clone + Debug + Send + 'static> Readable for K {}

/// Reads single objects. Declared by the side that needs it; the runtime implements it with a client.
pub trait Objects: Send + Sync + 'static {
    /// A namespaced object, or `None` when there is none of that name.
    ///
    /// Errors: `Transient` when the API server does not answer, `User` when it denies the read.
    fn get<K>(&self, namespace: &str, name: &str) -> impl Future<Output = Result<Option<K>, Fault>> + Send
    where
        K: Readable<Scope = NamespaceResourceScope>;

    /// A cluster-scoped object, or `None` when there is none of that name. Errors as [`get`](Objects::get).
    fn get_cluster<K>(&self, name: &str) -> impl Future<Output = Result<Option<K>, Fault>> + Send
    where
        K: Readable<Scope = ClusterResourceScope>;
}
