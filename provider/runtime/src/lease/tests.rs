use rstest::rstest;

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

fn campaign(api: &FakeApi, identity: &str) -> Campaign {
    Campaign { lease: lease(identity), api: Api::namespaced(api.client(), "n"), seen: None }
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

#[tokio::test(start_paused = true)]
async fn one_of_two_holds_the_lease_and_the_other_follows_when_it_is_given_back() {
    let api = FakeApi::default();
    let (mut first, mut second) = (campaign(&api, "first"), campaign(&api, "second"));
    assert!(first.try_hold().await);
    assert!(!second.try_hold().await);
    assert!(first.try_hold().await, "the holder renews");

    first.release().await;
    assert!(second.try_hold().await);
    assert!(!first.try_hold().await);
    assert_eq!(api.get("leases/l").unwrap()["spec"]["leaseTransitions"], 1);
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_dies_is_followed_when_its_lease_ends() {
    let api = FakeApi::default();
    let (mut first, mut second) = (campaign(&api, "first"), campaign(&api, "second"));
    assert!(first.try_hold().await);
    let began = Instant::now();
    second.acquire().await;
    let waited = began.elapsed();
    assert!(waited > Duration::from_mins(1) && waited < Duration::from_secs(65), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn a_holder_that_cannot_renew_steps_down_before_its_lease_ends() {
    let api = FakeApi::default();
    let mut holder = campaign(&api, "me");
    assert!(holder.try_hold().await);
    for _ in 0..100 {
        api.fail("leases", 500);
    }
    let began = Instant::now();
    holder.keep().await;
    let waited = began.elapsed();
    assert!(waited >= Duration::from_secs(50) && waited < Duration::from_mins(1), "{waited:?}");
}
