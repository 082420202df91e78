//! Safe start: a controller runs while its CRD is established, and no other controller waits for it (R243..R245).

use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec,
};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::PostParams;
use kube::runtime::wait::await_condition;
use kube::{Api, Client, Resource};
use tokio_util::sync::CancellationToken;

/// Runs `drive` whenever `K` is served, until `shutdown`; the token it gets asks it to stop.
pub(crate) async fn while_established<K: Resource<DynamicType = ()>, F: Future<Output = ()>>(
    client: &Client,
    shutdown: &CancellationToken,
    drive: impl Fn(CancellationToken) -> F,
) {
    let Some(may_read) = shutdown.run_until_cancelled(may_read_crds(client)).await else { return };
    if !may_read {
        tracing::info!("CustomResourceDefinitions may not be read: starting without waiting for them");
        return drive(shutdown.clone()).await;
    }
    while let Some(()) = shutdown.run_until_cancelled(served::<K>(client, true)).await {
        let stop = shutdown.child_token();
        let driven = drive(stop.clone());
        let removed = async {
            stop.run_until_cancelled(served::<K>(client, false)).await;
            stop.cancel();
        };
        tokio::join!(driven, removed);
    }
}

/// Waits until `K` is served, or until it is not.
async fn served<K: Resource<DynamicType = ()>>(client: &Client, wanted: bool) {
    let name = format!("{}.{}", K::plural(&()), K::group(&()));
    let is_served = |crd: Option<&CustomResourceDefinition>| crd.is_some_and(serves::<K>) == wanted;
    loop {
        let crds = Api::<CustomResourceDefinition>::all(client.clone());
        match await_condition(crds, &name, is_served).await {
            Ok(_) => return,
            Err(error) => tracing::warn!(%error, name, "cannot watch the CustomResourceDefinition"),
        }
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    }
}

/// Whether a CRD is established, not being deleted, and serves the version of `K` (R244).
fn serves<K: Resource<DynamicType = ()>>(crd: &CustomResourceDefinition) -> bool {
    let version = crd.spec.versions.iter().any(|v| v.served && v.name == K::version(&()));
    let conditions = crd.status.iter().flat_map(|s| s.conditions.iter().flatten());
    let established = conditions.into_iter().any(|c| c.type_ == "Established" && c.status == "True");
    version && established && crd.metadata.deletion_timestamp.is_none()
}

/// Whether this process may get, list and watch CRDs; without safe start its role does not say so (R243).
async fn may_read_crds(client: &Client) -> bool {
    let reviews = Api::<SelfSubjectAccessReview>::all(client.clone());
    for verb in ["get", "list", "watch"] {
        let attributes = ResourceAttributes {
            group: Some("apiextensions.k8s.io".into()),
            resource: Some("customresourcedefinitions".into()),
            verb: Some(verb.into()),
            ..ResourceAttributes::default()
        };
        let review = SelfSubjectAccessReview {
            spec: SelfSubjectAccessReviewSpec {
                resource_attributes: Some(attributes),
                ..SelfSubjectAccessReviewSpec::default()
            },
            ..SelfSubjectAccessReview::default()
        };
        match reviews.create(&PostParams::default(), &review).await {
            Ok(answer) if answer.status.as_ref().is_some_and(|s| s.allowed) => {}
            Ok(_) => return false,
            Err(error) => {
                tracing::warn!(%error, "cannot ask whether CustomResourceDefinitions may be read");
                return false;
            }
        }
    }
    true
}

#[cfg(test)]
mod tests;
