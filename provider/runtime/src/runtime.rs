//! What all controllers of a process share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use k8s_openapi::jiff::Timestamp;
use kube::Client;
use prometheus_client::registry::Registry;
use tokio_util::sync::CancellationToken;

use crate::executor::Executor;
use crate::gate::Gate;
use crate::{ChangeLog, ConfigGroup, Leadership, Metrics, Recorder, UpToDate, UpjetMetrics};

/// How controllers behave.
#[derive(Clone, Debug)]
pub struct Options {
    /// How often an external resource that is in sync is looked at again.
    pub poll: Duration,
    /// The least that `crossplane.io/poll-interval` may ask for (R142).
    pub min_poll: Duration,
    /// How long connecting, observing and preparing may take, each; a Create, Update or Delete is never cut off.
    pub timeout: Duration,
    /// How many reconciles may begin a second, with ten times as many at once after a rest, and how many may run
    /// at the same time; of all kinds together (R147, R149).
    pub max_reconcile_rate: u16,
    /// Owner of the fields that are applied: status and usages.
    pub field_manager: String,
    /// Where the provider's configuration kinds are.
    pub config_group: ConfigGroup,
    /// Whether managed resources have the condition `UpToDate` (R25).
    pub up_to_date: UpToDate,
    /// The right to act; without it nothing is begun and nothing is changed.
    pub leadership: Leadership,
    /// Where changes outside the cluster are told.
    pub change_log: ChangeLog,
    /// The clock.
    pub clock: fn() -> Timestamp,
}

/// What all controllers of a process share. Cheap to clone.
#[derive(Clone)]
pub struct Runtime {
    /// The cluster.
    pub client: Client,
    /// How controllers behave.
    pub options: Options,
    /// Where events go.
    pub recorder: Recorder,
    /// Where measurements go.
    pub metrics: Metrics,
    /// Cancelled when no reconcile may begin any more; those that have begun end by themselves.
    pub shutdown: CancellationToken,
    pub(crate) executor: Executor,
    pub(crate) gate: Gate,
    configurations_watched: Arc<AtomicBool>,
}

// === impl Runtime ===

impl Runtime {
    /// A runtime that writes events with this client, and whose measurements nobody reads; [`with`](Runtime::with)
    /// makes one whose measurements are served.
    ///
    /// # Panics
    ///
    /// Outside of a Tokio runtime.
    pub fn new(client: Client, options: Options) -> Self {
        let recorder = Recorder::spawn(client.clone());
        let metrics = Metrics::new(&mut Registry::default(), UpjetMetrics::Left);
        Self::with(client, options, recorder, metrics, CancellationToken::new())
    }

    /// A runtime that tells events and measurements to these, until `shutdown`.
    pub fn with(
        client: Client,
        options: Options,
        recorder: Recorder,
        metrics: Metrics,
        shutdown: CancellationToken,
    ) -> Self {
        let executor = Executor::new(options.max_reconcile_rate, shutdown.clone());
        let gate = Gate::new(client.clone(), shutdown.clone());
        let configurations_watched = Arc::default();
        Self { client, options, recorder, metrics, shutdown, executor, gate, configurations_watched }
    }

    /// Whether a controller watches the configurations for all others already; from now on, the one that asks does.
    pub(crate) fn configurations_watched(&self) -> bool {
        self.configurations_watched.swap(true, Ordering::Relaxed)
    }
}

// === impl Options ===

impl Options {
    /// Crossplane's defaults, for a provider with this field manager and these configuration kinds.
    pub fn new(field_manager: impl Into<String>, config_group: ConfigGroup) -> Self {
        Self {
            poll: Duration::from_mins(10),
            min_poll: Duration::from_secs(1),
            timeout: Duration::from_mins(1),
            max_reconcile_rate: 100,
            field_manager: field_manager.into(),
            config_group,
            up_to_date: UpToDate::Untold,
            leadership: Leadership::unelected(),
            change_log: ChangeLog::off(),
            clock: Timestamp::now,
        }
    }
}
