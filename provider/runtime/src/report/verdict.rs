//! What each outcome of a reconcile means to all that hear of it: one row each, read once.

use goldenpath_provider_core::condition::{
    ConditionUpdate, observe_matched, reconcile_error, reconcile_paused, reconcile_success,
    up_to_date_unknown, update_failed, update_requested, update_restricted,
};
use goldenpath_provider_core::plan::MISSING;
use goldenpath_provider_core::{Fault, FaultKind, Problem, convergence};

use crate::act::Outcome;
use crate::call::{PANIC, TIMEOUT};
use crate::error::{Error, FailedStep};
use crate::event::Event;
use crate::metrics::Ended;
use crate::requeue::{RequeueReason, reports_throttling};

/// What is known of an object apart from the outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    /// Its external resource can be used.
    pub(super) is_ready: bool,
    /// Its status is still to be written, by the reconcile before.
    pub(super) is_status_held: bool,
    /// How often it was throttled, one time after the other; this one counts.
    pub(super) throttles: u32,
    /// What was reported of it before, and is not reported again.
    pub(super) reported: Reported,
}

/// What is reported once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reported {
    /// It is paused.
    pub(super) paused: bool,
    /// Its external resource is awaited.
    pub(super) pending: bool,
    /// The problem that its updates have no effect.
    pub(super) not_converging: Option<Problem>,
}

/// What an outcome means.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) status: StatusReport,
    /// The event, if one is due.
    pub(super) event: Option<Event>,
    pub(super) requeue: RequeueReason,
    /// How controller-runtime would say that it has ended (R179).
    pub(super) ended: Ended,
    pub(super) measured: Option<Measured>,
    pub(super) log: Log,
}

/// What becomes of the status.
#[derive(Debug)]
pub(super) enum StatusReport {
    /// It stays as it is stored.
    Unwritten,
    /// It is written as the steps have left it; the outcome changes nothing.
    WithoutOutcome,
    /// It says how the reconcile has ended.
    Written(Summary),
    /// As `Written`, with what the next reconcile learns: that one follows soon.
    Held(Summary),
}

/// What the status says of an outcome.
#[derive(Debug)]
pub(super) struct Summary {
    pub(super) synced: ConditionUpdate,
    /// What is known of the difference between desired and observed, if anything is.
    pub(super) up_to_date: Option<ConditionUpdate>,
    pub(super) problem: Option<Problem>,
}

/// What Crossplane's metrics of managed resources count (R173).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measured {
    /// Nothing differed.
    InSync,
    /// A difference was asked to be put back.
    Corrected,
    /// The object was let go.
    Deleted,
    /// A handler has panicked.
    Panicked,
}

/// At which level the decision is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Log {
    /// It changes nothing.
    Debug,
    Info,
}

// === impl Verdict ===

impl Verdict {
    pub(super) fn of(outcome: &Result<Outcome, Error>, facts: &Facts) -> Self {
        match outcome {
            Ok(outcome) => Self::of_outcome(outcome, facts),
            Err(error) => Self::of_error(error, facts),
        }
    }

    fn of_outcome(outcome: &Outcome, facts: &Facts) -> Self {
        let settled = if facts.is_ready { RequeueReason::Poll } else { RequeueReason::Progress };
        match outcome {
            Outcome::Paused => {
                let message = "Reconciliation is paused either through the `spec.managementPolicies` or the pause annotation";
                let summary = Summary {
                    synced: reconcile_paused(),
                    up_to_date: Some(up_to_date_unknown()),
                    problem: None,
                };
                Self {
                    status: StatusReport::Written(summary),
                    event: (!facts.reported.paused).then(|| Event::normal("ReconciliationPaused", message)),
                    ended: Ended::Success,
                    ..Self::acted(RequeueReason::OnChange)
                }
            }
            Outcome::UpToDate => Self {
                status: StatusReport::Written(Summary::synced().up_to_date(observe_matched())),
                measured: Some(Measured::InSync),
                ..Self::unchanged(settled)
            },
            Outcome::Created => Self {
                status: StatusReport::Held(Summary::synced()),
                event: Some(requested("CreatedExternalResource", "creation")),
                ..Self::acted(RequeueReason::Effect)
            },
            Outcome::Updated(drift) => {
                let difference = drift.summary();
                let Event { severity, reason, message } = requested("UpdatedExternalResource", "update");
                // Whether this update has an effect is not known yet.
                let problem = facts.reported.not_converging.clone();
                let summary = Summary { problem, ..Summary::synced() };
                Self {
                    event: Some(Event { severity, reason, message: format!("{message}: {difference}") }),
                    status: StatusReport::Written(summary.up_to_date(update_requested(difference))),
                    measured: Some(Measured::Corrected),
                    ..Self::acted(RequeueReason::UpdateEffect)
                }
            }
            Outcome::UpdateNotAllowed(drift) => Self {
                status: StatusReport::Written(
                    Summary::synced().up_to_date(update_restricted(drift.summary())),
                ),
                ..Self::acted(settled)
            },
            Outcome::NotConverging(drift) => {
                let problem = convergence::problem(drift);
                let message = problem.message.clone();
                let is_new = facts.reported.not_converging.is_none();
                let summary = Summary { problem: Some(problem), ..Summary::synced() };
                Self {
                    status: StatusReport::Written(summary.up_to_date(update_failed(message.clone()))),
                    event: is_new.then(|| Event::warning(convergence::NOT_CONVERGING, message)),
                    ..Self::unchanged(RequeueReason::Poll)
                }
            }
            Outcome::DeletionRequested => Self {
                event: Some(requested("DeletedExternalResource", "deletion")),
                ..Self::acted(RequeueReason::Effect)
            },
            Outcome::FinalizerRemoved => Self {
                status: StatusReport::Unwritten,
                ended: Ended::Success,
                measured: Some(Measured::Deleted),
                ..Self::acted(RequeueReason::OnChange)
            },
            Outcome::ExistenceAwaited => {
                let message = "Waiting for external resource existence to be confirmed";
                let report = || Event::normal("PendingExternalResource", message);
                let row = Self::unchanged(RequeueReason::Progress);
                let status = if facts.is_status_held { row.status } else { StatusReport::Unwritten };
                Self { status, event: (!facts.reported.pending).then(report), ..row }
            }
            Outcome::FinalizersAwaited | Outcome::RemovalAwaited => Self::unchanged(RequeueReason::Progress),
        }
    }

