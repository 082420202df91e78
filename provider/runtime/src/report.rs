//! Turns what a reconcile has done into condition, event, metric and retry, in one place.

use std::time::Duration;

use goldenpath_provider_core::condition::{self, READY, SYNCED, UP_TO_DATE};
use goldenpath_provider_core::convergence;
use goldenpath_provider_core::{ConditionStatus, Connect, Fault, FaultKind, Managed, Problem};
use kube::ResourceExt;

use crate::act::Done;
use crate::error::Error;
use crate::event::{Note, controller_name};
use crate::metrics::{Ended, Kind};
use crate::retry::{Next, Retry, tells_throttling};
use crate::run::{PANIC, Run};
use crate::up_to_date::{self, UpToDate};

// === impl Run ===

impl<M: Managed, C: Connect<M>> Run<'_, M, C> {
    /// Reports the outcome, and says when to look again: `None` is not before a change.
    pub(crate) async fn report(mut self, outcome: Result<Done, Error>) -> Option<Next> {
        self.count_throttle(&outcome);
        if let Some(note) = self.note(&outcome) {
            self.tell(note);
        }
        self.measure(&outcome);
        let written = self.record(&outcome).await;
        let retry = if written.is_ok() { self.retry(&outcome) } else { Retry::Failure };
        let poll = self.poll();
        let delay = retry.delay(&mut self.memory, poll, rand::random());
        self.log(&outcome, delay);
        if let Err(fault) = written {
            tracing::warn!(name = self.managed.name_any(), "cannot update managed resource status: {fault}");
        }
        if outcome != Ok(Done::Released) {
            self.context.memories.put(&self.stored, self.memory);
        }
        delay.map(if retry == Retry::Poll { Next::Poll } else { Next::Sequel })
    }

    /// Sets what the outcome means for the status, and writes it if it differs.
    async fn record(&mut self, outcome: &Result<Done, Error>) -> Result<(), Fault> {
        let synced = match outcome {
            Err(_) if self.waits_in_silence(outcome) => return self.write_status().await,
            Ok(Done::Released) => return Ok(()),
            Ok(Done::ExistenceAwaited) if self.memory.held_status.is_none() => return Ok(()),
            Err(error) if error.fault().kind == FaultKind::Conflict => return Ok(()),
            Ok(Done::Paused) => condition::reconcile_paused(),
            Ok(_) => condition::reconcile_success(),
            Err(error) => condition::reconcile_error(error.message()),
        };
        self.mark(synced);
        self.tell_up_to_date(outcome);
        self.managed.managed_status_mut().problem = match outcome {
            Err(error) => Some(self.problem(error.fault())),
            Ok(Done::Unconverged(drift)) => Some(convergence::problem(drift)),
            // Whether this update has an effect is not known yet.
            Ok(Done::Updated(_)) => self.told_unconverged(),
            Ok(_) => None,
        };
        if *outcome == Ok(Done::Created) {
            self.hold_status();
            return Ok(());
        }
        self.write_status().await
    }

    /// Tells whether the external resource is as desired, where that is asked for (R25).
    fn tell_up_to_date(&mut self, outcome: &Result<Done, Error>) {
        match self.context.runtime.options.up_to_date {
            UpToDate::Told => {
                if let Some(mark) = up_to_date::learnt(outcome) {
                    self.mark(mark);
                }
            }
            UpToDate::Untold => {
                self.managed.managed_status_mut().conditions.retain(|c| c.r#type != UP_TO_DATE);
            }
        }
    }

    /// The event that tells of the outcome, if one is due.
    fn note(&mut self, outcome: &Result<Done, Error>) -> Option<Note> {
        match outcome {
            Ok(Done::Paused) => {
                let told = self.stored.condition(SYNCED).is_some_and(|c| c.reason == "ReconcilePaused");
                let message = "Reconciliation is paused either through the `spec.managementPolicies` or the pause annotation";
                (!told).then(|| Note::normal("ReconciliationPaused", message))
            }
            Ok(Done::Created) => Some(Note::normal(
                "CreatedExternalResource",
                "Successfully requested creation of external resource",
            )),
            Ok(Done::Updated(drift)) => {
                let requested = "Successfully requested update of external resource";
                Some(Note::normal("UpdatedExternalResource", format!("{requested}: {}", drift.summary())))
            }
            Ok(Done::DeletionRequested) => Some(Note::normal(
                "DeletedExternalResource",
                "Successfully requested deletion of external resource",
            )),
            Ok(Done::ExistenceAwaited) => {
                let told = std::mem::replace(&mut self.memory.pending_told, true);
                let message = "Waiting for external resource existence to be confirmed";
                (!told).then(|| Note::normal("PendingExternalResource", message))
            }
            Ok(Done::Unconverged(drift)) => {
                let untold = self.told_unconverged().is_none();
                untold
                    .then(|| Note::warning(convergence::NOT_CONVERGING, convergence::problem(drift).message))
            }
            Ok(
                Done::Rested
                | Done::Left(_)
                | Done::Released
                | Done::FinalizersAwaited
                | Done::RemovalAwaited,
            ) => None,
            Err(_) if self.waits_in_silence(outcome) => None,
            Err(error) => error.note(),
        }
    }

    fn count_throttle(&mut self, outcome: &Result<Done, Error>) {
        let throttled = is_throttled(outcome);
        self.memory.throttles = if throttled { self.memory.throttles.saturating_add(1) } else { 0 };
    }

    /// Whether the object was throttled, and its conditions stay as they are for now (R154).
    fn waits_in_silence(&self, outcome: &Result<Done, Error>) -> bool {
        is_throttled(outcome) && !tells_throttling(self.memory.throttles)
    }

    fn retry(&self, outcome: &Result<Done, Error>) -> Retry {
        match outcome {
            Ok(Done::Paused | Done::Released)
            | Err(Error::UseInvalidManagementPolicy { .. } | Error::InitializeManagedResource { .. }) => {
                Retry::OnChange
            }
            Ok(Done::Rested | Done::Left(_)) if self.is_ready() => Retry::Poll,
            Ok(Done::Unconverged(_)) => Retry::Poll,
            Ok(
                Done::Rested
                | Done::Left(_)
                | Done::ExistenceAwaited
                | Done::FinalizersAwaited
                | Done::RemovalAwaited,
            ) => Retry::Progress,
            Ok(Done::Created | Done::DeletionRequested) => Retry::Effect,
            Ok(Done::Updated(_)) => Retry::UpdateEffect,
            Err(error) => match (error, error.fault().kind) {
                (_, FaultKind::Conflict) => Retry::Conflict,
                (_, FaultKind::Waiting) => Retry::Waiting,
                (_, FaultKind::Throttled) => Retry::Throttled,
                (Error::AcceptExternalResource { source }, _)
                    if source.reason == "ExternalResourceMissing" =>
                {
                    Retry::Poll
                }
                (_, FaultKind::User | FaultKind::Terminal) => Retry::Refusal,
                (_, FaultKind::Transient) => Retry::Failure,
            },
        }
    }

    /// Crossplane's measurements of a managed resource (R173).
    fn measure(&mut self, outcome: &Result<Done, Error>) {
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
            self.memory.awaits_readiness = true;
        }
        match outcome {
            Ok(Done::Rested) => {
                self.memory.unchanged_at = Some(self.now);
                if self.is_ready() && std::mem::take(&mut self.memory.awaits_readiness) {
                    age.inspect(|age| metrics.first_readiness(&kind, *age));
                }
            }
            Ok(Done::Updated(_)) => {
                self.memory.unchanged_at.inspect(|at| metrics.drift(&kind, self.now.duration_since(*at)));
            }
            Ok(Done::Released) => {
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

    /// One line a decision; what changes nothing is told at debug level only.
    fn log(&self, outcome: &Result<Done, Error>, retry: Option<Duration>) {
        let (kind, namespace, name) = (M::kind(&()), self.stored.namespace(), self.stored.name_any());
        let external_name = self.managed.external_name();
        let (uid, resource_version) = (self.stored.uid(), self.stored.resource_version());
        let retry_ms = retry.and_then(|d| u64::try_from(d.as_millis()).ok());
        match outcome {
            Ok(
                Done::Rested
                | Done::Unconverged(_)
                | Done::ExistenceAwaited
                | Done::FinalizersAwaited
                | Done::RemovalAwaited,
            ) => {
                let done: &str = outcome.as_ref().map_or("", Into::into);
                tracing::debug!(%kind, namespace, name, uid, resource_version, external_name, done, retry_ms, "reconciled");
            }
            Ok(done) => {
                let fields = match done {
                    Done::Updated(drift) => {
                        drift.changes.iter().map(|c| c.field.as_str()).collect::<Vec<_>>().join(",")
                    }
                    _ => String::new(),
                };
                let done: &str = done.into();
                tracing::info!(%kind, namespace, name, uid, resource_version, external_name, done, fields, retry_ms, "reconciled");
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

    /// What is told of a fault. An outage of the service says nothing about a resource that could be used before it: what
    /// passes by itself is waited for then, and takes the resource from nobody.
    fn problem(&self, fault: &Fault) -> Problem {
        let problem = fault.problem();
        Problem {
            waiting: problem.waiting || (fault.kind == FaultKind::Transient && self.is_ready()),
            ..problem
        }
    }

    /// Whether nobody has reconciled the object before, as far as its status and this process know (R4).
    fn is_first(&self) -> bool {
        self.stored.condition(SYNCED).is_none() && !self.memory.awaits_readiness
    }

    /// The problem that updates have no effect, if that is what was told last.
    fn told_unconverged(&self) -> Option<Problem> {
        let told = self.stored.managed_status().and_then(|s| s.problem.clone());
        told.filter(|problem| problem.code == convergence::NOT_CONVERGING)
    }

    fn is_ready(&self) -> bool {
        self.managed.condition(READY).is_some_and(|c| c.status == ConditionStatus::True)
    }
}

/// Whether the external side has asked for fewer calls.
fn is_throttled(outcome: &Result<Done, Error>) -> bool {
    outcome.as_ref().is_err_and(|error| error.fault().kind == FaultKind::Throttled)
}

/// How controller-runtime would say that it has ended (R179).
fn ended(outcome: &Result<Done, Error>) -> Ended {
    match outcome {
        Ok(Done::Paused | Done::Released) => Ended::Success,
        Ok(_) => Ended::RequeueAfter,
        Err(error) => match (error.fault().kind, error.fault().reason) {
            (FaultKind::Terminal, _) => Ended::Terminal,
            (_, "Timeout") => Ended::Timeout,
            (FaultKind::Waiting | FaultKind::Conflict | FaultKind::Throttled, _) => Ended::RequeueAfter,
            _ => Ended::Error,
        },
    }
}
