use std::sync::MutexGuard;

use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep};
use aws_smithy_async::test_util::tick_advance_sleep::{
    TickAdvanceSleep, TickAdvanceTime, tick_advance_time_and_sleep,
};
use aws_smithy_async::time::TimeSource;
use aws_smithy_http_client::test_util::infallible_client_fn;
use aws_smithy_types::body::SdkBody;
use goldenpath_provider_core::FaultKind;
use rstest::rstest;
use serde_json::json;

use super::is_read;
use crate::client::*;
use crate::fault::Failure;
use crate::fault::tests::NONE;
use crate::testing::{self, FakeObjects, cluster_config};

/// AWS, which takes so many calls a second and refuses all others, and a clock that goes when it is told to.
struct Scene {
    aws: Arc<Mutex<Meter>>,
    time: TickAdvanceTime,
    sleep: TickAdvanceSleep,
}

struct Meter {
    takes: f64,
    tokens: f64,
    filled: Duration,
    /// When it was called.
    calls: Vec<Duration>,
}

// === impl Scene ===

impl Scene {
    fn taking(takes: f64) -> Self {
        let (time, sleep) = tick_advance_time_and_sleep();
        let meter = Meter { takes, tokens: takes, filled: Duration::ZERO, calls: Vec::new() };
        Self { aws: Arc::new(Mutex::new(meter)), time, sleep }
    }

    fn meter(&self) -> MutexGuard<'_, Meter> {
        self.aws.lock().unwrap()
    }

    /// Lets time pass, and all do what they can.
    async fn pass(&self, time: Duration) {
        self.time.tick(time).await;
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }

    /// A client of RDS for an account.
    async fn client(&self, account: &str, region: &str) -> Service<aws_sdk_rds::Client> {
        let identity = json!({"roleARN": format!("arn:aws:iam::{account}:role/r")});
        let config = cluster_config(&json!({"credentials": {"source": "None", "webIdentity": identity}}));
        let mut clients = Clients::new(FakeObjects::default().with(&config), crate::testing::CLUSTER);
        let (aws, clock) = (self.aws.clone(), self.time.clone());
        clients.http = infallible_client_fn(move |_: http::Request<SdkBody>| {
            aws.lock().unwrap().answer(since_epoch(&clock))
        });
        clients.time = SharedTimeSource::new(self.time.clone());
        let services = clients.services(&testing::instance_in(region)).await.unwrap();
        let config = services.rds.client.config().to_builder();
        let config = config.sleep_impl(SharedAsyncSleep::new(self.sleep.clone()));
        let mut rds = services.rds.clone();
        rds.client = aws_sdk_rds::Client::from_conf(config.build());
        rds
    }
}

fn since_epoch(clock: &impl TimeSource) -> Duration {
    clock.now().duration_since(std::time::UNIX_EPOCH).unwrap()
}

// === impl Meter ===

impl Meter {
    fn answer(&mut self, now: Duration) -> http::Response<String> {
        let filled = now.saturating_sub(self.filled).as_secs_f64() * self.takes;
        (self.tokens, self.filled) = (self.tokens.max((self.tokens + filled).min(self.takes)), now);
        self.calls.push(now);
        if self.tokens < 1.0 {
            let refusal = "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>";
            return http::Response::builder().status(400).body(refusal.into()).unwrap();
        }
        self.tokens -= 1.0;
        let found = "<DescribeDBInstancesResponse><DescribeDBInstancesResult/></DescribeDBInstancesResponse>";
        http::Response::new(found.into())
    }

    /// The calls of each second.
    fn by_second(&self) -> Vec<usize> {
        let last = self.calls.last().map_or(0, Duration::as_secs);
        (0..=last).map(|second| self.calls.iter().filter(|at| at.as_secs() == second).count()).collect()
    }
}

#[derive(Clone, Copy, Debug)]
enum Call {
    Describe,
    Delete,
}

// === impl Call ===

impl Call {
    async fn send(self, client: &aws_sdk_rds::Client) {
        match self {
            Self::Describe => drop(client.describe_db_instances().send().await),
            Self::Delete => drop(client.delete_db_instance().db_instance_identifier("x").send().await),
        }
    }
}

/// Looks at one object as the runtime does: throttled, it waits ever longer.
async fn look(
    rds: Service<aws_sdk_rds::Client>,
    sleep: TickAdvanceSleep,
    turns: Arc<tokio::sync::Semaphore>,
) {
    for pause in [1, 2, 4, 8, 16].into_iter().chain(std::iter::repeat(30)) {
        let turn = turns.acquire().await.unwrap();
        let call = rds.client.describe_db_instances().send();
        let Err(Failure { fault, .. }) = rds.call(&NONE, call).await else { return };
        assert_eq!(fault.kind, FaultKind::Throttled, "{fault}");
        drop(turn);
        sleep.sleep(Duration::from_secs(pause)).await;
    }
}

#[tokio::test]
async fn six_hundred_objects_ask_no_more_often_than_aws_takes() {
    let scene = Scene::taking(20.0);
    let rds = Box::pin(scene.client("600", "eu-central-1")).await;
    let turns = Arc::new(tokio::sync::Semaphore::new(100));
    let mut looks = tokio::task::JoinSet::new();
    for _ in 0..600 {
        looks.spawn(look(rds.clone(), scene.sleep.clone(), turns.clone()));
    }
    while !looks.is_empty() {
        scene.pass(Duration::from_millis(50)).await;
        while looks.try_join_next().is_some() {}
        assert!(since_epoch(&scene.time) < Duration::from_mins(10), "{} still look", looks.len());
    }
    let seconds = scene.meter().by_second();
    println!("{seconds:?}");
    assert!(seconds.iter().skip(10).all(|calls| *calls <= 22), "{seconds:?}");
    assert!(seconds.len() < 45, "and not much less often: {} s", seconds.len());
}

#[rstest]
#[case::changes("1", "eu-central-1", Call::Delete, true)]
#[case::of_another_account("2", "eu-central-1", Call::Describe, true)]
#[case::in_another_region("1", "us-east-1", Call::Describe, true)]
#[case::the_same_reads("1", "eu-central-1", Call::Describe, false)]
#[tokio::test]
async fn only_what_was_throttled_slows_down(
    #[case] account: &str,
    #[case] region: &str,
    #[case] call: Call,
    #[case] at_once: bool,
) {
    let scene = Scene::taking(0.0);
    // Names of their own: what was learnt stays with the process.
    let name = |account: &str| format!("{account}-{region}-{call:?}");
    let throttled = Box::pin(scene.client(&name("1"), "eu-central-1")).await;
    for _ in 0..5 {
        tokio::spawn(throttled.client.describe_db_instances().send());
        scene.pass(Duration::from_secs(10)).await;
    }
    scene.meter().tokens = 1000.0;

    let rds = Box::pin(scene.client(&name(account), region)).await;
    let called = tokio::spawn(async move { call.send(&rds.client).await });
    scene.pass(Duration::ZERO).await;
    assert_eq!(called.is_finished(), at_once);
    scene.pass(Duration::from_secs(10)).await;
    assert!(called.is_finished());
}

#[rstest]
#[case::reads("DescribeDBInstances", true)]
#[case::values("GetSecretValue", true)]
#[case::tags("ListTagsForResource", true)]
#[case::creation("CreateDBInstance", false)]
#[case::new_values("PutSecretValue", false)]
#[case::tagging("AddTagsToResource", false)]
fn reads_are_known_by_their_names(#[case] operation: &str, #[case] reads: bool) {
    assert_eq!(is_read(operation), reads);
}
