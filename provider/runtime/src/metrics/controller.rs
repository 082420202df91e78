//! The queue and the workers of a controller, by controller-runtime's and client-go's names (R179).

mod running;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry};

use running::Running;

/// The measurements of one controller. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ControllerMetrics {
    label: ControllerLabel,
    all: Controllers,
}

/// A reconcile that is going on. Its drop is its end; a drop by a panic is counted as one.
#[derive(Debug)]
pub struct Reconciling {
    controller: ControllerMetrics,
    id: u64,
    begun: Instant,
}

/// How a reconcile has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Ended {
    /// Well, and nothing is left to do before a change.
    Success,
    /// Success; requeued after a delay.
    RequeueAfter,
    /// In a failure that may pass.
    Error,
    /// In a failure that only a change of the object can end.
    Terminal,
    /// In a call that has taken too long.
    Timeout,
}

/// The measurements of all controllers.
#[derive(Clone, Debug)]
pub(super) struct Controllers {
    total: Family<ResultLabels, Counter>,
    errors: Family<ControllerLabel, Counter>,
    terminal: Family<ControllerLabel, Counter>,
    panics: Family<ControllerLabel, Counter>,
    timeouts: Family<ControllerLabel, Counter>,
    seconds: Histograms<ControllerLabel>,
    workers: Family<ControllerLabel, Gauge>,
    active: Family<ControllerLabel, Gauge>,
    depth: Family<DepthLabels, Gauge>,
    adds: Family<QueueLabels, Counter>,
    retries: Family<QueueLabels, Counter>,
    waited: Histograms<QueueLabels>,
    worked: Histograms<QueueLabels>,
    running: Running,
    ids: Arc<AtomicU64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ControllerLabel {
    controller: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ResultLabels {
    controller: String,
    result: &'static str,
}

/// A queue has the name of its controller.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct QueueLabels {
    name: String,
    controller: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DepthLabels {
    name: String,
    controller: String,
    priority: i32,
}

type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

/// Upper bounds in seconds of a reconcile's duration. Source: controller-runtime.
const RECONCILE_BUCKETS: [f64; 40] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.25,
    1.5, 1.75, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0,
    50.0, 60.0,
];
/// Upper bounds in seconds of what a queue measures: powers of ten. Source: client-go.
const QUEUE_BUCKETS: [f64; 12] = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0, 1000.0];

// === impl Controllers ===

impl Controllers {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let running = Running::default();
        registry.register_collector(Box::new(running.clone()));
        let r = registry;
        let reconcile = |name: &str| format!("controller_runtime_{name}");
        let queue = |name: &str| format!("workqueue_{name}");
        Self {
            total: registered(r, reconcile("reconcile"), "Reconciles, by result"),
            errors: registered(r, reconcile("reconcile_errors"), "Reconciles that have failed"),
            terminal: registered(
                r,
                reconcile("terminal_reconcile_errors"),
                "Reconciles that have failed in a way that only a change of the object can end",
            ),
            panics: registered(r, reconcile("reconcile_panics"), "Reconciles that have panicked"),
            timeouts: registered(
                r,
                reconcile("reconcile_timeouts"),
                "Reconciles given up because a call took too long",
            ),
            seconds: histograms(r, reconcile("reconcile_time_seconds"), "Duration of a reconcile", || {
                Histogram::new(RECONCILE_BUCKETS)
            }),
            workers: registered(
                r,
                reconcile("max_concurrent_reconciles"),
                "Most reconciles that may run at the same time",
            ),
            active: registered(r, reconcile("active_workers"), "Reconciles that are running"),
            depth: registered(r, queue("depth"), "Objects that are due and wait for a worker"),
            adds: registered(r, queue("adds"), "Objects that became due"),
            retries: registered(r, queue("retries"), "Objects that were put off after a failure"),
            waited: histograms(
                r,
                queue("queue_duration_seconds"),
                "How long an object that is due waits for a worker",
                || Histogram::new(QUEUE_BUCKETS),
            ),
            worked: histograms(r, queue("work_duration_seconds"), "How long a worker is busy", || {
                Histogram::new(QUEUE_BUCKETS)
            }),
            running,
            ids: Arc::default(),
        }
    }

    pub(super) fn of(&self, controller: String) -> ControllerMetrics {
        ControllerMetrics { label: ControllerLabel { controller }, all: self.clone() }
    }
}

