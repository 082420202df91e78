//! The elector on its own thread, in real time.

use super::*;

fn quick(identity: &str) -> Lease {
    Lease {
        duration: Duration::from_secs(2),
        renew_deadline: Duration::from_millis(1900),
        retry_period: Duration::from_millis(10),
        ..lease(identity)
    }
}

fn run(api: &FakeApi, identity: &str) -> (Election, CancellationToken) {
    let (api, release) = (api.clone(), CancellationToken::new());
    (quick(identity).elect_with(move || Ok(api.client()), release.clone()), release)
}

#[tokio::test]
async fn a_standby_follows_a_leader_that_gives_back() {
    let api = FakeApi::default();
    let (mut first, release) = run(&api, "first");
    assert!(first.won().await.unwrap().holds());
    let (mut second, _held) = run(&api, "second");
    assert!(!second.leadership.holds());
    release.cancel();
    first.over().await;
    assert_eq!(*first.state.borrow(), LeaseState::Released);
    assert!(second.won().await.unwrap().holds());
}

/// The process's own event loop is one thread here, and busy for longer than the lease.
#[tokio::test]
async fn a_starved_event_loop_does_not_lose_the_lease() {
    let api = FakeApi::default();
    let (mut election, _release) = run(&api, "me");
    let leadership = election.won().await.unwrap();
    let busy = std::time::Instant::now();
    while busy.elapsed() < Duration::from_secs(3) {
        std::hint::spin_loop();
    }
    assert!(leadership.holds());
    assert_eq!(*election.state.borrow(), LeaseState::Leading);
}

#[tokio::test]
async fn a_leader_that_is_cut_off_is_reported_so() {
    let api = FakeApi::default();
    let (mut election, _release) = run(&api, "me");
    let leadership = election.won().await.unwrap();
    for _ in 0..100_000 {
        api.fail("leases", 500);
    }
    election.lost().await;
    assert!(!leadership.holds());
}

#[tokio::test]
async fn an_election_that_cannot_begin_is_not_won() {
    let fails = || Err(kube::Error::Service("no cluster".into()));
    let mut election = quick("me").elect_with(fails, CancellationToken::new());
    assert!(election.won().await.is_none());
}
