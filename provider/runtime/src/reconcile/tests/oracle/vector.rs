//! What Crossplane's reconciler does, as `tests/oracle/` has written it. The Go types there say what each field is.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A case, and its outcomes by policies.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Vector {
    pub(super) case: Case,
    pub(super) outcomes: Vec<Group>,
}

/// An outcome, and the sets of policies that lead to it.
#[derive(Deserialize)]
pub(super) struct Group {
    pub(super) policies: Vec<String>,
    #[serde(flatten)]
    pub(super) outcome: Outcome,
}

/// One situation that a reconcile can find.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools, reason = "dimensions of a product, not states of one machine")]
pub(super) struct Case {
    #[serde(default)]
    pub(super) deleted: bool,
    #[serde(default)]
    pub(super) finalizers: usize,
    #[serde(default)]
    pub(super) create: String,
    #[serde(default)]
    pub(super) deterministic: bool,
    pub(super) seen: String,
    #[serde(default)]
    pub(super) unready: bool,
    #[serde(default)]
    pub(super) fills: bool,
    #[serde(default)]
    pub(super) was: String,
    #[serde(default)]
    pub(super) paused: bool,
    #[serde(default)]
    pub(super) requested: bool,
    #[serde(default)]
    pub(super) secret: String,
    #[serde(default)]
    pub(super) fails: String,
    /// The initials of the policies; from the group.
    #[serde(skip)]
    pub(super) policies: String,
}

/// What one reconcile has done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[allow(clippy::struct_excessive_bools, reason = "what is compared, not states of one machine")]
pub(super) struct Outcome {
    pub(super) calls: Vec<String>,
    pub(super) events: Vec<String>,
    pub(super) requeue: Requeue,
    pub(super) status_writes: usize,
    pub(super) gone: bool,
    pub(super) annotations: BTreeMap<String, String>,
    pub(super) finalizers: i32,
    pub(super) conditions: Vec<String>,
    pub(super) seen: bool,
    pub(super) filled: bool,
    pub(super) handled: bool,
    pub(super) secret: Vec<String>,
}

/// When a reconcile wants to run again. An error is retried as a failure is (R135).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Requeue {
    #[default]
    Never,
    #[serde(alias = "error")]
    Soon,
    Poll,
}

// === impl Case ===

impl Case {
    pub(super) fn is_absent(&self) -> bool {
        self.seen.starts_with("absent")
    }

    pub(super) fn is_present(&self) -> bool {
        ["same", "differs"].contains(&self.seen.as_str())
    }

    /// Whether the policies allow an action, by its initial.
    pub(super) fn allows(&self, action: char) -> bool {
        self.policies.contains(['*', action])
    }

    /// Whether the policies are a supported set that does not pause.
    pub(super) fn is_supported(&self) -> bool {
        let set = self.policies.as_str();
        !self.paused && !["", "OULD", "OLD", "OUD", "CU", "*O"].contains(&set)
    }
}

// === impl Outcome ===

impl Outcome {
    /// The order in which things are told within one reconcile is not compared.
    pub(super) fn sorted(&self) -> Self {
        let mut outcome = self.clone();
        outcome.events.sort();
        outcome
    }
}
