//! What an app says of itself.

use crate::condition::{ACCEPTED, AVAILABLE, ConditionKind, Event};

/// A change is being rolled out. That it holds no longer is told with its reason: complete, or stalled.
pub(super) const PROGRESSING: ConditionKind =
    ConditionKind { name: "Progressing", counts_for_ready: false, event: Event::BothWays };

/// Every kind, in the order in which they are read.
pub(super) const ALL: &[ConditionKind] = &[ACCEPTED, AVAILABLE, PROGRESSING];
