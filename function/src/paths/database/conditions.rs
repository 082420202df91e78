//! The conditions of a database.

use crate::condition::{ACCEPTED, AVAILABLE, ConditionKind, DELETION_BLOCKED, Event, SECRET_SYNCED};

/// The data can be restored.
pub(super) const BACKUP_HEALTHY: ConditionKind =
    ConditionKind { name: "BackupHealthy", counts_for_ready: false, event: Event::BothWays };
/// Another version, or another certificate, is on its way or due. The end of an upgrade is reported by the changed version
/// itself.
pub(super) const UPGRADE_PENDING: ConditionKind =
    ConditionKind { name: "UpgradePending", counts_for_ready: false, event: Event::Gained };

/// Every kind, in the order of the status.
pub(super) const ALL: &[ConditionKind] =
    &[ACCEPTED, AVAILABLE, SECRET_SYNCED, BACKUP_HEALTHY, UPGRADE_PENDING, DELETION_BLOCKED];
