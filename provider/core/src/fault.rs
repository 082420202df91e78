//! What went wrong, in the terms that decide what happens next.

use std::fmt;

use crate::managed::Problem;

/// How a fault is retried. Source: the classes of the error taxonomy (Throttle, Transient, Wait, User, Terminal).
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr, strum::EnumIter)]
pub enum FaultKind {
    /// The API asks to be called less often; says nothing about the object.
    Throttled,
    /// Expected to pass by itself: a network error, an unavailable service.
    Transient,
    /// Something else has to happen first; not an error, and no Warning event.
    Waiting,
    /// A person has to change something outside the object: credentials, permissions, quota, ownership.
    User,
    /// The object's own spec has to change.
    Terminal,
    /// The object was changed by another writer since it was read; silent, tried again at once.
    Conflict,
}

/// One failure of one step, with the words that its user sees.
///
/// Messages are stable: no request ids, no timestamps, no counters (they become conditions, and a condition
/// that flaps is a write that repeats).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// How it is retried.
    pub kind: FaultKind,
    /// CamelCase reason, for machines: `InvalidSpec`, `NotOwned`, `CredentialsInvalid`, ...
    pub reason: &'static str,
    /// What happened, in a sentence without a full stop.
    pub message: String,
    /// The spec path that has to change, e.g. `.spec.forProvider.engineVersion`.
    pub field: Option<String>,
    /// What to do about it, in a sentence without a full stop.
    pub remedy: Option<String>,
}

// === impl Fault ===

impl Fault {
    /// A fault of a kind, with its machine-readable reason.
    pub fn new(kind: FaultKind, reason: &'static str, message: impl Into<String>) -> Self {
        Self { kind, reason, message: message.into(), field: None, remedy: None }
    }

    /// Something else has to happen first.
    pub fn waiting(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(FaultKind::Waiting, reason, message)
    }

    /// A person has to change something outside the object.
    pub fn user(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(FaultKind::User, reason, message)
    }

    /// The object's own spec has to change.
    pub fn terminal(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(FaultKind::Terminal, reason, message)
    }

    /// Expected to pass by itself.
    pub fn transient(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(FaultKind::Transient, reason, message)
    }

    /// Names the spec path to change.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// The fault as it is stored in `status.problem`.
    pub fn problem(&self) -> Problem {
        let Self { kind, reason, message, field, remedy } = self.clone();
        Problem { code: reason.to_owned(), message, field, remedy, waiting: kind == FaultKind::Waiting }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.remedy {
            Some(remedy) => write!(f, "; {remedy}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::IntoEnumIterator;

    #[test]
    fn a_fault_reads_as_message_and_remedy() {
        let fault = Fault::terminal("InvalidSpec", "no such version").at(".spec.x").remedy("choose 16");
        assert_eq!(fault.to_string(), "no such version; choose 16");
        assert_eq!(
            fault.problem(),
            Problem {
                code: "InvalidSpec".into(),
                message: "no such version".into(),
                field: Some(".spec.x".into()),
                remedy: Some("choose 16".into()),
                waiting: false,
            }
        );
    }

    #[test]
    fn only_what_passes_by_itself_is_waited_for() {
        for kind in FaultKind::iter() {
            let problem = Fault::new(kind, "StorageCooldown", "m").problem();
            assert_eq!(problem.waiting, kind == FaultKind::Waiting, "{kind:?}");
        }
    }
}
