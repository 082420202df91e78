//! One process of a provider: its own runtime, memory and clients, and nothing that outlives it.

use std::cell::Cell;
use std::time::Duration;

use goldenpath_provider_core::{Managed, creation::Creation};
use k8s_openapi::jiff::{SignedDuration, Timestamp};
use kube::ResourceExt;
use prometheus_client::registry::Registry;
use serde_json::Value;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Thing;
use super::api::FakeApi;
use super::cloud::{Cloud, CloudConnector};
use super::crash_points::CrashPoints;
use crate::local_state::LocalStates;
use crate::metrics::UpjetMetrics;
use crate::reconciliation::Context;
use crate::requeue::Requeue;
use crate::{ClusterObjects, ConfigGroup, Leadership, Metrics, Options, Recorder, Runtime, provider_config};

/// A cluster and a cloud, which outlive every process.
#[derive(Clone)]
pub(crate) struct Outside {
    pub(crate) api: FakeApi,
    pub(crate) cloud: Cloud,
}

/// One process. Its clock is the tests' own; its sleeps take no time.
pub(crate) struct Process {
    tokio: tokio::runtime::Runtime,
    outside: Outside,
    points: CrashPoints,
    orders: Orders,
    context: Context<Thing, CloudConnector>,
}

/// What ends a process from outside, other than its death. Cheap to clone; clones are one.
#[derive(Clone, Debug)]
pub(crate) struct Orders {
    /// It is asked to end.
    pub(crate) shutdown: CancellationToken,
    /// It may act while this holds.
    pub(crate) leadership: Leadership,
}

/// How a process has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// There is nothing left to do.
    AtRest,
    /// It was asked to end or may not act any more, and has ended what it had begun.
    Drained,
    /// It was interrupted and has died.
    Died,
}

/// More reconciles than any phase of a lifecycle takes.
const RECONCILES: usize = 100;
/// A delay that only the poll of something that is in sync has.
const AT_REST: Duration = Duration::from_mins(5);

thread_local! {
    static CLOCK: Cell<i64> = const { Cell::new(0) };
}

/// The time of all processes of a test; it never stands still.
fn clock() -> Timestamp {
    pass_time(Duration::from_millis(1));
    Timestamp::from_millisecond(CLOCK.get()).unwrap() + SignedDuration::from_hours(24 * 365 * 50)
}

fn pass_time(time: Duration) {
    CLOCK.set(CLOCK.get() + i64::try_from(time.as_millis()).unwrap());
}

// === impl Outside ===

impl Outside {
    /// The thing, if it exists.
    pub(crate) fn thing(&self) -> Option<Thing> {
        self.api.get("things/x").map(|stored| serde_json::from_value(stored).unwrap())
    }

    /// The warnings that were recorded.
    pub(crate) fn warnings(&self) -> Vec<Value> {
        self.api.list("events").into_iter().filter(|event| event["type"] == "Warning").collect()
    }

    /// Whether it is known how the last Create has ended.
    pub(crate) fn knows_its_creation(&self) -> bool {
        self.thing().is_none_or(|thing| !Creation::from_annotations(thing.annotations()).is_incomplete())
    }
}

// === impl Orders ===

impl Orders {
    /// Nothing is ordered yet.
    pub(crate) fn none() -> Self {
        Self { shutdown: CancellationToken::new(), leadership: Leadership::unelected() }
    }

    /// As [`none`](Orders::none), for a process that was elected.
    pub(crate) fn elected() -> Self {
        let leadership = Leadership::awaited();
        leadership.grant(Instant::now() + Duration::from_hours(24 * 365));
        Self { leadership, ..Self::none() }
    }

    fn are_given(&self) -> bool {
        self.shutdown.is_cancelled() || !self.leadership.holds()
    }
}

// === impl Process ===

impl Process {
    /// A process that has not done anything yet.
    pub(crate) fn start(outside: &Outside, points: &CrashPoints, orders: &Orders) -> Self {
        let tokio =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let entered = tokio.enter();
        let client = outside.api.client_of(points.clone());
        let group = ConfigGroup::new("config.goldenpath.io", "v1").used_by::<Thing>();
        let recorder = Recorder::spawn(client.clone());
        let connector = CloudConnector {
            cloud: outside.cloud.clone(),
            points: points.clone(),
            objects: ClusterObjects::new(client.clone()),
        };
        let runtime = Runtime::with(
            client,
            Options { clock, leadership: orders.leadership.clone(), ..Options::new("test", group) },
            recorder,
            Metrics::new(&mut Registry::default(), UpjetMetrics::Omitted),
            orders.shutdown.clone(),
        );
        let context = Context { runtime, connector, local_states: LocalStates::default() };
        drop(entered);
        Self { tokio, outside: outside.clone(), points: points.clone(), orders: orders.clone(), context }
    }

    /// Runs until there is nothing left to do, or until it ends before.
    pub(crate) fn run(&self) -> End {
        self.tokio.block_on(async {
            tokio::select! {
                biased;
                () = self.points.died() => End::Died,
                end = self.control() => end,
            }
        })
    }

    /// Runs until it is at rest or `dropped` is cancelled; then drops its reconcile as it is, and lets what else it has begun end.
    pub(crate) fn run_until_dropped(&self, dropped: &CancellationToken) -> End {
        self.tokio.block_on(async {
            let end = tokio::select! {
                biased;
                () = dropped.cancelled() => End::Drained,
                end = self.control() => end,
            };
            tokio::time::sleep(Duration::from_hours(1)).await;
            end
        })
    }

    /// What the controller does: it shows the thing as it is stored, and again when it was asked to.
    async fn control(&self) -> End {
        for _ in 0..RECONCILES {
            if self.orders.are_given() {
                return End::Drained;
            }
            let Some(thing) = self.outside.thing() else {
                self.account().await;
                return End::AtRest;
            };
            let delay = crate::reconcile::reconcile(&thing, &self.context).await.map(Requeue::after);
            match delay {
                Some(delay) if delay > AT_REST && self.outside.thing().is_some() => return End::AtRest,
                Some(delay) => {
                    pass_time(delay);
                    tokio::time::sleep(delay).await;
                }
                None if self.outside.thing().is_none() || self.orders.are_given() => {}
                None => panic!("it waits for a hand: {:#?}", self.outside.thing()),
            }
        }
        panic!("it comes to no end: {:#?}", self.outside.thing().map(|t| t.managed_status().cloned()))
    }

    /// What the configuration's controller does, until it has done it.
    async fn account(&self) {
        let kind = self.context.runtime.options.config_group.configs();
        for _ in 0..RECONCILES {
            let config = self.outside.api.get("providerconfigs/default").expect("the configuration exists");
            let usages = self.outside.api.list("providerconfigusages");
            let runtime = &self.context.runtime;
            if provider_config::reconcile_once(runtime, kind.clone(), config, usages).await.is_ok() {
                return;
            }
        }
    }

    /// Runs the configuration's controller once, and lets the events be written.
    pub(crate) fn settle(&self) {
        self.tokio.block_on(async {
            self.account().await;
            tokio::time::sleep(Duration::from_hours(1)).await;
        });
    }
}
