//! The reconcile: a list of steps.

use std::sync::Arc;

use goldenpath_provider_core::condition::{available, creating, deleting, unavailable};
use goldenpath_provider_core::{
    Admission, Connect, Creation, Deletion, External, Fault, Managed, Observation, Readiness, admit, plan,
};
use snafu::ResultExt;

use crate::act::Outcome;
use crate::error::{self, Error};
use crate::reconciliation::{Context, Reconciliation};
use crate::requeue::Requeue;

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
    if run.leadership().holds() { run.report(outcome).await } else { None }
}

async fn steps<M: Managed, C: Connect<M>>(run: &mut Reconciliation<'_, M, C>) -> Result<Outcome, Error> {
    let admission = admit(&run.managed);
    if admission != Admission::Paused {
        run.acknowledge_request();
    }
    let (lifecycle, policies) = match admission {
        Admission::Paused => return Ok(Outcome::Paused),
        Admission::Refused(set) => {
            return Err(Error::UseInvalidManagementPolicy { source: unsupported(&set) });
        }
        Admission::Orphaned => return run.release().await,
        Admission::Admitted(lifecycle, policies) => (lifecycle, policies),
    };
    run.check_creation(lifecycle.creation)?;
    run.track_usage(lifecycle.deletion).await.context(error::ConnectToProviderSnafu)?;
    let external = run.connect().await.context(error::ConnectToProviderSnafu)?;
    let seen = run.observe(&external).await.context(error::ObserveExternalResourceSnafu)?;
    if let (Deletion::None, Observation::Present(present)) = (lifecycle.deletion, &seen) {
        run.publish(&present.connection).await.context(error::PublishConnectionDetailsSnafu)?;
    }
    let step = plan(lifecycle, policies, &seen, run.exhausted(), run.now);
    run.act(external, policies, &seen, step).await
}

// === impl Reconciliation ===

impl<M: Managed, C: Connect<M>> Reconciliation<'_, M, C> {
    /// Stops at a Create whose result is unknown, where Observe cannot find it out either (R39).
    fn check_creation(&mut self, creation: Creation) -> Result<(), Error> {
        if <C::External as External<M>>::DETERMINISTIC_NAME || !creation.is_incomplete() {
            return Ok(());
        }
        self.set_condition(creating(""));
        Err(Error::InitializeManagedResource { source: undetermined() })
    }

    async fn connect(&mut self) -> Result<Arc<C::External>, Fault> {
        let connecting = self.context.connector.connect(&self.managed);
        let connected = Self::bounded(self.timeout(), connecting).await.map(Arc::new);
        // Known even where the credentials are not.
        self.local.backoff = self.context.connector.backoff(&self.managed).unwrap_or_default();
        connected
    }

    /// Observes, and sets whether the external resource can be used. Without an answer, the last condition stays.
    async fn observe(&mut self, external: &C::External) -> Result<Observation, Fault> {
        let timeout = self.timeout();
        let seen = Self::bounded(timeout, external.observe(&mut self.managed)).await?;
        if let Observation::Present(present) = &seen {
            self.set_condition(match present.readiness.clone() {
                Readiness::Available => available(),
                Readiness::Creating(progress) => creating(progress),
                Readiness::Unavailable(reason) => unavailable(reason),
                Readiness::Deleting => deleting(""),
            });
        }
        self.observed = self.context.runtime.options.change_log.is_on().then(|| self.managed.clone());
        Ok(seen)
    }
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
