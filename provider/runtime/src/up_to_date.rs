//! The condition `UpToDate` (R25).
//!
//! Crossplane has reserved the type and its reasons, and its own reconciler does not set it yet: a process is asked to.

/// Whether managed resources have the condition that says whether they are up to date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UpToDate {
    /// `UpToDate` is set with each reconcile that learns it.
    Enabled,
    /// There is no such condition, and one that was set before is removed.
    #[default]
    Disabled,
}
