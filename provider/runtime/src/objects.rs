//! The cluster behind core's [`Objects`]: what is watched anyway is not asked for, and nothing is watched for it.

use goldenpath_provider_core::managed::ObjectName;
use goldenpath_provider_core::objects::Readable;
use goldenpath_provider_core::{Fault, Objects};
use k8s_openapi::{ClusterResourceScope, NamespaceResourceScope};
use kube::{Api, Client, Resource};

use crate::error::api_fault;
use crate::watched::Watched;

/// The cluster that a client reaches.
#[derive(Clone)]
pub struct ClusterObjects {
    client: Client,
    watched: Watched,
}

// === impl ClusterObjects ===

impl ClusterObjects {
    /// The cluster that this client reaches; it is asked for every object.
    pub fn new(client: Client) -> Self {
        Self::watched(client, Watched::default())
    }

    /// As [`new`](ClusterObjects::new), and what is watched is not asked for.
    pub(crate) fn watched(client: Client, watched: Watched) -> Self {
        Self { client, watched }
    }

    /// An object as its watch shows it. One that no watch shows is asked for: a watch may not have begun, or lag behind.
    async fn read<K: Readable>(&self, name: ObjectName, api: Api<K>) -> Result<Option<K>, Fault> {
        if let Some(watched) = self.watched.get(&name) {
            return Ok(Some(watched));
        }
        let found = api.get_opt(&name.name).await.map_err(|error| failure::<K>(&error))?;
        if let Some(found) = &found {
            self.watched.keep(&name, found);
        }
        Ok(found)
    }
}

impl Objects for ClusterObjects {
    async fn get<K>(&self, namespace: &str, name: &str) -> Result<Option<K>, Fault>
    where
        K: Readable<Scope = NamespaceResourceScope>,
    {
        let api = Api::namespaced(self.client.clone(), namespace);
        self.read(ObjectName { namespace: namespace.to_owned(), name: name.to_owned() }, api).await
    }

    async fn get_cluster<K>(&self, name: &str) -> Result<Option<K>, Fault>
    where
        K: Readable<Scope = ClusterResourceScope>,
    {
        let api = Api::all(self.client.clone());
        self.read(ObjectName { namespace: String::new(), name: name.to_owned() }, api).await
    }
}

/// Why an object cannot be read. A missing object is no failure; a missing kind is one, which its CRD mends (R247).
fn failure<K: Resource<DynamicType = ()>>(error: &kube::Error) -> Fault {
    match error {
        kube::Error::Api(status) if status.code == 404 => {
            let (kind, version) = (K::kind(&()), K::api_version(&()));
            Fault::transient("KindNotServed", format!("the cluster does not serve kind {kind} of {version}"))
                .remedy("install the CustomResourceDefinition, or the provider that it belongs to")
        }
        _ => api_fault(error),
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::testing::Thing;
    use crate::testing::api::FakeApi;

    /// What an API server answers about a kind that it has never heard of.
    fn without_the_kind() -> Client {
        let service = tower::service_fn(async |_: http::Request<kube::client::Body>| {
            let body = kube::client::Body::from(b"404 page not found\n".to_vec());
            let mut answer = http::Response::new(body);
            *answer.status_mut() = http::StatusCode::NOT_FOUND;
            Ok::<_, Infallible>(answer)
        });
        Client::new(service, "default")
    }

    #[tokio::test]
    async fn a_reference_to_a_kind_that_is_absent_is_reported_and_tried_again() {
        let fault = ClusterObjects::new(without_the_kind()).get::<Thing>("n", "x").await.unwrap_err();
        assert_eq!(fault.kind, goldenpath_provider_core::FaultKind::Transient);
        assert_eq!(fault.message, "the cluster does not serve kind Thing of test.goldenpath.io/v1");
        assert!(fault.remedy.is_some());
    }

    #[tokio::test]
    async fn a_missing_object_is_no_failure() {
        let found = ClusterObjects::new(FakeApi::default().client()).get::<Thing>("n", "x").await;
        assert!(matches!(found, Ok(None)), "{found:?}");
    }
}
