//! The election against an API server that exists in memory only, in tokio's paused time.

mod thread;

use k8s_openapi::api::coordination::v1::LeaseSpec;
use kube::{Api, Client};
use rstest::rstest;
use tokio::time::{Instant, advance, sleep};

use super::elector::{LeaderElector, LostReason, Try};
use super::*;
use crate::testing::api::FakeApi;

fn lease(identity: &str) -> Lease {
    Lease {
        namespace: "n".into(),
        name: "l".into(),
        identity: identity.into(),
        duration: Duration::from_mins(1),
        renew_deadline: Duration::from_secs(50),
        retry_period: Duration::from_secs(2),
    }
}

fn elector(api: &FakeApi, identity: &str) -> (LeaderElector, Leadership) {
    elect_with(api.client(), identity)
}

fn elect_with(client: Client, identity: &str) -> (LeaderElector, Leadership) {
    let held = Leadership::awaited();
    (LeaderElector::new(lease(identity), Api::namespaced(client, "n"), held.clone()), held)
}

/// A cluster that answers no request.
fn silent() -> Client {
    let service = tower::service_fn(|_: http::Request<kube::client::Body>| {
        std::future::pending::<Result<http::Response<kube::client::Body>, std::convert::Infallible>>()
    });
    Client::new(service, "default")
}

fn holder(api: &FakeApi) -> String {
    api.get("leases/l").unwrap()["spec"]["holderIdentity"].as_str().unwrap().to_owned()
}

#[rstest]
#[case::nobody_holds_it("", 0, true)]
#[case::it_is_ours("me", 0, true)]
#[case::another_gave_a_sign("other", 60, false)]
#[case::another_gave_none_for_too_long("other", 61, true)]
fn a_lease_is_taken_when_it_is_free(#[case] holder: &str, #[case] unchanged: u64, #[case] expected: bool) {
    let record = LeaseSpec {
        holder_identity: Some(holder.into()),
        lease_duration_seconds: Some(60),
        ..LeaseSpec::default()
    };
    assert_eq!(lease("me").may_take(&record, Duration::from_secs(unchanged)), expected);
}

#[test]
fn an_identity_is_the_host_and_something_unique() {
    let (one, two) = (Lease::identity(), Lease::identity());
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let unique = one.strip_prefix(&format!("{}_", host.trim())).unwrap();
    assert!(uuid::Uuid::parse_str(unique).is_ok(), "{one}");
    assert_ne!(one, two);
}

