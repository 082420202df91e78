//! The conditions of a Secret that follows the secret store.

use crate::condition::{ACCEPTED, ConditionKind, Event};

/// The Secret has the present value.
pub(super) const SECRET_SYNCED: ConditionKind =
    ConditionKind { name: "SecretSynced", counts_for_ready: true, event: Event::BothWays };

/// Every kind, in the order of the status.
pub(super) const ALL: &[ConditionKind] = &[ACCEPTED, SECRET_SYNCED];
