//! The conditions of an XR. Crossplane's own (`Ready`, `Synced`, `Healthy`, `UpToDate`, `Responsive`) cannot be
//! said in these types.

use std::str::FromStr;

use function_sdk_rust::proto::v1;
use pbjson_types::Struct;
use serde::Deserialize;

use crate::wire;

/// The types of conditions that golden paths set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr, strum::EnumIter, strum::EnumString)]
pub enum ConditionType {
    /// The spec is one that can be acted on.
    Accepted,
    /// It can be used.
    Available,
    /// The credentials are in the namespace.
    SecretSynced,
    /// What is in it can be restored.
    BackupHealthy,
    /// Another version, or another certificate, is on its way or due.
    UpgradePending,
    /// Crossplane refuses to delete it.
    DeletionBlocked,
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
    pub r#type: ConditionType,
    /// Whether it holds.
    pub status: Status,
    /// Why, for machines.
    pub reason: String,
    /// Why, for people; empty for none.
    pub message: String,
}

/// The conditions of an object, as it tells them.
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

// === impl ObservedCondition ===

impl ObservedCondition {
    /// None of a type that golden paths do not set.
    fn known(self) -> Option<Condition> {
        let Self { r#type, status, reason, message } = self;
        let status = Status::from_str(&status).unwrap_or(Status::Unknown);
        Some(Condition { r#type: ConditionType::from_str(&r#type).ok()?, status, reason, message })
    }
}

// === impl Condition ===

impl Condition {
    /// The conditions of golden paths that an object has.
    pub fn all_of(object: &Struct) -> Vec<Self> {
        let told =
            wire::child(object, "status").and_then(|status| wire::read::<ObservedConditions>(status).ok());
        told.unwrap_or_default().conditions.into_iter().filter_map(ObservedCondition::known).collect()
    }

    /// It holds.
    pub fn holds(r#type: ConditionType, reason: impl Into<String>) -> Self {
        Self { r#type, status: Status::True, reason: reason.into(), message: String::new() }
    }

    /// It does not hold.
    pub fn fails(r#type: ConditionType, reason: impl Into<String>, message: impl Into<String>) -> Self {
        Self { r#type, status: Status::False, reason: reason.into(), message: message.into() }
    }

    /// It is not known whether it holds.
    pub fn unknown(r#type: ConditionType, reason: impl Into<String>, message: impl Into<String>) -> Self {
        Self { r#type, status: Status::Unknown, reason: reason.into(), message: message.into() }
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

impl From<Condition> for v1::Condition {
    fn from(condition: Condition) -> Self {
        let Condition { r#type, status, reason, message } = condition;
        let status = match status {
            Status::True => v1::Status::ConditionTrue,
            Status::False => v1::Status::ConditionFalse,
            Status::Unknown => v1::Status::ConditionUnknown,
        };
        Self {
            r#type: <&str>::from(r#type).to_owned(),
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
    use strum::IntoEnumIterator;

    #[test]
    fn no_condition_of_crossplane_can_be_set() {
        for r#type in ConditionType::iter() {
            let name = <&str>::from(r#type);
            assert!(!["Ready", "Synced", "Healthy", "UpToDate", "Responsive"].contains(&name), "{name}");
        }
    }
}
