//! The conditions of a Secret that follows the secret store.

use crate::condition::{ACCEPTED, ConditionKind, SECRET_SYNCED};

/// Every kind, in the order of the status.
pub(super) const ALL: &[ConditionKind] = &[ACCEPTED, SECRET_SYNCED];
