//! Turns the outcome of a reconcile into condition, event, metric and requeue, in one place.

mod up_to_date;

use std::time::Duration;

use goldenpath_provider_core::condition::{self, READY, SYNCED, UP_TO_DATE};
use goldenpath_provider_core::convergence;
use goldenpath_provider_core::{ConditionStatus, Connect, Fault, FaultKind, Managed, Problem};
use kube::ResourceExt;

use crate::act::Outcome;
use crate::error::Error;
use crate::event::{Event, controller_name};
use crate::metrics::{Ended, Kind};
use crate::reconciliation::{PANIC, Reconciliation};
use crate::requeue::{Requeue, RequeueReason, reports_throttling};
use crate::up_to_date::UpToDate;

// === impl Reconciliation ===

impl<M: Managed, C: Connect<M>> Reconciliation<'_, M, C> {
    /// Reports the outcome, and decides when to requeue: `None` is not before a change.
    pub(crate) async fn report(mut self, outcome: Result<Outcome, Error>) -> Option<Requeue> {
        self.count_throttle(&outcome);
        if let Some(event) = self.event(&outcome) {
            self.record_event(event);
        }
        self.measure(&outcome);
        let written = self.record(&outcome).await;
        let retry = if written.is_ok() { self.retry(&outcome) } else { RequeueReason::Failure };
        let poll = self.poll();
        let delay = retry.delay(&mut self.local, poll, rand::random());
        self.log(&outcome, delay);
        if let Err(fault) = written {
            tracing::warn!(name = self.managed.name_any(), "cannot update managed resource status: {fault}");
        }
        if outcome != Ok(Outcome::FinalizerRemoved) {
            self.context.local_states.put(&self.stored, self.local);
        }
        delay.map(if retry == RequeueReason::Poll { Requeue::Poll } else { Requeue::FollowUp })
    }

    /// Sets what the outcome means for the status, and writes it if it differs.
    async fn record(&mut self, outcome: &Result<Outcome, Error>) -> Result<(), Fault> {
        let synced = match outcome {
            Err(_) if self.waits_in_silence(outcome) => return self.write_status().await,
            Ok(Outcome::FinalizerRemoved) => return Ok(()),
            Ok(Outcome::ExistenceAwaited) if self.local.held_status.is_none() => return Ok(()),
            Err(error) if error.fault().kind == FaultKind::Conflict => return Ok(()),
            Ok(Outcome::Paused) => condition::reconcile_paused(),
            Ok(_) => condition::reconcile_success(),
            Err(error) => condition::reconcile_error(error.message()),
        };
        self.set_condition(synced);
        self.set_up_to_date(outcome);
        self.managed.managed_status_mut().problem = match outcome {
            Err(error) => Some(self.problem(error.fault())),
            Ok(Outcome::NotConverging(drift)) => Some(convergence::problem(drift)),
            // Whether this update has an effect is not known yet.
            Ok(Outcome::Updated(_)) => self.reported_not_converging(),
            Ok(_) => None,
        };
        if *outcome == Ok(Outcome::Created) {
            self.hold_status();
            return Ok(());
        }
        self.write_status().await
    }

    /// Sets the condition `UpToDate`, where that is enabled (R25).
    fn set_up_to_date(&mut self, outcome: &Result<Outcome, Error>) {
        match self.context.runtime.options.up_to_date {
            UpToDate::Enabled => {
                if let Some(update) = up_to_date::condition_of(outcome) {
                    self.set_condition(update);
                }
            }
            UpToDate::Disabled => {
                self.managed.managed_status_mut().conditions.retain(|c| c.r#type != UP_TO_DATE);
            }
        }
    }

    /// The event for the outcome, if one is due.
    fn event(&mut self, outcome: &Result<Outcome, Error>) -> Option<Event> {
        match outcome {
            Ok(Outcome::Paused) => {
                let reported = self.stored.condition(SYNCED).is_some_and(|c| c.reason == "ReconcilePaused");
                let message = "Reconciliation is paused either through the `spec.managementPolicies` or the pause annotation";
                (!reported).then(|| Event::normal("ReconciliationPaused", message))
            }
            Ok(Outcome::Created) => Some(Event::normal(
                "CreatedExternalResource",
                "Successfully requested creation of external resource",
            )),
            Ok(Outcome::Updated(drift)) => {
                let requested = "Successfully requested update of external resource";
                Some(Event::normal("UpdatedExternalResource", format!("{requested}: {}", drift.summary())))
            }
            Ok(Outcome::DeletionRequested) => Some(Event::normal(
                "DeletedExternalResource",
                "Successfully requested deletion of external resource",
            )),
            Ok(Outcome::ExistenceAwaited) => {
                let reported = std::mem::replace(&mut self.local.pending_reported, true);
                let message = "Waiting for external resource existence to be confirmed";
                (!reported).then(|| Event::normal("PendingExternalResource", message))
            }
            Ok(Outcome::NotConverging(drift)) => {
                let is_new = self.reported_not_converging().is_none();
                is_new
                    .then(|| Event::warning(convergence::NOT_CONVERGING, convergence::problem(drift).message))
            }
            Ok(
                Outcome::UpToDate
                | Outcome::UpdateNotAllowed(_)
                | Outcome::FinalizerRemoved
                | Outcome::FinalizersAwaited
                | Outcome::RemovalAwaited,
            ) => None,
            Err(_) if self.waits_in_silence(outcome) => None,
            Err(error) => error.event(),
        }
    }

    fn count_throttle(&mut self, outcome: &Result<Outcome, Error>) {
        let throttled = is_throttled(outcome);
        self.local.throttles = if throttled { self.local.throttles.saturating_add(1) } else { 0 };
    }

    /// Whether the object was throttled, and its conditions stay as they are for now (R154).
    fn waits_in_silence(&self, outcome: &Result<Outcome, Error>) -> bool {
        is_throttled(outcome) && !reports_throttling(self.local.throttles)
    }

    fn retry(&self, outcome: &Result<Outcome, Error>) -> RequeueReason {
        match outcome {
            Ok(Outcome::Paused | Outcome::FinalizerRemoved)
            | Err(Error::UseInvalidManagementPolicy { .. } | Error::InitializeManagedResource { .. }) => {
                RequeueReason::OnChange
            }
            Ok(Outcome::UpToDate | Outcome::UpdateNotAllowed(_)) if self.is_ready() => RequeueReason::Poll,
            Ok(Outcome::NotConverging(_)) => RequeueReason::Poll,
            Ok(
                Outcome::UpToDate
                | Outcome::UpdateNotAllowed(_)
                | Outcome::ExistenceAwaited
                | Outcome::FinalizersAwaited
                | Outcome::RemovalAwaited,
            ) => RequeueReason::Progress,
            Ok(Outcome::Created | Outcome::DeletionRequested) => RequeueReason::Effect,
            Ok(Outcome::Updated(_)) => RequeueReason::UpdateEffect,
            Err(error) => match (error, error.fault().kind) {
                (_, FaultKind::Conflict) => RequeueReason::Conflict,
                (_, FaultKind::Waiting) => RequeueReason::Waiting,
                (_, FaultKind::Throttled) => RequeueReason::Throttled,
                (Error::AcceptExternalResource { source }, _)
                    if source.reason == "ExternalResourceMissing" =>
                {
                    RequeueReason::Poll
                }
                (_, FaultKind::User | FaultKind::Terminal) => RequeueReason::Refusal,
                (_, FaultKind::Transient) => RequeueReason::Failure,
            },
        }
    }

    /// Crossplane's measurements of a managed resource (R173).
    fn measure(&mut self, outcome: &Result<Outcome, Error>) {
        let (metrics, ended) =
            (self.context.runtime.metrics.controller(controller_name::<M>()), ended(outcome));
        metrics.ended(ended);
        if matches!(ended, Ended::Error | Ended::Terminal | Ended::Timeout) {
            metrics.retried();
        }
        let metrics = &self.context.runtime.metrics.managed;
        let kind = Kind::of::<M>();
        let meta = self.stored.meta();
        let age = meta.creation_timestamp.as_ref().map(|t| self.now.duration_since(t.0));
        if self.is_first() {
            age.inspect(|age| metrics.first_reconcile(&kind, *age));
            self.local.awaits_readiness = true;
        }
        match outcome {
            Ok(Outcome::UpToDate) => {
                self.local.unchanged_at = Some(self.now);
                if self.is_ready() && std::mem::take(&mut self.local.awaits_readiness) {
                    age.inspect(|age| metrics.first_readiness(&kind, *age));
                }
            }
            Ok(Outcome::Updated(_)) => {
                self.local.unchanged_at.inspect(|at| metrics.drift(&kind, self.now.duration_since(*at)));
            }
            Ok(Outcome::FinalizerRemoved) => {
                meta.deletion_timestamp
                    .as_ref()
                    .inspect(|t| metrics.deletion(&kind, self.now.duration_since(t.0)));
            }
            Err(error) if error.fault().reason == PANIC => {
                self.context.runtime.metrics.controller(controller_name::<M>()).panicked();
            }
            _ => {}
        }
    }

    /// One line a decision; what changes nothing is logged at debug level only.
    fn log(&self, outcome: &Result<Outcome, Error>, retry: Option<Duration>) {
        let (kind, namespace, name) = (M::kind(&()), self.stored.namespace(), self.stored.name_any());
        let external_name = self.managed.external_name();
        let (uid, resource_version) = (self.stored.uid(), self.stored.resource_version());
        let retry_ms = retry.and_then(|d| u64::try_from(d.as_millis()).ok());
        match outcome {
            Ok(
                Outcome::UpToDate
                | Outcome::NotConverging(_)
                | Outcome::ExistenceAwaited
                | Outcome::FinalizersAwaited
                | Outcome::RemovalAwaited,
            ) => {
                let done: &str = outcome.as_ref().map_or("", Into::into);
                tracing::debug!(%kind, namespace, name, uid, resource_version, external_name, outcome = done, retry_ms, "reconciled");
            }
            Ok(done) => {
                let fields = match done {
                    Outcome::Updated(drift) => {
                        drift.changes.iter().map(|c| c.field.as_str()).collect::<Vec<_>>().join(",")
                    }
                    _ => String::new(),
                };
                let done: &str = done.into();
                tracing::info!(%kind, namespace, name, uid, resource_version, external_name, outcome = done, fields, retry_ms, "reconciled");
            }
            Err(error) if error.fault().kind == FaultKind::Conflict => {
                tracing::debug!(%kind, namespace, name, uid, resource_version, external_name, retry_ms, "changed by another writer");
            }
            Err(error) => {
                let (reason, error) = (error.fault().reason, error.message());
                tracing::info!(%kind, namespace, name, uid, resource_version, external_name, reason, error, retry_ms, "not reconciled");
            }
        }
    }

    /// The problem reported for a fault. An outage of the service says nothing about a resource that was usable before: a
    /// transient fault counts as waiting then, so that the resource stays usable.
    fn problem(&self, fault: &Fault) -> Problem {
        let problem = fault.problem();
        Problem {
            waiting: problem.waiting || (fault.kind == FaultKind::Transient && self.is_ready()),
            ..problem
        }
    }

    /// Whether the object was never reconciled before, as far as its status and this process know (R4).
    fn is_first(&self) -> bool {
        self.stored.condition(SYNCED).is_none() && !self.local.awaits_readiness
    }

    /// The problem that updates have no effect, if that is what was reported last.
    fn reported_not_converging(&self) -> Option<Problem> {
        let reported = self.stored.managed_status().and_then(|s| s.problem.clone());
        reported.filter(|problem| problem.code == convergence::NOT_CONVERGING)
    }

    fn is_ready(&self) -> bool {
        self.managed.condition(READY).is_some_and(|c| c.status == ConditionStatus::True)
    }
}

/// Whether the external side has asked for fewer calls.
fn is_throttled(outcome: &Result<Outcome, Error>) -> bool {
    outcome.as_ref().is_err_and(|error| error.fault().kind == FaultKind::Throttled)
}

/// How controller-runtime would say that it has ended (R179).
fn ended(outcome: &Result<Outcome, Error>) -> Ended {
    match outcome {
        Ok(Outcome::Paused | Outcome::FinalizerRemoved) => Ended::Success,
        Ok(_) => Ended::RequeueAfter,
        Err(error) => match (error.fault().kind, error.fault().reason) {
            (FaultKind::Terminal, _) => Ended::Terminal,
            (_, "Timeout") => Ended::Timeout,
            (FaultKind::Waiting | FaultKind::Conflict | FaultKind::Throttled, _) => Ended::RequeueAfter,
            _ => Ended::Error,
        },
    }
}
