//! The reconcile: a list of steps.

use std::sync::Arc;

use goldenpath_provider_core::condition::{available, creating, deleting, unavailable};
use goldenpath_provider_core::{
    Admission, Connect, Creation, Deletion, External, Fault, Lifecycle, Managed, Observation, Readiness,
    admit, plan,
};

use crate::act::{Outcome, act, release};
use crate::call::bounded;
use crate::error::{Error, FailedStep, InStep};
use crate::reconciliation::{Context, Reconciliation};
use crate::report::report;
use crate::requeue::Requeue;
use crate::usage;

/// Brings one object and its external resource a step closer to each other, and says when to requeue.
///
/// A process that does not lead any more leaves the object, and its status, to the one that does (R237).
pub(crate) async fn reconcile<M: Managed, C: Connect<M>>(
    watched: &M,
    context: &Context<M, C>,
) -> Option<Requeue> {
    let mut run = Reconciliation::begin(context, watched);
    if !run.leadership().holds() {
        return None;
    }
    let outcome = steps(&mut run).await;
    if run.leadership().holds() { report(run, outcome).await } else { None }
}

async fn steps<M: Managed, C: Connect<M>>(run: &mut Reconciliation<'_, M, C>) -> Result<Outcome, Error> {
    let admission = admit(&run.managed);
    if admission != Admission::Paused {
        run.acknowledge_request();
    }
    let (lifecycle, policies) = match admission {
        Admission::Paused => return Ok(Outcome::Paused),
        Admission::Refused(set) => {
            return Err(Error { step: FailedStep::UseInvalidManagementPolicy, fault: unsupported(&set) });
        }
        Admission::Orphaned => return release(run).await,
        Admission::Admitted(lifecycle, policies) => (lifecycle, policies),
    };
    check_creation(run, lifecycle.creation)?;
    let recorded = &mut run.local.usage;
    let tracked = usage::track(&run.context.runtime, &run.managed, lifecycle.deletion, recorded).await;
    tracked.in_step(FailedStep::ConnectToProvider)?;
    let external = connect(run).await.in_step(FailedStep::ConnectToProvider)?;
    let seen = observe(run, &external).await.in_step(FailedStep::ObserveExternalResource)?;
    if let (Deletion::None, Observation::Present(present)) = (lifecycle.deletion, &seen) {
        run.publish(&present.connection).await.in_step(FailedStep::PublishConnectionDetails)?;
    }
    let lifecycle = Lifecycle { missing_since: run.missing_since(&seen), ..lifecycle };
    let step = plan(lifecycle, policies, &seen, run.exhausted(), run.now);
    act(run, external, policies, &seen, step).await
}

/// Stops at a Create whose result is unknown, where Observe cannot find it out either (R39).
fn check_creation<M: Managed, C: Connect<M>>(
    run: &mut Reconciliation<'_, M, C>,
    creation: Creation,
) -> Result<(), Error> {
    if <C::External as External<M>>::DETERMINISTIC_NAME || !creation.is_incomplete() {
        return Ok(());
    }
    run.set_condition(creating(""));
    Err(Error { step: FailedStep::InitializeManagedResource, fault: undetermined() })
}

async fn connect<M: Managed, C: Connect<M>>(
    run: &mut Reconciliation<'_, M, C>,
) -> Result<Arc<C::External>, Fault> {
    let connector = &run.context.connector;
    let connected = bounded(run.timeout(), connector.connect(&run.managed)).await.map(Arc::new);
    // Known even where the credentials are not.
    run.local.backoff = connector.backoff(&run.managed).unwrap_or_default();
    connected
}

/// Observes, and sets whether the external resource can be used. Without an answer, the last condition stays.
async fn observe<M: Managed, C: Connect<M>>(
    run: &mut Reconciliation<'_, M, C>,
    external: &C::External,
) -> Result<Observation, Fault> {
    let seen = bounded(run.timeout(), external.observe(&mut run.managed)).await?;
    if let Observation::Present(present) = &seen {
        run.next_look = present.next_look;
        run.set_condition(match present.readiness.clone() {
            Readiness::Available => available(),
            Readiness::Creating(progress) => creating(progress),
            Readiness::Unavailable(reason) => unavailable(reason),
            Readiness::Deleting => deleting(""),
        });
    }
    run.observed = run.context.runtime.options.change_log.is_on().then(|| run.managed.clone());
    Ok(seen)
}

fn unsupported(set: &str) -> Fault {
    let message = format!(
        "`spec.managementPolicies` is set to a value({set}) which is not supported. Check docs for supported policies"
    );
    Fault::terminal("InvalidManagementPolicy", message).at(".spec.managementPolicies")
}

fn undetermined() -> Fault {
    let message = "cannot determine creation result - remove the crossplane.io/external-create-pending annotation \
                   if it is safe to proceed";
    Fault::user("CreationUndetermined", message)
}

#[cfg(test)]
mod tests;
