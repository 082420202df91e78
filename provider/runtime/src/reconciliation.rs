//! One reconcile of one object: what its steps share.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use goldenpath_provider_core::condition::{self, Condition, ConditionUpdate};
use goldenpath_provider_core::convergence::Attempts;
use goldenpath_provider_core::managed::RECONCILE_REQUESTED_AT;
use goldenpath_provider_core::{Connect, Drift, Fault, Managed};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;
use kube::{Api, ResourceExt};

use crate::error::Error;
use crate::event::{Event, EventTarget};
use crate::local_state::{LocalState, LocalStates};
use crate::{Leadership, Runtime};

/// What all reconciles of a kind share.
pub(crate) struct Context<M, C> {
    pub(crate) runtime: Runtime,
    pub(crate) connector: C,
    pub(crate) local_states: LocalStates<M>,
}

/// One reconcile of one object.
pub(crate) struct Reconciliation<'a, M, C> {
    pub(crate) context: &'a Context<M, C>,
    pub(crate) api: Api<M>,
    /// The object as the API server has it.
    pub(crate) stored: M,
    /// The object as it is to be: what the steps change.
    pub(crate) managed: M,
    /// Its conditions before the steps.
    before: Vec<Condition>,
    /// The object as Observe has left it, where the change log wants to know.
    pub(crate) observed: Option<M>,
    pub(crate) local: LocalState<M>,
    pub(crate) now: Timestamp,
}

// === impl Reconciliation ===

impl<'a, M: Managed, C: Connect<M>> Reconciliation<'a, M, C> {
    /// Begins a reconcile with the freshest known state of an object.
    pub(crate) fn begin(context: &'a Context<M, C>, watched: &M) -> Self {
        let mut local = context.local_states.take(watched);
        let stored = local.freshest(watched);
        let api = Api::namespaced(context.runtime.client.clone(), &watched.namespace().unwrap_or_default());
        let managed = local.with_held_status(&stored);
        let before = managed.managed_status().map(|s| s.conditions.clone()).unwrap_or_default();
        let now = (context.runtime.options.clock)();
        Self { context, api, managed, before, observed: None, stored, local, now }
    }

    /// Sets a condition, for the generation that this reconcile has read (R124).
    pub(crate) fn set_condition(&mut self, update: ConditionUpdate) {
        let generation = self.stored.meta().generation;
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

    /// The difference that was asked to be put back often enough for now (R119).
    pub(crate) fn exhausted(&self) -> Option<&Drift> {
        let attempts = self.local.attempts.as_ref()?;
        attempts.exhausted(self.stored.meta().generation, self.now, self.poll())
    }

    /// Counts an update (R119).
    pub(crate) fn count_attempt(&mut self, drift: &Drift) {
        let (generation, poll) = (self.stored.meta().generation, self.poll());
        let before = self.local.attempts.take();
        self.local.attempts = Some(Attempts::after(before, drift.clone(), generation, self.now, poll));
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
        crate::requeue::poll(&self.managed, &self.context.runtime.options)
    }

    /// Bounds a call that may be given up, and turns its panic into a fault (R3, R82).
    pub(crate) async fn bounded<T>(
        timeout: Duration,
        call: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        match tokio::time::timeout(timeout, AssertUnwindSafe(call).catch_unwind()).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(panicked()),
            Err(_) => Err(Fault::transient("Timeout", format!("no answer within {timeout:?}"))),
        }
    }

    /// Runs a call that must not be given up in a task of its own, and turns its panic into a fault.
    pub(crate) async fn uninterrupted<T: Send + 'static>(
        call: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Fault> {
        tokio::spawn(call).await.map_err(|_| panicked())
    }

    /// The right to act.
    pub(crate) fn leadership(&self) -> &Leadership {
        &self.context.runtime.options.leadership
    }

    pub(crate) fn timeout(&self) -> Duration {
        self.context.runtime.options.timeout
    }
}

/// The reason of a fault that is a panic.
pub(crate) const PANIC: &str = "Panic";

/// The panic's own words went to the log; they may hold anything, so they go nowhere else.
fn panicked() -> Fault {
    Fault::transient(PANIC, "the provider has a bug: a handler panicked")
        .remedy("see the provider's log and report it")
}

/// Makes a call that changes something outside, unless another process may lead by now: asked at the last moment,
/// because a process may be stopped anywhere (R237).
pub(crate) async fn as_leader<T>(
    leadership: &Leadership,
    call: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    if leadership.holds() { call.await } else { Err(not_leading()) }
}

/// Never reported: the process that leads now reports on the object.
pub(crate) fn not_leading() -> Fault {
    Fault::transient("NotLeading", "this process does not hold the lease any more")
}
