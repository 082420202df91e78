//! What a person is told once of an object, beside its status.

/// An event to be recorded.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Event {
    /// Its severity.
    pub severity: Severity,
    /// Why, for machines.
    pub reason: &'static str,
    /// Why, for people.
    pub message: String,
}

/// The type of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::IntoStaticStr)]
pub enum Severity {
    /// As intended.
    Normal,
    /// A person may have to act.
    Warning,
}

// === impl Event ===

impl Event {
    /// Something happened as intended.
    pub fn normal(reason: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Normal, reason, message: message.into() }
    }

    /// A person may have to act.
    pub fn warning(reason: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, reason, message: message.into() }
    }
}
