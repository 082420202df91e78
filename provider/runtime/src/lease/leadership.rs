//! The right to act, which ends by itself.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;

/// The right to act on the cluster and on what is outside of it. Cheap to clone; clones are one.
///
/// It ends at the renew deadline after the last renewal of the Lease, by this machine's clock: before any
/// other process may take the Lease. A caller that asks right before each change never acts beside
/// another leader, however long the process was stopped or starved before (R237).
#[derive(Clone, Debug)]
pub struct Leadership(Option<Arc<Mutex<Option<Instant>>>>);

// === impl Leadership ===

impl Leadership {
    /// The right of a process beside which there is none: it does not end.
    pub fn unelected() -> Self {
        Self(None)
    }

    /// The right of a process that has not been elected yet.
    pub(crate) fn awaited() -> Self {
        Self(Some(Arc::default()))
    }

    /// Whether this process may act now.
    pub fn holds(&self) -> bool {
        let Some(until) = &self.0 else { return true };
        until.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|until| Instant::now() < until)
    }

    pub(crate) fn grant(&self, until: Instant) {
        self.set(Some(until));
    }

    pub(crate) fn end(&self) {
        self.set(None);
    }

    fn set(&self, until: Option<Instant>) {
        if let Some(held) = &self.0 {
            *held.lock().unwrap_or_else(PoisonError::into_inner) = until;
        }
    }
}