// === impl ControllerMetrics ===

impl ControllerMetrics {
    /// Tells how many reconciles may run at the same time.
    pub fn has_workers(&self, workers: u16) {
        self.all.workers.get_or_create(&self.label).set(workers.into());
        self.all.active.get_or_create_owned(&self.label);
    }

    /// Counts an object that has become due.
    pub fn added(&self) {
        self.all.adds.get_or_create(&self.queue()).inc();
    }

    /// Counts an object that is put off after a failure.
    pub fn retried(&self) {
        self.all.retries.get_or_create(&self.queue()).inc();
    }

    /// Tells how many objects of a priority are due and wait for a worker; the usual priority is 0.
    pub fn depth(&self, priority: i32, waiting: usize) {
        let QueueLabels { name, controller } = self.queue();
        let depth = self.all.depth.get_or_create_owned(&DepthLabels { name, controller, priority });
        depth.set(i64::try_from(waiting).unwrap_or(i64::MAX));
    }

    /// Measures how long an object that was due has waited for a worker.
    pub fn waited(&self, waited: Duration) {
        self.all.waited.get_or_create(&self.queue()).observe(waited.as_secs_f64());
    }

    /// Measures a reconcile from now on.
    #[must_use = "a reconcile ends when it is dropped"]
    pub fn begin(&self) -> Reconciling {
        let id = self.all.ids.fetch_add(1, Ordering::Relaxed);
        let begun = Instant::now();
        self.all.active.get_or_create(&self.label).inc();
        self.all.running.begin(&self.label.controller, id, begun);
        Reconciling { controller: self.clone(), id, begun }
    }

    /// Counts how a reconcile has ended.
    pub fn ended(&self, ended: Ended) {
        let Self { label, all } = self;
        let result = match ended {
            Ended::Success | Ended::RequeueAfter => ended.into(),
            Ended::Error | Ended::Terminal | Ended::Timeout => {
                all.errors.get_or_create(label).inc();
                Ended::Error.into()
            }
        };
        match ended {
            Ended::Terminal => _ = all.terminal.get_or_create(label).inc(),
            Ended::Timeout => _ = all.timeouts.get_or_create(label).inc(),
            Ended::Success | Ended::RequeueAfter | Ended::Error => {}
        }
        all.total.get_or_create(&ResultLabels { controller: label.controller.clone(), result }).inc();
    }

    /// Counts a panic that was caught where it happened, and is reported as an error.
    pub fn panicked(&self) {
        self.all.panics.get_or_create(&self.label).inc();
    }

    fn queue(&self) -> QueueLabels {
        let ControllerLabel { controller } = self.label.clone();
        QueueLabels { name: controller.clone(), controller }
    }
}

// === impl Reconciling ===

impl Drop for Reconciling {
    fn drop(&mut self) {
        let seconds = self.begun.elapsed().as_secs_f64();
        let controller = &self.controller;
        let ControllerMetrics { label, all } = controller;
        all.running.end(&label.controller, self.id);
        all.active.get_or_create(label).dec();
        all.seconds.get_or_create(label).observe(seconds);
        all.worked.get_or_create(&controller.queue()).observe(seconds);
        if std::thread::panicking() {
            all.panics.get_or_create(label).inc();
            controller.ended(Ended::Error);
        }
    }
}

fn registered<M: Metric + Clone + Default>(registry: &mut Registry, name: String, help: &str) -> M {
    let metric = M::default();
    registry.register(name, help, metric.clone());
    metric
}

fn histograms<L>(registry: &mut Registry, name: String, help: &str, make: fn() -> Histogram) -> Histograms<L>
where
    Histograms<L>: Metric,
    L: Clone + std::hash::Hash + Eq,
{
    let histograms = Histograms::<L>::new_with_constructor(make);
    registry.register(name, help, histograms.clone());
    histograms
}
