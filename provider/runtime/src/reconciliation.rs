//! One reconcile of one object: what its steps share.

use std::time::Duration;

use goldenpath_provider_core::condition::{self, Condition, ConditionUpdate};
use goldenpath_provider_core::convergence::Attempts;
use goldenpath_provider_core::managed::RECONCILE_REQUESTED_AT;
use goldenpath_provider_core::{Connect, ConnectionDetails, Drift, Fault, Managed, Observation};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;
use kube::ResourceExt;

use crate::connection;
use crate::error::Error;
use crate::event::{Event, EventTarget};
use crate::lease::Leadership;
use crate::local_state::{LocalState, LocalStates};
use crate::requeue;
use crate::runtime::Runtime;
use crate::writer::Writer;

/// What all reconciles of a kind share.
pub(crate) struct Context<M, C> {
    pub(crate) runtime: Runtime,
    pub(crate) connector: C,
    pub(crate) local_states: LocalStates<M>,
}

/// One reconcile of one object.
pub(crate) struct Reconciliation<'a, M, C> {
    pub(crate) context: &'a Context<M, C>,
    /// The object as the API server has it, and the writes of it.
    pub(crate) writer: Writer<'a, M>,
    /// The object as it is to be: what the steps change.
    pub(crate) managed: M,
    /// Its conditions before the steps.
    before: Vec<Condition>,
    /// The object as Observe has left it, where the change log wants to know.
    pub(crate) observed: Option<M>,
    pub(crate) local: LocalState<M>,
    /// When the external resource has something new to show.
    pub(crate) next_look: Option<Timestamp>,
    pub(crate) now: Timestamp,
}

// === impl Reconciliation ===

impl<'a, M: Managed, C: Connect<M>> Reconciliation<'a, M, C> {
    /// Begins a reconcile with the freshest known state of an object.
    pub(crate) fn begin(context: &'a Context<M, C>, watched: &M) -> Self {
        let mut local = context.local_states.take(watched);
        let stored = local.freshest(watched);
        let managed = local.with_held_status(&stored);
        let before = managed.managed_status().map(|s| s.conditions.clone()).unwrap_or_default();
        let Runtime { client, options, .. } = &context.runtime;
        let now = (options.clock)();
        let writer = Writer::new(client.clone(), options, stored);
        Self { context, writer, managed, before, observed: None, local, next_look: None, now }
    }

    /// Believes the watch again, whatever an earlier write has left: a cluster that was restored from a backup has older
    /// versions than those that are remembered.
    pub(crate) fn forget_written(&mut self) {
        self.local.latest = None;
        self.writer.forget_written();
    }

    /// Keeps what the next reconcile of the object goes on with.
    pub(crate) fn end(self) {
        let Self { context, writer, managed, before: _, observed: _, mut local, next_look: _, now: _ } = self;
        local.latest = writer.into_written().or(local.latest);
        context.local_states.put(&managed, local);
    }

    /// Sets a condition, for the generation that this reconcile has read (R124).
    pub(crate) fn set_condition(&mut self, update: ConditionUpdate) {
        let generation = self.writer.stored().meta().generation;
        // Kubernetes keeps whole seconds.
        let now = Timestamp::from_second(self.now.as_second()).map_or_else(|_| Time(self.now), Time);
        let status = self.managed.managed_status_mut();
        status.observed_generation = generation;
        condition::set(&mut status.conditions, &self.before, update, generation, &now);
    }

    /// Records an event on the object.
    pub(crate) fn record_event(&self, event: Event) {
        self.context.runtime.recorder.record(EventTarget::managed(&self.managed), event);
    }

    /// Records the event of a failure that is not how the reconcile ends.
    pub(crate) fn record_failure(&self, error: &Error) {
        if let Some(event) = error.event() {
            self.record_event(event);
        }
    }

    /// Adds connection details to the Secret that the object names, if it names one (R97..R102).
    pub(crate) async fn publish(&self, details: &ConnectionDetails) -> Result<(), Fault> {
        connection::publish(&self.context.runtime.client, &self.managed, details, connection::PATIENCE).await
    }

    /// The difference that was asked to be put back often enough for now (R119).
    pub(crate) fn exhausted(&self) -> Option<&Drift> {
        let attempts = self.local.attempts.as_ref()?;
        attempts.exhausted(self.writer.stored().meta().generation, self.now, self.poll())
    }

    /// Counts an update (R119).
    pub(crate) fn count_attempt(&mut self, drift: &Drift) {
        let (generation, poll) = (self.writer.stored().meta().generation, self.poll());
        let before = self.local.attempts.take();
        self.local.attempts = Some(Attempts::after(before, drift.clone(), generation, self.now, poll));
    }

    /// Since when the external resource is missing, now that it was looked for again.
    pub(crate) fn missing_since(&mut self, seen: &Observation) -> Option<Timestamp> {
        let is_missing = matches!(seen, Observation::Absent | Observation::Vanished(_));
        self.local.missing_since = is_missing.then(|| self.local.missing_since.unwrap_or(self.now));
        self.local.missing_since
    }

    /// Takes note of a request to reconcile now (R126); this reconcile is the answer.
    pub(crate) fn acknowledge_request(&mut self) {
        let requested =
            self.managed.annotations().get(RECONCILE_REQUESTED_AT).filter(|t| !t.is_empty()).cloned();
        let handled = self.managed.managed_status().and_then(|s| s.last_handled_reconcile_at.clone());
        if requested.is_some() && requested != handled {
            self.managed.managed_status_mut().last_handled_reconcile_at = requested;
            self.record_event(Event::normal("ReconcileRequestHandled", "Handling reconcile request"));
        }
    }

    /// How often this object is reconciled while nothing changes (R141).
    pub(crate) fn poll(&self) -> Duration {
        requeue::poll(&self.managed, &self.context.runtime.options)
    }

    /// The right to act.
    pub(crate) fn leadership(&self) -> &Leadership {
        &self.context.runtime.options.leadership
    }

    /// How long connecting, observing and preparing may take, each.
    pub(crate) fn timeout(&self) -> Duration {
        self.context.runtime.options.timeout
    }
}
