//! The conditions of an XR: what kinds there are, and what they say.
//!
//! A golden path declares its own kinds as values; those that every golden path has are here. Crossplane's own
//! ([`RESERVED`]) are never set.

use std::borrow::Cow;
use std::str::FromStr;

use function_sdk_rust::proto::v1;
use pbjson_types::Struct;
use serde::Deserialize;

use crate::wire;

/// The types of conditions that Crossplane sets itself.
pub const RESERVED: [&str; 5] = ["Ready", "Synced", "Healthy", "UpToDate", "Responsive"];

/// The spec is one that can be acted on. Why it is not is reported as a problem, which is the event.
pub const ACCEPTED: ConditionKind =
    ConditionKind { name: "Accepted", counts_for_ready: false, event: Event::Regained };
/// It can be used.
pub const AVAILABLE: ConditionKind =
    ConditionKind { name: "Available", counts_for_ready: true, event: Event::BothWays };
/// A value of the secret store is in its Secret of the namespace.
pub const SECRET_SYNCED: ConditionKind =
    ConditionKind { name: "SecretSynced", counts_for_ready: true, event: Event::BothWays };
/// Crossplane refuses to delete it. That is the user's own choice, and so no event.
pub const DELETION_BLOCKED: ConditionKind =
    ConditionKind { name: "DeletionBlocked", counts_for_ready: false, event: Event::Never };

/// What a golden path says of itself under one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConditionKind {
    /// The type of the condition.
    pub name: &'static str,
    /// Whether an XR is not ready while it does not hold. Conditions of use count; those of the spec or of maintenance do not.
    pub counts_for_ready: bool,
    /// Which transitions are events.
    pub event: Event,
}

/// Which transitions of a condition are events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Coming to hold, and holding no longer.
    BothWays,
    /// Coming to hold.
    Gained,
    /// Coming to hold after it did not.
    Regained,
    /// None.
    Never,
}

/// Whether a [`Condition`] holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr, strum::EnumString)]
pub enum Status {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// Not known.
    Unknown,
}

/// One condition of an XR.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// What it is about.
    pub r#type: Cow<'static, str>,
    /// As of its kind.
    pub counts_for_ready: bool,
    /// As of its kind.
    pub event: Event,
    /// Whether it holds.
    pub status: Status,
    /// Why, for machines.
    pub reason: String,
    /// Why, for people; empty for none.
    pub message: String,
}

/// The conditions in the status of an object.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ObservedConditions {
    conditions: Vec<ObservedCondition>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ObservedCondition {
    r#type: String,
    status: String,
    reason: String,
    message: String,
}

// === impl Condition ===

impl Condition {
    /// The conditions of an object, but for Crossplane's own. A kind that is not declared is carried, and has no event.
    pub fn all_of(object: &Struct, declared: &[ConditionKind]) -> Vec<Self> {
        let observed =
            wire::child(object, "status").and_then(|status| wire::read::<ObservedConditions>(status).ok());
        let conditions = observed.unwrap_or_default().conditions.into_iter();
        let named = conditions.filter(|c| !c.r#type.is_empty() && !RESERVED.contains(&c.r#type.as_str()));
        named.map(|condition| condition.of(declared)).collect()
    }

    /// It holds.
    pub fn holds(kind: ConditionKind, reason: impl Into<String>) -> Self {
        Self::new(kind, Status::True, reason, "")
    }

    /// It does not hold.
    pub fn fails(kind: ConditionKind, reason: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(kind, Status::False, reason, message)
    }

    /// It does not hold, for what it is about is not asked for, and is not waited for.
    pub fn not_asked_for(kind: ConditionKind, message: impl Into<String>) -> Self {
        Self { counts_for_ready: false, ..Self::fails(kind, "Disabled", message) }
    }

    /// It is not known whether it holds.
    pub fn unknown(kind: ConditionKind, reason: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(kind, Status::Unknown, reason, message)
    }

    fn new(
        kind: ConditionKind,
        status: Status,
        reason: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        let ConditionKind { name, counts_for_ready, event } = kind;
        let (reason, message) = (reason.into(), message.into());
        Self { r#type: Cow::Borrowed(name), counts_for_ready, event, status, reason, message }
    }

    /// Whether it is of a kind.
    pub fn is(&self, kind: ConditionKind) -> bool {
        self.r#type == kind.name
    }

    /// Adds the words.
    #[must_use]
    pub fn saying(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// Whether it holds.
    pub fn is_held(&self) -> bool {
        self.status == Status::True
    }

    /// Why, for people; for machines where there are no words.
    pub fn message_or_reason(&self) -> &str {
        if self.message.is_empty() { &self.reason } else { &self.message }
    }
}

// === impl ObservedCondition ===

impl ObservedCondition {
    fn of(self, declared: &[ConditionKind]) -> Condition {
        let Self { r#type, status, reason, message } = self;
        let status = Status::from_str(&status).unwrap_or(Status::Unknown);
        match declared.iter().find(|kind| kind.name == r#type) {
            Some(kind) => Condition::new(*kind, status, reason, message),
            None => Condition {
                r#type: Cow::Owned(r#type),
                counts_for_ready: false,
                event: Event::Never,
                status,
                reason,
                message,
            },
        }
    }
}

impl From<Condition> for v1::Condition {
    fn from(condition: Condition) -> Self {
        let Condition { r#type, counts_for_ready: _, event: _, status, reason, message } = condition;
        let status = match status {
            Status::True => v1::Status::ConditionTrue,
            Status::False => v1::Status::ConditionFalse,
            Status::Unknown => v1::Status::ConditionUnknown,
        };
        Self {
            r#type: r#type.into_owned(),
            status: status.into(),
            reason,
            message: (!message.is_empty()).then_some(message),
            target: Some(v1::Target::CompositeAndClaim.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_condition_but_crossplanes_own_is_carried_by_its_name() {
        let conditions = json!([
            {"type": "Ready", "status": "True"},
            {"type": "Available", "status": "True", "reason": "Available"},
            {"type": "Scanned", "status": "False", "reason": "ByAnother", "message": "m"},
            {"status": "True"},
        ]);
        let object = wire::encode(&json!({"status": {"conditions": conditions}})).unwrap();
        let carried = Condition::all_of(&object, &[AVAILABLE]);
        let scanned = ConditionKind { name: "Scanned", counts_for_ready: false, event: Event::Never };
        assert_eq!(
            carried,
            [Condition::holds(AVAILABLE, "Available"), Condition::fails(scanned, "ByAnother", "m")]
        );
    }
}