#[tokio::test(start_paused = true)]
async fn one_of_two_holds_the_lease_and_the_other_follows_when_it_is_given_back() {
    let api = FakeApi::default();
    let ((mut first, first_leads), (mut second, second_leads)) =
        (elector(&api, "first"), elector(&api, "second"));
    assert_eq!(first.try_hold().await, Try::Held);
    assert_eq!(second.try_hold().await, Try::Taken);
    assert_eq!(first.try_hold().await, Try::Held, "the holder renews");
    assert!(first_leads.holds() && !second_leads.holds());

    first.release().await;
    assert!(!first_leads.holds());
    assert_eq!(second.try_hold().await, Try::Held);
    assert_eq!(first.try_hold().await, Try::Taken);
    assert!(!first_leads.holds() && second_leads.holds());
    assert_eq!(api.get("leases/l").unwrap()["spec"]["leaseTransitions"], 1);
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_dies_is_followed_when_its_lease_ends() {
    let api = FakeApi::default();
    let ((mut first, _), (mut second, _)) = (elector(&api, "first"), elector(&api, "second"));
    assert_eq!(first.try_hold().await, Try::Held);
    let began = Instant::now();
    second.acquire().await;
    assert_eq!(began.elapsed().as_secs(), 60, "not at the next try after the lease's end");
    assert_eq!(holder(&api), "second");
}

/// Renews at an odd second for the last time, and says when that was.
async fn last_sign(holder: &mut LeaderElector) -> Instant {
    sleep(Duration::from_secs(11)).await;
    assert_eq!(holder.try_hold().await, Try::Held);
    Instant::now()
}

/// The follower asks at each even second, so that its next question would show this sign a second late.
#[tokio::test(start_paused = true)]
async fn the_end_of_a_lease_is_counted_from_its_last_sign_whenever_that_was() {
    let api = FakeApi::default();
    let ((mut first, _), (mut second, _)) = (elector(&api, "first"), elector(&api, "second"));
    assert_eq!(first.try_hold().await, Try::Held);
    let ((), renewed_at) = tokio::join!(second.acquire(), last_sign(&mut first));
    assert_eq!(renewed_at.elapsed().as_millis() / 10, 6000, "{:?}", renewed_at.elapsed());
    assert_eq!(holder(&api), "second");
}

/// A cluster that refuses every list and watch.
fn unwatchable(api: &FakeApi) -> Client {
    let client = api.client();
    let service = tower::service_fn(move |request: http::Request<kube::client::Body>| {
        let client = client.clone();
        async move {
            if request.uri().query().is_some_and(|query| query.contains("fieldSelector")) {
                let mut refusal = http::Response::new(kube::client::Body::empty());
                *refusal.status_mut() = http::StatusCode::FORBIDDEN;
                return Ok(refusal);
            }
            client.send(request).await
        }
    });
    Client::new(service, "default")
}

#[tokio::test(start_paused = true)]
async fn a_follower_that_may_not_watch_still_follows() {
    let api = FakeApi::default();
    let ((mut first, _), (mut second, _)) = (elector(&api, "first"), elect_with(unwatchable(&api), "second"));
    assert_eq!(first.try_hold().await, Try::Held);
    let ((), renewed_at) = tokio::join!(second.acquire(), last_sign(&mut first));
    let took = renewed_at.elapsed().as_secs();
    assert!((60..=62).contains(&took), "a retry period late at most: {took} s");
    assert_eq!(holder(&api), "second");
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_is_given_back_is_taken_at_once() {
    let api = FakeApi::default();
    let ((mut first, _), (mut second, _)) = (elector(&api, "first"), elector(&api, "second"));
    assert_eq!(first.try_hold().await, Try::Held);
    let given_back = async {
        sleep(Duration::from_secs(11)).await;
        first.release().await;
        Instant::now()
    };
    let ((), given_back) = tokio::join!(second.acquire(), given_back);
    assert!(given_back.elapsed() < Duration::from_millis(10), "{:?}", given_back.elapsed());
}

#[tokio::test(start_paused = true)]
async fn two_that_ask_at_once_are_one_holder_and_one_that_asks_again() {
    let api = FakeApi::default();
    let ((mut first, _), (mut second, second_leads)) = (elector(&api, "first"), elector(&api, "second"));
    assert_eq!(first.try_hold().await, Try::Held);
    first.release().await;
    // Both have read the free lease; the write of the second comes too late.
    api.fail("PUT leases/l", 409);
    assert_eq!(second.try_hold().await, Try::Unknown);
    assert!(!second_leads.holds());
    assert_eq!(second.try_hold().await, Try::Held);
}

#[tokio::test(start_paused = true)]
async fn a_holder_survives_a_conflict_and_an_outage_shorter_than_the_renew_deadline() {
    let api = FakeApi::default();
    let (mut holder, leads) = elector(&api, "me");
    assert_eq!(holder.try_hold().await, Try::Held);
    api.fail("PUT leases/l", 409);
    for _ in 0..10 {
        api.fail("leases", 500);
    }
    tokio::select! {
        reason = holder.renew() => panic!("lost: {reason:?}"),
        () = sleep(Duration::from_mins(5)) => assert!(leads.holds()),
    }
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_cannot_renew_steps_down_before_its_lease_ends() {
    let api = FakeApi::default();
    let (mut holder, leads) = elector(&api, "me");
    assert_eq!(holder.try_hold().await, Try::Held);
    for _ in 0..100 {
        api.fail("leases", 500);
    }
    let began = Instant::now();
    assert_eq!(holder.renew().await, LostReason::Unrenewed);
    assert_eq!(began.elapsed().as_secs(), 50);
    assert!(!leads.holds());
}

/// A request that hangs counts towards the renew deadline, and does not prolong it.
#[tokio::test(start_paused = true)]
async fn a_holder_whose_requests_hang_steps_down_before_its_lease_ends() {
    let (mut holder, leads) = elect_with(silent(), "me");
    let began = Instant::now();
    assert_eq!(holder.renew().await, LostReason::Unrenewed);
    assert_eq!(began.elapsed().as_secs(), 50);
    assert!(!leads.holds());
}

#[tokio::test(start_paused = true)]
async fn no_request_takes_more_than_half_of_the_renew_deadline() {
    let (mut asking, leads) = elect_with(silent(), "me");
    let began = Instant::now();
    assert_eq!(asking.try_hold().await, Try::Unknown);
    assert_eq!(began.elapsed().as_secs(), 25);
    assert!(!leads.holds());
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_finds_another_one_steps_down_at_once() {
    let api = FakeApi::default();
    let (mut holder, leads) = elector(&api, "me");
    assert_eq!(holder.try_hold().await, Try::Held);
    let mut taken = api.get("leases/l").unwrap();
    taken["spec"]["holderIdentity"] = "other".into();
    taken["kind"] = "Lease".into();
    api.put(taken);
    let began = Instant::now();
    assert_eq!(holder.renew().await, LostReason::Taken);
    assert_eq!(began.elapsed().as_secs(), 2);
    assert!(!leads.holds());
}

/// What a process that was stopped sees when it goes on: its right has ended, though nothing has told it so.
#[tokio::test(start_paused = true)]
async fn the_right_to_act_ends_by_the_clock_before_another_process_may_take_the_lease() {
    let api = FakeApi::default();
    let ((mut stopped, leads), (mut other, other_leads)) = (elector(&api, "stopped"), elector(&api, "other"));
    assert_eq!(stopped.try_hold().await, Try::Held);
    assert_eq!(other.try_hold().await, Try::Taken);
    advance(Duration::from_secs(49)).await;
    assert!(leads.holds());
    advance(Duration::from_secs(2)).await;
    assert!(!leads.holds());
    assert_eq!(other.try_hold().await, Try::Taken, "the lease has not ended yet");
    advance(Duration::from_secs(10)).await;
    assert_eq!(other.try_hold().await, Try::Held);
    assert!(other_leads.holds() && !leads.holds());
}

#[tokio::test(start_paused = true)]
async fn giving_back_waits_out_a_last_sign_and_leaves_what_is_not_ours() {
    let api = FakeApi::default();
    let ((mut first, _), (second, _)) = (elector(&api, "first"), elector(&api, "second"));
    assert_eq!(first.try_hold().await, Try::Held);
    second.release().await;
    assert_eq!(holder(&api), "first");
    api.fail("PUT leases/l", 409);
    first.release().await;
    assert_eq!(holder(&api), "");
}

#[test]
fn nobody_holds_the_right_before_the_election_and_one_process_alone_always_does() {
    assert!(!Leadership::awaited().holds());
    assert!(Leadership::unelected().holds());
}
