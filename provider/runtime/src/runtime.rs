//! What all controllers of a process share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kube::Client;
use prometheus_client::registry::Registry;
use tokio_util::sync::CancellationToken;

use crate::event::Recorder;
use crate::executor::Executor;
use crate::gate::Gate;
use crate::metrics::{Metrics, UpjetMetrics};
use crate::objects::ClusterObjects;
use crate::options::Options;
use crate::watched::Watched;

/// What all controllers of a process share. Cheap to clone.
#[derive(Clone)]
pub struct Runtime {
    /// The cluster.
    pub client: Client,
    /// How controllers behave.
    pub options: Options,
    /// Where events go.
    pub recorder: Recorder,
    /// Where metrics go.
    pub metrics: Metrics,
    /// Cancelled when no reconcile may begin any more; those that have begun end by themselves.
    pub shutdown: CancellationToken,
    pub(crate) executor: Executor,
    pub(crate) gate: Gate,
    pub(crate) watched: Watched,
    configurations_watched: Arc<AtomicBool>,
}

// === impl Runtime ===

impl Runtime {
    /// A runtime that writes events with this client, and whose metrics are not served; [`with`](Runtime::with)
    /// makes one whose measurements are served.
    ///
    /// # Panics
    ///
    /// Outside of a Tokio runtime.
    pub fn new(client: Client, options: Options) -> Self {
        let recorder = Recorder::spawn(client.clone());
        let metrics = Metrics::new(&mut Registry::default(), UpjetMetrics::Omitted);
        Self::with(client, options, recorder, metrics, CancellationToken::new())
    }

    /// A runtime with this recorder and these metrics, until `shutdown`.
    pub fn with(
        client: Client,
        options: Options,
        recorder: Recorder,
        metrics: Metrics,
        shutdown: CancellationToken,
    ) -> Self {
        let executor = Executor::new(options.max_reconcile_rate, shutdown.clone());
        let gate = Gate::new(client.clone(), shutdown.clone());
        let (watched, configurations_watched) = (Watched::default(), Arc::default());
        Self { client, options, recorder, metrics, shutdown, executor, gate, watched, configurations_watched }
    }

    /// The objects of the cluster, for connectors: read from what this process watches, where it does.
    pub fn objects(&self) -> ClusterObjects {
        ClusterObjects::watched(self.client.clone(), self.watched.clone())
    }

    /// Whether a controller watches the configurations for all others already; from now on, the one that asks does.
    pub(crate) fn configurations_watched(&self) -> bool {
        self.configurations_watched.swap(true, Ordering::Relaxed)
    }
}
