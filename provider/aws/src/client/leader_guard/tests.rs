use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_sdk_rds::config::retry::RetryConfig;
use aws_sdk_rds::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_http_client::test_util::infallible_client_fn;
use aws_smithy_types::body::SdkBody;

use super::*;
use crate::fault::tests::NONE;
use crate::fault::{Api, ServiceEndpoint};

/// A client that is asked twice at most, while `may_act` allows it; and how many requests went out.
fn client(
    may_act: impl Fn(usize) -> bool + Send + Sync + 'static,
) -> (aws_sdk_rds::Client, Arc<AtomicUsize>) {
    let sent = Arc::new(AtomicUsize::new(0));
    let (counted, known) = (Arc::clone(&sent), Arc::clone(&sent));
    let http = infallible_client_fn(move |_: http::Request<SdkBody>| {
        counted.fetch_add(1, Ordering::Relaxed);
        http::Response::builder().status(503).body("").unwrap()
    });
    let config = aws_sdk_rds::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("AKID", "s", None, None, "test"))
        .http_client(http)
        .retry_config(
            RetryConfig::standard().with_max_attempts(2).with_initial_backoff(Duration::from_millis(1)),
        )
        .interceptor(LeaderGuard::new(move || may_act(known.load(Ordering::Relaxed))))
        .build();
    (aws_sdk_rds::Client::from_conf(config), sent)
}

/// What is told of a Delete, and how many requests it took.
async fn delete(may_act: impl Fn(usize) -> bool + Send + Sync + 'static) -> (&'static str, String, usize) {
    let (rds, sent) = client(may_act);
    let error = rds.delete_db_instance().db_instance_identifier("x").send().await.unwrap_err();
    let endpoint = ServiceEndpoint { api: Api::Rds, address: "aws.test".into() };
    let fault = endpoint.failure(&NONE, &error).fault;
    (fault.reason, fault.message, sent.load(Ordering::Relaxed))
}

/// As in a process that is stopped while AWS answers, for longer than its lease.
#[tokio::test]
async fn a_call_is_not_tried_again_when_leadership_is_lost_between_two_attempts() {
    let told = delete(|sent| sent == 0).await;
    assert_eq!(told, ("NotLeading", "this process does not hold the lease any more".into(), 1));
}

#[tokio::test]
async fn a_process_that_does_not_lead_sends_nothing() {
    assert_eq!(delete(|_| false).await.2, 0);
}

#[tokio::test]
async fn a_leader_tries_again() {
    let (reason, _, sent) = delete(|_| true).await;
    assert_eq!((reason, sent), ("AWSUnavailable", 2));
}
