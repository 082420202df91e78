//! The conditions of an app.

use crate::condition::{ACCEPTED, AVAILABLE, ConditionKind, DELETION_BLOCKED, Event};
use crate::paths::app::{database, release, secrets};
use crate::paths::gateway::INGRESS_READY;

/// A change is being rolled out. When that ends, the reason says how: complete, or stalled.
pub(super) const PROGRESSING: ConditionKind =
    ConditionKind { name: "Progressing", counts_for_ready: false, event: Event::BothWays };

/// Every kind, in the order of the status.
pub(super) const ALL: &[ConditionKind] = &[
    ACCEPTED,
    AVAILABLE,
    PROGRESSING,
    secrets::SYNCED,
    release::COMPLETE,
    INGRESS_READY,
    database::READY,
    DELETION_BLOCKED,
];
