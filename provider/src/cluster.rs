//! What tells this cluster from every other.

use std::time::Duration;

use anyhow::Context;
use backon::{ExponentialBuilder, Retryable};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::core::PartialObjectMeta;
use kube::{Api, Client, ResourceExt};
use tokio::time::Instant;

/// A cluster has it for as long as the provider is installed there, and the provider may read it.
const NAME: &str = "clusterproviderconfigs.aws.m.goldenpath.io";

/// The delays between two attempts to read it.
const BACKOFF: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(500))
    .with_max_delay(Duration::from_secs(5))
    .without_max_times();
/// How long a package that is being installed, or a cluster that does not answer, may take.
const PATIENCE: Duration = Duration::from_mins(2);
/// How long the role of a provider that has just been started may take: Crossplane grants it at the same time.
const PATIENCE_FOR_ROLE: Duration = Duration::from_secs(10);

/// The identity that external resources are tagged with: the one that was given, or else the UID of an object that a
/// cluster has one of, and has for as long as it lives.
pub(crate) async fn identity(client: &Client, given: Option<&str>) -> anyhow::Result<String> {
    if let Some(given) = given.filter(|id| !id.is_empty()) {
        return Ok(given.to_owned());
    }
    let found = read(&Api::all(client.clone())).await.map_err(|error| {
        let remedy = remedy(&error);
        anyhow::Error::new(error).context(remedy)
    })?;
    found.uid().with_context(unknown)
}

/// Reads the object, for as long as what keeps it from being read may pass. Each failure is logged at once.
async fn read(
    api: &Api<CustomResourceDefinition>,
) -> Result<PartialObjectMeta<CustomResourceDefinition>, kube::Error> {
    let begun = Instant::now();
    let read = || api.get_metadata(NAME);
    read.retry(BACKOFF)
        .adjust(|error, delay| delay.filter(|delay| begun.elapsed() + *delay <= patience(error)))
        .notify(|error, _| tracing::warn!(%error, "{}", remedy(error)))
        .await
}

fn patience(error: &kube::Error) -> Duration {
    if is_forbidden(error) { PATIENCE_FOR_ROLE } else { PATIENCE }
}

fn remedy(error: &kube::Error) -> String {
    let unknown = unknown();
    if is_forbidden(error) {
        format!("{unknown}, or grant `get` on customresourcedefinitions.apiextensions.k8s.io")
    } else {
        unknown
    }
}

fn unknown() -> String {
    format!("Cannot tell this cluster from others by CustomResourceDefinition {NAME}: set --cluster-id")
}

fn is_forbidden(error: &kube::Error) -> bool {
    matches!(error, kube::Error::Api(status) if status.is_forbidden())
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use http::{Request, Response};
    use kube::client::Body;
    use serde_json::json;

    use super::*;

    /// A cluster that gives these answers one after the other, and the last one again and again.
    fn cluster(answers: &'static [u16]) -> (Client, Arc<AtomicUsize>) {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = asked.clone();
        let service = tower::service_fn(move |_: Request<Body>| {
            let code = answers[count.fetch_add(1, Ordering::Relaxed).min(answers.len() - 1)];
            let body = match code {
                200 => json!({"apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadata",
                    "metadata": {"name": NAME, "uid": "u-1"}}),
                _ => json!({"apiVersion": "v1", "kind": "Status", "status": "Failure", "code": code,
                    "reason": if code == 403 { "Forbidden" } else { "" }, "message": "no"}),
            };
            let answer = Response::builder().status(code).body(Body::from(body.to_string().into_bytes()));
            async move { Ok::<_, Infallible>(answer.unwrap()) }
        });
        (Client::new(service, "default"), asked)
    }

    #[tokio::test(start_paused = true)]
    async fn a_cluster_is_known_by_an_object_of_the_package_once_it_can_be_read() {
        for answers in [&[200][..], &[404, 404, 200], &[503, 500, 503, 503, 503, 503, 503, 200], &[403, 200]]
        {
            let (client, asked) = cluster(answers);
            assert_eq!(identity(&client, None).await.unwrap(), "u-1");
            assert_eq!(asked.load(Ordering::Relaxed), answers.len(), "{answers:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_role_that_is_missing_is_named_soon_and_a_cluster_that_does_not_answer_is_waited_for() {
        let rule = "grant `get` on customresourcedefinitions.apiextensions.k8s.io";
        for (answer, patience, names_rule) in [(403, PATIENCE_FOR_ROLE, true), (503, PATIENCE, false)] {
            let (client, _) = cluster(if answer == 403 { &[403] } else { &[503] });
            let begun = Instant::now();
            let error = format!("{:#}", identity(&client, None).await.unwrap_err());
            assert!(error.contains("set --cluster-id") && error.contains(rule) == names_rule, "{error}");
            let waited = begun.elapsed();
            assert!(waited <= patience && waited > patience / 2, "{waited:?}");
        }
    }

    #[tokio::test]
    async fn a_cluster_that_was_named_is_not_asked() {
        let (client, asked) = cluster(&[403]);
        assert_eq!(identity(&client, Some("staging")).await.unwrap(), "staging");
        assert_eq!(asked.load(Ordering::Relaxed), 0);
    }
}
