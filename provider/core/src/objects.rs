//! The cluster, as far as an external client needs it.

use k8s_openapi::NamespaceResourceScope;
use kube::Resource;
use serde::de::DeserializeOwned;

use crate::Fault;

/// Reads single objects. Declared by the side that needs it; the runtime implements it with a client.
pub trait Objects: Send + Sync + 'static {
    /// A namespaced object, or `None` when there is none of that name.
    ///
    /// Errors: `Transient` when the API server does not answer, `User` when it denies the read.
    fn get<K>(&self, namespace: &str, name: &str) -> impl Future<Output = Result<Option<K>, Fault>> + Send
    where
        K: Resource<DynamicType = (), Scope = NamespaceResourceScope>
            + DeserializeOwned
            + Clone
            + std::fmt::Debug
            + Send
            + 'static;

    /// A cluster-scoped object, or `None` when there is none of that name. Errors as [`get`](Objects::get).
    fn get_cluster<K>(&self, name: &str) -> impl Future<Output = Result<Option<K>, Fault>> + Send
    where
        K: Resource<DynamicType = (), Scope = k8s_openapi::ClusterResourceScope>
            + DeserializeOwned
            + Clone
            + std::fmt::Debug
            + Send
            + 'static;
}
