//! The cluster behind core's [`Objects`]: point reads, never a watch (R249).

use std::fmt::Debug;

use goldenpath_provider_core::{Fault, Objects};
use k8s_openapi::{ClusterResourceScope, NamespaceResourceScope};
use kube::{Api, Client, Resource};
use serde::de::DeserializeOwned;

use crate::error::api_fault;

/// The cluster that a client reaches.
#[derive(Clone)]
pub struct ClusterObjects(Client);

// === impl ClusterObjects ===

impl ClusterObjects {
    /// The cluster that this client reaches.
    pub fn new(client: Client) -> Self {
        Self(client)
    }
}

impl Objects for ClusterObjects {
    async fn get<K>(&self, namespace: &str, name: &str) -> Result<Option<K>, Fault>
    where
        K: Resource<DynamicType = (), Scope = NamespaceResourceScope>
            + DeserializeOwned
            + Clone
            + Debug
            + Send
            + 'static,
    {
        Api::<K>::namespaced(self.0.clone(), namespace).get_opt(name).await.map_err(|e| api_fault(&e))
    }

    async fn get_cluster<K>(&self, name: &str) -> Result<Option<K>, Fault>
    where
        K: Resource<DynamicType = (), Scope = ClusterResourceScope>
            + DeserializeOwned
            + Clone
            + Debug
            + Send
            + 'static,
    {
        Api::<K>::all(self.0.clone()).get_opt(name).await.map_err(|e| api_fault(&e))
    }
}
