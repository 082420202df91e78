//! How the controllers of a process behave.

use std::time::Duration;

use k8s_openapi::jiff::Timestamp;

use crate::change_log::ChangeLog;
use crate::config_group::ConfigGroup;
use crate::lease::Leadership;
use crate::up_to_date::UpToDate;

/// How controllers behave.
#[derive(Clone, Debug)]
pub struct Options {
    /// How often an external resource that is in sync is observed again.
    pub poll: Duration,
    /// The least that `crossplane.io/poll-interval` may ask for (R142).
    pub min_poll: Duration,
    /// How long connecting, observing and preparing may take, each; a Create, Update or Delete is never cut off.
    pub timeout: Duration,
    /// How many reconciles may begin a second, with ten times as many at once after a rest, and how many may run
    /// at the same time; of all kinds together (R147, R149).
    pub max_reconcile_rate: u16,
    /// Owner of the fields that are applied: status and usages.
    pub field_manager: String,
    /// Where the provider's configuration kinds are.
    pub config_group: ConfigGroup,
    /// Whether managed resources have the condition `UpToDate` (R25).
    pub up_to_date: UpToDate,
    /// The right to act; without it nothing is begun and nothing is changed.
    pub leadership: Leadership,
    /// Where changes outside the cluster are recorded.
    pub change_log: ChangeLog,
    /// The clock.
    pub clock: fn() -> Timestamp,
}

// === impl Options ===

impl Options {
    /// Crossplane's defaults, for a provider with this field manager and these configuration kinds.
    pub fn new(field_manager: impl Into<String>, config_group: ConfigGroup) -> Self {
        Self {
            poll: Duration::from_mins(10),
            min_poll: Duration::from_secs(1),
            timeout: Duration::from_mins(1),
            max_reconcile_rate: 100,
            field_manager: field_manager.into(),
            config_group,
            up_to_date: UpToDate::Disabled,
            leadership: Leadership::unelected(),
            change_log: ChangeLog::off(),
            clock: Timestamp::now,
        }
    }
}
