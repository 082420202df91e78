//! Turns the outcome of a reconcile into condition, event, metric and requeue, in one place.

mod verdict;

use std::time::Duration;

use goldenpath_provider_core::condition::{READY, SYNCED, UP_TO_DATE};
use goldenpath_provider_core::convergence;
use goldenpath_provider_core::{ConditionStatus, Connect, Fault, FaultKind, Managed};
use kube::ResourceExt;

use crate::act::Outcome;
use crate::error::Error;
use crate::event::controller_name;
use crate::metrics::{Ended, Kind};
use crate::reconciliation::Reconciliation;
use crate::requeue::{Requeue, RequeueReason};
use crate::up_to_date::UpToDate;
use crate::writer;
use verdict::{Facts, Log, Measured, Reported, StatusReport, Summary, Verdict};

/// Reports the outcome, and decides when to requeue: `None` is not before a change.
pub(crate) async fn report<M: Managed, C: Connect<M>>(
    mut run: Reconciliation<'_, M, C>,
    outcome: Result<Outcome, Error>,
) -> Option<Requeue> {
    count_throttles(&mut run, &outcome);
    let Verdict { status, event, requeue, ended, measured, log } = Verdict::of(&outcome, &facts(&run));
    run.local.pending_reported |= outcome == Ok(Outcome::ExistenceAwaited);
    if let Some(event) = event {
        run.record_event(event);
    }
    measure(&mut run, ended, measured);
    let written = record(&mut run, status).await;
    let requeue = if written.is_ok() { requeue } else { RequeueReason::Failure };
    let poll = run.poll();
    let delay = requeue.delay(&mut run.local, poll, rand::random());
    let (requeue, delay) =
        match run.next_look.and_then(|at| Duration::try_from(at.duration_since(run.now)).ok()) {
            // What is known to come is not waited for until the poll.
            Some(soon) if requeue == RequeueReason::Poll && delay.is_some_and(|poll| soon < poll) => {
                (RequeueReason::Progress, Some(soon))
            }
            _ => (requeue, delay),
        };
    write_log(&run, &outcome, log, delay);
    if let Err(fault) = &written {
        tracing::warn!(name = run.managed.name_any(), "cannot update managed resource status: {fault}");
    }
    let conflicts = |fault: &Fault| fault.kind == FaultKind::Conflict;
    if outcome.as_ref().is_err_and(|error| conflicts(&error.fault)) || written.as_ref().is_err_and(conflicts)
    {
        run.forget_written();
    }
    if outcome != Ok(Outcome::FinalizerRemoved) {
        run.end();
    }
    delay.map(if requeue == RequeueReason::Poll { Requeue::Poll } else { Requeue::FollowUp })
}

fn count_throttles<M, C>(run: &mut Reconciliation<'_, M, C>, outcome: &Result<Outcome, Error>) {
    let throttled = outcome.as_ref().is_err_and(|error| error.fault.kind == FaultKind::Throttled);
    run.local.throttles = if throttled { run.local.throttles.saturating_add(1) } else { 0 };
}

fn facts<M: Managed, C: Connect<M>>(run: &Reconciliation<'_, M, C>) -> Facts {
    let stored = run.writer.stored();
    let problem = stored.managed_status().and_then(|s| s.problem.clone());
    Facts {
        is_ready: is_ready(&run.managed),
        is_status_held: run.local.held_status.is_some(),
        throttles: run.local.throttles,
        reported: Reported {
            paused: stored.condition(SYNCED).is_some_and(|c| c.reason == "ReconcilePaused"),
            pending: run.local.pending_reported,
            not_converging: problem.filter(|problem| problem.code == convergence::NOT_CONVERGING),
        },
    }
}

fn is_ready<M: Managed>(managed: &M) -> bool {
    managed.condition(READY).is_some_and(|c| c.status == ConditionStatus::True)
}

/// Sets what the outcome means for the status, and writes it if it differs.
async fn record<M: Managed, C: Connect<M>>(
    run: &mut Reconciliation<'_, M, C>,
    status: StatusReport,
) -> Result<(), Fault> {
    match status {
        StatusReport::Unwritten => return Ok(()),
        StatusReport::WithoutOutcome => {}
        StatusReport::Written(summary) => summarize(run, summary),
        StatusReport::Held(summary) => {
            summarize(run, summary);
            // One write less: the next reconcile has more to say (R129).
            run.local.held_status = Some(writer::status(&run.managed));
            return Ok(());
        }
    }
    run.local.held_status = None;
    run.writer.write_status(&mut run.managed).await
}