    /// A success that nothing was done in, unless the row says more.
    fn unchanged(requeue: RequeueReason) -> Self {
        Self {
            status: StatusReport::Written(Summary::synced()),
            event: None,
            requeue,
            ended: Ended::RequeueAfter,
            measured: None,
            log: Log::Debug,
        }
    }

    /// A success in which something was decided, unless the row says more.
    fn acted(requeue: RequeueReason) -> Self {
        Self { log: Log::Info, ..Self::unchanged(requeue) }
    }

    fn of_error(error: &Error, facts: &Facts) -> Self {
        let Error { step, fault } = error;
        let row = Self {
            status: StatusReport::Written(Summary {
                synced: reconcile_error(error.message()),
                up_to_date: (*step == FailedStep::UpdateExternalResource)
                    .then(|| update_failed(error.message())),
                problem: Some(problem(fault, facts)),
            }),
            event: error.event(),
            requeue: requeue(error),
            ended: match (fault.kind, fault.reason) {
                (FaultKind::Terminal, _) => Ended::Terminal,
                (_, TIMEOUT) => Ended::Timeout,
                (FaultKind::Waiting | FaultKind::Conflict | FaultKind::Throttled, _) => Ended::RequeueAfter,
                (FaultKind::Transient | FaultKind::User, _) => Ended::Error,
            },
            measured: (fault.reason == PANIC).then_some(Measured::Panicked),
            log: Log::Info,
        };
        match fault.kind {
            FaultKind::Conflict => Self { status: StatusReport::Unwritten, log: Log::Debug, ..row },
            // The conditions of an object that is throttled stay as they are for now (R154).
            FaultKind::Throttled if !reports_throttling(facts.throttles) => {
                Self { status: StatusReport::WithoutOutcome, event: None, ..row }
            }
            _ => row,
        }
    }
}

// === impl Summary ===

impl Summary {
    fn synced() -> Self {
        Self { synced: reconcile_success(), up_to_date: None, problem: None }
    }

    fn up_to_date(self, update: ConditionUpdate) -> Self {
        Self { up_to_date: Some(update), ..self }
    }
}

fn requested(reason: &'static str, what: &str) -> Event {
    Event::normal(reason, format!("Successfully requested {what} of external resource"))
}

fn requeue(error: &Error) -> RequeueReason {
    let Error { step, fault } = error;
    match (step, fault.kind) {
        (FailedStep::UseInvalidManagementPolicy | FailedStep::InitializeManagedResource, _) => {
            RequeueReason::OnChange
        }
        (_, FaultKind::Conflict) => RequeueReason::Conflict,
        (_, FaultKind::Waiting) => RequeueReason::Waiting,
        (_, FaultKind::Throttled) => RequeueReason::Throttled,
        (FailedStep::AcceptExternalResource, _) if fault.reason == MISSING => RequeueReason::Poll,
        (_, FaultKind::User | FaultKind::Terminal) => RequeueReason::Refusal,
        (_, FaultKind::Transient) => RequeueReason::Failure,
    }
}

/// The problem reported for a fault. An outage of the service says nothing about a resource that was usable before: a
/// transient fault counts as waiting then, so that the resource stays usable.
fn problem(fault: &Fault, facts: &Facts) -> Problem {
    let problem = fault.problem();
    let outage = fault.kind == FaultKind::Transient && facts.is_ready;
    Problem { waiting: problem.waiting || outage, ..problem }
}
