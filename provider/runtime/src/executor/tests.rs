//! Whole runs through the executor, in paused time.

use std::sync::Mutex as StdMutex;

use futures::FutureExt;
use futures::future::join_all;

use prometheus_client::registry::Registry;

use super::*;
use crate::Metrics;
use crate::metrics::UpjetMetrics;
use crate::queue::Flow;

/// What was looked at, why, and in which second.
type Looks = Arc<StdMutex<Vec<(String, Trigger, u64)>>>;

/// A registered kind whose looks are written down with the second at which they begin.
struct Scene {
    executor: Executor,
    registered: Registration,
    looks: Looks,
    stop: CancellationToken,
}

impl Scene {
    /// `next` is what each look asks for.
    fn of(rate: u16, next: Option<Requeue>) -> Self {
        let stop = CancellationToken::new();
        let (executor, looks) = (Executor::new(rate, stop.clone()), Arc::default());
        let registered = executor.register("Thing".into(), looking(&looks, next), metrics());
        Self { executor, registered, looks, stop }
    }

    fn enqueue(&self, name: &str, trigger: Trigger, after: u64) {
        self.registered.track(named(name), known("c"));
        self.registered.enqueue(named(name), trigger, Duration::from_secs(after));
    }

    fn looks(&self) -> Vec<(String, Trigger, u64)> {
        self.looks.lock().unwrap().clone()
    }
}

fn looking(looks: &Looks, next: Option<Requeue>) -> ReconcileFn {
    let (looks, began) = (looks.clone(), Instant::now());
    Arc::new(move |name, trigger| {
        looks.lock().unwrap().push((name.name.clone(), trigger, began.elapsed().as_secs()));
        async move { next }.boxed()
    })
}

fn metrics() -> ControllerMetrics {
    Metrics::new(&mut Registry::default(), UpjetMetrics::Omitted).controller("test")
}

fn named(name: &str) -> ObjectName {
    ObjectName { namespace: "n".into(), name: name.into() }
}

fn config(name: &str) -> Dependency {
    Dependency::Config { kind: "ClusterProviderConfig".into(), namespace: None, name: name.into() }
}

fn known(name: &str) -> Dependencies {
    let flow = Flow { kind: "Thing".into(), config: name.into() };
    Dependencies { flow, dependencies: vec![config(name)] }
}

async fn pass(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

#[tokio::test(start_paused = true)]
async fn a_look_is_repeated_when_it_has_asked_for_it() {
    let scene = Scene::of(100, Some(Requeue::FollowUp(Duration::from_secs(5))));
    scene.enqueue("x", Trigger::Change, 0);
    pass(11).await;
    let x = |trigger, at| ("x".to_owned(), trigger, at);
    assert_eq!(scene.looks(), [x(Trigger::Change, 0), x(Trigger::FollowUp, 5), x(Trigger::FollowUp, 10)]);
}

#[tokio::test(start_paused = true)]
async fn a_poll_is_routine_whatever_was_before() {
    let scene = Scene::of(100, Some(Requeue::Poll(Duration::from_mins(1))));
    scene.enqueue("x", Trigger::Change, 0);
    pass(61).await;
    assert_eq!(scene.looks(), [("x".into(), Trigger::Change, 0), ("x".into(), Trigger::Routine, 60)]);
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_dependents_are_woken_and_looked_at_once_each() {
    let scene = Scene::of(1000, None);
    for i in 0..10_000 {
        scene.registered.track(named(&i.to_string()), known("c"));
    }
    scene.registered.track(named("other"), known("d"));
    assert_eq!(scene.executor.wake(&config("c")), 10_000);
    assert_eq!(scene.executor.wake(&config("c")), 10_000, "asking twice is one look");
    pass(1).await;
    let mut names: Vec<_> = scene.looks().into_iter().map(|(name, ..)| name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!((names.len(), scene.looks().len()), (10_000, 10_000));
}

#[tokio::test(start_paused = true)]
async fn an_object_that_is_gone_is_not_looked_at() {
    let scene = Scene::of(100, Some(Requeue::FollowUp(Duration::from_secs(5))));
    scene.enqueue("x", Trigger::Change, 0);
    pass(1).await;
    scene.registered.forget(named("x"));
    scene.registered.enqueue(named("x"), Trigger::Routine, Duration::ZERO);
    pass(60).await;
    assert_eq!(scene.looks().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_kind_waits_for_what_has_begun_and_begins_nothing() {
    let stop = CancellationToken::new();
    let executor = Executor::new(100, stop.clone());
    let (begun, ended) = (Arc::new(StdMutex::new(0)), Arc::new(StdMutex::new(0)));
    let counters = (begun.clone(), ended.clone());
    let reconcile: ReconcileFn = Arc::new(move |_, _| {
        let (begun, ended) = counters.clone();
        async move {
            *begun.lock().unwrap() += 1;
            pass(10).await;
            *ended.lock().unwrap() += 1;
            Some(Requeue::FollowUp(Duration::ZERO))
        }
        .boxed()
    });
    let registered = executor.register("Thing".into(), reconcile, metrics());
    for name in ["a", "b"] {
        registered.track(named(name), known("c"));
    }
    registered.enqueue(named("a"), Trigger::Change, Duration::ZERO);
    registered.enqueue(named("b"), Trigger::Change, Duration::from_secs(5));
    pass(1).await;
    registered.end().await;
    assert_eq!((*begun.lock().unwrap(), *ended.lock().unwrap()), (1, 1));
    pass(60).await;
    assert_eq!(*begun.lock().unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn nothing_begins_after_the_shutdown() {
    let scene = Scene::of(100, None);
    scene.enqueue("x", Trigger::Change, 5);
    scene.stop.cancel();
    pass(10).await;
    assert_eq!(scene.looks(), []);
}

#[tokio::test(start_paused = true)]
async fn kinds_share_one_limit() {
    let executor = Executor::new(4, CancellationToken::new());
    let running = Arc::new(StdMutex::new((0_u32, 0_u32)));
    let register = |kind: &str| {
        let running = running.clone();
        let reconcile: ReconcileFn = Arc::new(move |_, _| {
            let running = running.clone();
            async move {
                {
                    let mut running = running.lock().unwrap();
                    running.0 += 1;
                    running.1 = running.1.max(running.0);
                }
                pass(1).await;
                running.lock().unwrap().0 -= 1;
                None
            }
            .boxed()
        });
        executor.register(kind.into(), reconcile, metrics())
    };
    let kinds = ["A", "B", "C"].map(register);
    for kind in &kinds {
        for i in 0..10 {
            kind.track(
                named(&i.to_string()),
                Dependencies {
                    flow: Flow { kind: kind.kind.clone(), config: "c".into() },
                    dependencies: vec![],
                },
            );
            kind.enqueue(named(&i.to_string()), Trigger::Change, Duration::ZERO);
        }
    }
    pass(30).await;
    assert_eq!(*running.lock().unwrap(), (0, 4));
    join_all(kinds.into_iter().map(Registration::end)).await;
}
