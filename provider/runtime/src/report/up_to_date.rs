//! What a reconcile says for the condition `UpToDate` (R25).

use goldenpath_provider_core::condition::{
    ConditionUpdate, observe_matched, up_to_date_unknown, update_failed, update_requested, update_restricted,
};
use goldenpath_provider_core::convergence;

use crate::act::Outcome;
use crate::error::Error;

/// What the outcome of a reconcile says about the difference between desired and observed, if it says anything.
pub(super) fn condition_of(outcome: &Result<Outcome, Error>) -> Option<ConditionUpdate> {
    match outcome {
        Ok(Outcome::UpToDate) => Some(observe_matched()),
        Ok(Outcome::Updated(drift)) => Some(update_requested(drift.summary())),
        Ok(Outcome::UpdateNotAllowed(drift)) => Some(update_restricted(drift.summary())),
        Ok(Outcome::NotConverging(drift)) => Some(update_failed(convergence::problem(drift).message)),
        Err(error @ Error::UpdateExternalResource { .. }) => Some(update_failed(error.message())),
        Ok(Outcome::Paused) => Some(up_to_date_unknown()),
        Ok(
            Outcome::Created
            | Outcome::DeletionRequested
            | Outcome::FinalizerRemoved
            | Outcome::ExistenceAwaited
            | Outcome::FinalizersAwaited
            | Outcome::RemovalAwaited,
        )
        | Err(_) => None,
    }
}
