//! What is asked about CRDs, and how they are followed.

use std::time::Duration;

use futures::{Stream, StreamExt};
use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec,
};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{ApiResource, PartialObjectMeta, PostParams};
use kube::runtime::watcher::{self, Event};
use kube::runtime::{WatchStreamExt, watcher as watch};
use kube::{Api, Client};

/// How soon a CRD is read again that could not be read.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Whether this process may get, list and watch CRDs; without safe start its role does not say so (R243).
pub(super) async fn may_be_read(client: &Client) -> bool {
    let reviews = Api::<SelfSubjectAccessReview>::all(client.clone());
    for verb in ["get", "list", "watch"] {
        if !is_allowed(&reviews, verb).await {
            return false;
        }
    }
    true
}

/// Whether this process may do something with CRDs. Tries until it is answered: an API server that has just no answer
/// would otherwise decide for the life of the process.
async fn is_allowed(reviews: &Api<SelfSubjectAccessReview>, verb: &str) -> bool {
    loop {
        match reviews.create(&PostParams::default(), &review(verb)).await {
            Ok(answer) => return answer.status.as_ref().is_some_and(|s| s.allowed),
            Err(kube::Error::Api(refusal)) if (400..429).contains(&refusal.code) => return false,
            Err(error) => {
                tracing::warn!(%error, "cannot ask whether CustomResourceDefinitions may be read");
            }
        }
        tokio::time::sleep(AFTER_FAILURE).await;
    }
}

fn review(verb: &str) -> SelfSubjectAccessReview {
    let attributes = ResourceAttributes {
        group: Some("apiextensions.k8s.io".into()),
        resource: Some("customresourcedefinitions".into()),
        verb: Some(verb.into()),
        ..ResourceAttributes::default()
    };
    SelfSubjectAccessReview {
        spec: SelfSubjectAccessReviewSpec {
            resource_attributes: Some(attributes),
            ..SelfSubjectAccessReviewSpec::default()
        },
        ..SelfSubjectAccessReview::default()
    }
}

/// Whether a kind is served, after each change of its CRD. The watch is of metadata only, and wakes; the one CRD is
/// read then, as its metadata does not say so (R246).
pub(super) fn established(client: Client, kind: ApiResource) -> impl Stream<Item = bool> + Send + 'static {
    let name = format!("{}.{}", kind.plural, kind.group);
    let crds = Api::<PartialObjectMeta<CustomResourceDefinition>>::all(client.clone());
    let only = watcher::Config::default().fields(&format!("metadata.name={name}"));
    let changes = watch(crds, only).default_backoff().filter_map(async |event| match event {
        Ok(Event::InitDone | Event::Apply(_) | Event::Delete(_)) => Some(()),
        Ok(Event::Init | Event::InitApply(_)) => None,
        Err(error) => {
            tracing::info!(%error, "a watch of CustomResourceDefinitions is interrupted");
            None
        }
    });
    changes.then(move |()| {
        let (client, kind, name) = (client.clone(), kind.clone(), name.clone());
        async move { read(client, &name).await.is_some_and(|crd| serves(&crd, &kind)) }
    })
}

/// The CRD as it is now, if there is one. Tries until it is answered.
async fn read(client: Client, name: &str) -> Option<CustomResourceDefinition> {
    let crds = Api::<CustomResourceDefinition>::all(client);
    loop {
        match crds.get_opt(name).await {
            Ok(crd) => return crd,
            Err(error) => tracing::warn!(%error, name, "cannot read the CustomResourceDefinition"),
        }
        tokio::time::sleep(AFTER_FAILURE).await;
    }
}

/// Whether a CRD is established and serves the version of a kind; that it does until it is gone (R244, R245).
pub(super) fn serves(crd: &CustomResourceDefinition, kind: &ApiResource) -> bool {
    let version = crd.spec.versions.iter().any(|v| v.served && v.name == kind.version);
    let conditions = crd.status.iter().flat_map(|s| s.conditions.iter().flatten());
    version && conditions.into_iter().any(|c| c.type_ == "Established" && c.status == "True")
}