fn summarize<M: Managed, C: Connect<M>>(run: &mut Reconciliation<'_, M, C>, summary: Summary) {
    let Summary { synced, up_to_date, problem } = summary;
    run.set_condition(synced);
    match (run.context.runtime.options.up_to_date, up_to_date) {
        (UpToDate::Enabled, Some(update)) => run.set_condition(update),
        (UpToDate::Enabled, None) => {}
        (UpToDate::Disabled, _) => {
            run.managed.managed_status_mut().conditions.retain(|c| c.r#type != UP_TO_DATE);
        }
    }
    run.managed.managed_status_mut().problem = problem;
}

/// Crossplane's measurements of a managed resource (R173), and controller-runtime's of its reconcile.
fn measure<M: Managed, C: Connect<M>>(
    run: &mut Reconciliation<'_, M, C>,
    ended: Ended,
    measured: Option<Measured>,
) {
    let controller = run.context.runtime.metrics.controller(controller_name::<M>());
    controller.ended(ended);
    if matches!(ended, Ended::Error | Ended::Terminal | Ended::Timeout) {
        controller.retried();
    }
    let (metrics, kind) = (&run.context.runtime.metrics.managed, Kind::of::<M>());
    let meta = run.writer.stored().meta();
    let age = meta.creation_timestamp.as_ref().map(|t| run.now.duration_since(t.0));
    // Never reconciled before, as far as its status and this process know (R4).
    if run.writer.stored().condition(SYNCED).is_none() && !run.local.awaits_readiness {
        age.inspect(|age| metrics.first_reconcile(&kind, *age));
        run.local.awaits_readiness = true;
    }
    match measured {
        Some(Measured::InSync) => {
            run.local.unchanged_at = Some(run.now);
            if is_ready(&run.managed) && std::mem::take(&mut run.local.awaits_readiness) {
                age.inspect(|age| metrics.first_readiness(&kind, *age));
            }
        }
        Some(Measured::Corrected) => {
            run.local.unchanged_at.inspect(|at| metrics.drift(&kind, run.now.duration_since(*at)));
        }
        Some(Measured::Deleted) => {
            let deleted = meta.deletion_timestamp.as_ref();
            deleted.inspect(|t| metrics.deletion(&kind, run.now.duration_since(t.0)));
        }
        Some(Measured::Panicked) => controller.panicked(),
        None => {}
    }
}

/// One line a decision; what changes nothing is logged at debug level only.
fn write_log<M: Managed, C>(
    run: &Reconciliation<'_, M, C>,
    outcome: &Result<Outcome, Error>,
    log: Log,
    delay: Option<Duration>,
) {
    let stored = run.writer.stored();
    let (kind, namespace, name) = (M::kind(&()), stored.namespace(), stored.name_any());
    let (uid, resource_version) = (stored.uid(), stored.resource_version());
    let external_name = run.managed.external_name();
    let retry_ms = delay.and_then(|d| u64::try_from(d.as_millis()).ok());
    let (done, fields) = (outcome.as_ref().ok(), outcome.as_ref().ok().and_then(Outcome::drift));
    let done = done.map(<&str>::from);
    let fields =
        fields.map(|drift| drift.changes.iter().map(|c| c.field.as_str()).collect::<Vec<_>>().join(","));
    let failed = outcome.as_ref().err();
    let (reason, error) = (failed.map(|e| e.fault.reason), failed.map(Error::message));
    let message = if failed.is_some() { "not reconciled" } else { "reconciled" };
    match log {
        Log::Debug => {
            tracing::debug!(%kind, namespace, name, uid, resource_version, external_name, outcome = done, fields, reason, error, retry_ms, "{message}");
        }
        Log::Info => {
            tracing::info!(%kind, namespace, name, uid, resource_version, external_name, outcome = done, fields, reason, error, retry_ms, "{message}");
        }
    }
}
