//! The conditions of a way through the gateway.

use crate::condition::{ACCEPTED, ConditionKind};
use crate::paths::gateway::INGRESS_READY;

/// Every kind, in the order of the status.
pub(super) const ALL: &[ConditionKind] = &[ACCEPTED, INGRESS_READY];
