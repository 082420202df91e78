//! What all controllers of a process share.

use std::time::Duration;

use k8s_openapi::jiff::Timestamp;
use kube::Client;
use prometheus_client::registry::Registry;
use tokio_util::sync::CancellationToken;

use crate::{ChangeLog, ConfigGroup, Leadership, Metrics, Recorder, UpjetMetrics};

/// How controllers behave.
#[derive(Clone, Debug)]
pub struct Options {
    /// How often an external resource that is in sync is looked at again.
    pub poll: Duration,
    /// The least that `crossplane.io/poll-interval` may ask for (R142).
    pub min_poll: Duration,
    /// How long connecting, observing and preparing may take, each; a Create, Update or Delete is never cut off.
    pub timeout: Duration,
    /// How many objects of one kind are reconciled at the same time.
    pub concurrency: u16,
    /// Owner of the fields that are applied: status and usages.
    pub field_manager: String,
    /// Where the provider's configuration kinds are.
    pub config_group: ConfigGroup,
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
}

// === impl Runtime ===

impl Runtime {
    /// A runtime that writes events with this client, and whose measurements nobody reads; put others in `metrics`
    /// to serve them.
    ///
    /// # Panics
    ///
    /// Outside of a Tokio runtime.
    pub fn new(client: Client, options: Options) -> Self {
        Self {
            recorder: Recorder::spawn(client.clone()),
            client,
            options,
            metrics: Metrics::new(&mut Registry::default(), UpjetMetrics::Left),
            shutdown: CancellationToken::new(),
        }
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
            concurrency: 100,
            field_manager: field_manager.into(),
            config_group,
            leadership: Leadership::unelected(),
            change_log: ChangeLog::off(),
            clock: Timestamp::now,
        }
    }
}
