//! What tells this cluster from every other.

use anyhow::Context;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::{Api, Client, ResourceExt};

/// Made by the API server of every cluster, and read with the rights that Crossplane gives every provider.
const NAMESPACE: &str = "kube-system";
const NAME: &str = "extension-apiserver-authentication";

/// The identity that external resources are tagged with: the one that was given, or else the UID of an object that a
/// cluster has one of, and has for as long as it lives.
pub(crate) async fn identity(client: &Client, given: Option<&str>) -> anyhow::Result<String> {
    if let Some(given) = given.filter(|id| !id.is_empty()) {
        return Ok(given.to_owned());
    }
    let remedy =
        || format!("Cannot tell this cluster from others by ConfigMap {NAMESPACE}/{NAME}: set --cluster-id");
    let found = Api::<ConfigMap>::namespaced(client.clone(), NAMESPACE).get_metadata(NAME).await;
    found.with_context(remedy)?.uid().with_context(remedy)
}
