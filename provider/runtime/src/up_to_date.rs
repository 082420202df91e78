//! The condition `UpToDate` (R25).
//!
//! Crossplane has reserved the type and its reasons, and its own reconciler does not set it yet: a process is asked to.

use goldenpath_provider_core::condition::{
    Mark, observe_matched, up_to_date_unknown, update_failed, update_requested, update_restricted,
};
use goldenpath_provider_core::convergence;

use crate::act::Done;
use crate::error::Error;

/// Whether managed resources tell in a condition that they are up to date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UpToDate {
    /// `UpToDate` is set with each reconcile that learns it.
    Told,
    /// There is no such condition, and one that was set before is removed.
    #[default]
    Untold,
}

/// What the outcome of a reconcile says about the difference between desired and observed, if it says anything.
pub(crate) fn learnt(outcome: &Result<Done, Error>) -> Option<Mark> {
    match outcome {
        Ok(Done::Rested) => Some(observe_matched()),
        Ok(Done::Updated(drift)) => Some(update_requested(drift.summary())),
        Ok(Done::Left(drift)) => Some(update_restricted(drift.summary())),
        Ok(Done::Unconverged(drift)) => Some(update_failed(convergence::problem(drift).message)),
        Err(error @ Error::UpdateExternalResource { .. }) => Some(update_failed(error.message())),
        Ok(Done::Paused) => Some(up_to_date_unknown()),
        Ok(
            Done::Created
            | Done::DeletionRequested
            | Done::Released
            | Done::ExistenceAwaited
            | Done::FinalizersAwaited
            | Done::RemovalAwaited,
        )
        | Err(_) => None,
    }
}
