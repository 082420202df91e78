//! What tells this cluster from every other.

use std::time::Duration;

use anyhow::Context;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::core::PartialObjectMeta;
use kube::{Api, Client, ResourceExt};
use tokio::time::{Instant, sleep};

/// A cluster has it for as long as the provider is installed there, and the provider may read it.
const NAME: &str = "clusterproviderconfigs.aws.m.goldenpath.io";

/// How long a package that is being installed, or a cluster that does not answer, may take.
const PATIENCE: Duration = Duration::from_mins(2);

/// The identity that external resources are tagged with: the one that was given, or else the UID of an object that a
/// cluster has one of, and has for as long as it lives.
pub(crate) async fn identity(client: &Client, given: Option<&str>) -> anyhow::Result<String> {
    if let Some(given) = given.filter(|id| !id.is_empty()) {
        return Ok(given.to_owned());
    }
    let remedy = || {
        format!("Cannot tell this cluster from others by CustomResourceDefinition {NAME}: set --cluster-id")
    };
    let found = read(&Api::all(client.clone())).await.with_context(remedy)?;
    found.uid().with_context(remedy)
}

/// Reads the object; in a package that is being installed it may come a little later.
async fn read(
    api: &Api<CustomResourceDefinition>,
) -> Result<PartialObjectMeta<CustomResourceDefinition>, kube::Error> {
    let give_up = Instant::now() + PATIENCE;
    loop {
        match api.get_metadata(NAME).await {
            Err(error) if Instant::now() < give_up => tracing::debug!(%error, "the cluster is not known yet"),
            answer => return answer,
        }
        sleep(Duration::from_millis(500)).await;
    }
}
