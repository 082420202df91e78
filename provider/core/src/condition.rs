//! The conditions every managed resource carries, in Crossplane's exact words.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The status of a [`Condition`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, strum::Display)]
pub enum ConditionStatus {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// Not known.
    Unknown,
}

/// One condition of a managed resource, as `apis/core/v2` of Crossplane defines it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// `Synced`, `Ready`, ...; at most one of each type.
    pub r#type: String,
    /// Whether it holds.
    pub status: ConditionStatus,
    /// When `status` last changed.
    pub last_transition_time: Time,
    /// Why, for machines.
    pub reason: String,
    /// Why, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// `metadata.generation` that the condition was set for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
}

/// A condition before it is stamped with time and generation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionUpdate {
    /// Type, e.g. [`READY`].
    pub r#type: &'static str,
    /// Whether it holds.
    pub status: ConditionStatus,
    /// Why, for machines.
    pub reason: &'static str,
    /// Why, for people; empty for none.
    pub message: String,
}

/// The external resource can be used.
pub const READY: &str = "Ready";
/// The last reconcile did what it had to do.
pub const SYNCED: &str = "Synced";

/// The reason of `Ready` while an object is being deleted.
const DELETING: &str = "Deleting";

/// The external resource is as desired; Crossplane has reserved the type, and its own reconciler does not set it yet.
pub const UP_TO_DATE: &str = "UpToDate";

/// `Synced=True`, `ReconcileSuccess`.
pub fn reconcile_success() -> ConditionUpdate {
    update(SYNCED, ConditionStatus::True, "ReconcileSuccess", "")
}

/// `Synced=False`, `ReconcileError`, with the error.
pub fn reconcile_error(message: impl Into<String>) -> ConditionUpdate {
    update(SYNCED, ConditionStatus::False, "ReconcileError", message)
}

/// `Synced=False`, `ReconcilePaused`.
pub fn reconcile_paused() -> ConditionUpdate {
    update(SYNCED, ConditionStatus::False, "ReconcilePaused", "")
}

/// `Ready=False`, `Creating`.
pub fn creating(message: impl Into<String>) -> ConditionUpdate {
    update(READY, ConditionStatus::False, "Creating", message)
}

/// `Ready=False`, `Deleting`. Without a message it says, also to the next process, that the external resource was asked
/// to go: [`is_deletion_requested`] reads it. With one it says what has to happen first.
pub fn deleting(message: impl Into<String>) -> ConditionUpdate {
    update(READY, ConditionStatus::False, DELETING, message)
}

/// Whether a condition `Ready` says that the external resource was asked to go.
pub fn is_deletion_requested(ready: &Condition) -> bool {
    ready.reason == DELETING && ready.message.is_none()
}

/// `Ready=True`, `Available`.
pub fn available() -> ConditionUpdate {
    update(READY, ConditionStatus::True, "Available", "")
}

/// `Ready=False`, `Unavailable`, with the reason in words.
pub fn unavailable(message: impl Into<String>) -> ConditionUpdate {
    update(READY, ConditionStatus::False, "Unavailable", message)
}

/// `UpToDate=True`, `ObserveMatched`.
pub fn observe_matched() -> ConditionUpdate {
    update(UP_TO_DATE, ConditionStatus::True, "ObserveMatched", "")
}

/// `UpToDate=False`, `UpdateRequested`, with what differs.
pub fn update_requested(difference: impl Into<String>) -> ConditionUpdate {
    update(UP_TO_DATE, ConditionStatus::False, "UpdateRequested", difference)
}

/// `UpToDate=False`, `UpdateRestricted`, with what differs.
pub fn update_restricted(difference: impl Into<String>) -> ConditionUpdate {
    update(UP_TO_DATE, ConditionStatus::False, "UpdateRestricted", difference)
}

/// `UpToDate=False`, `UpdateFailed`, with the error.
pub fn update_failed(message: impl Into<String>) -> ConditionUpdate {
    update(UP_TO_DATE, ConditionStatus::False, "UpdateFailed", message)
}

/// `UpToDate=Unknown`, `ReconcilePaused`.
pub fn up_to_date_unknown() -> ConditionUpdate {
    update(UP_TO_DATE, ConditionStatus::Unknown, "ReconcilePaused", "")
}

/// Sets a condition among others (R122..R124): same type, same meaning keeps the old one untouched, and
/// `lastTransitionTime` moves only when `status` is not as `before`, whatever it was in between.
pub fn set(
    conditions: &mut Vec<Condition>,
    before: &[Condition],
    update: ConditionUpdate,
    generation: Option<i64>,
    now: &Time,
) {
    let ConditionUpdate { r#type, status, reason, message } = update;
    let seen = [find(before, r#type), find(conditions, r#type)];
    let since = seen.into_iter().flatten().find(|old| old.status == status);
    let fresh = Condition {
        r#type: r#type.to_owned(),
        status,
        last_transition_time: since.map_or(now, |old| &old.last_transition_time).clone(),
        reason: reason.to_owned(),
        message: (!message.is_empty()).then_some(message),
        observed_generation: generation,
    };
    match conditions.iter_mut().find(|c| c.r#type == r#type) {
        Some(old) => *old = fresh,
        None => conditions.push(fresh),
    }
}

/// The condition of a type, if it was ever set.
pub fn find<'a>(conditions: &'a [Condition], r#type: &str) -> Option<&'a Condition> {
    conditions.iter().find(|c| c.r#type == r#type)
}

fn update(
    r#type: &'static str,
    status: ConditionStatus,
    reason: &'static str,
    message: impl Into<String>,
) -> ConditionUpdate {
    ConditionUpdate { r#type, status, reason, message: message.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::jiff::Timestamp;

    fn at(second: i64) -> Time {
        Time(Timestamp::from_second(second).unwrap())
    }

    #[test]
    fn the_transition_time_moves_only_with_the_status() {
        let mut conditions = Vec::new();
        set(&mut conditions, &[], reconcile_error("a"), Some(1), &at(1));
        set(&mut conditions, &[], reconcile_error("b"), Some(2), &at(2));
        assert_eq!(conditions.len(), 1);
        assert_eq!(conditions[0].last_transition_time, at(1), "only the message changed");
        assert_eq!(conditions[0].message.as_deref(), Some("b"));
        assert_eq!(conditions[0].observed_generation, Some(2));

        set(&mut conditions, &[], reconcile_success(), Some(2), &at(3));
        assert_eq!(conditions[0].last_transition_time, at(3));
        assert_eq!(conditions[0].message, None);
    }

    #[test]
    fn what_was_said_on_the_way_moves_no_time() {
        let mut before = Vec::new();
        set(&mut before, &[], deleting(""), None, &at(1));
        let mut conditions = before.clone();
        set(&mut conditions, &before, available(), None, &at(2));
        assert_eq!(conditions[0].last_transition_time, at(2));
        set(&mut conditions, &before, deleting(""), None, &at(2));
        assert_eq!(conditions, before);
    }

    #[test]
    fn conditions_keep_the_order_in_which_they_were_first_set() {
        let mut conditions = Vec::new();
        set(&mut conditions, &[], creating(""), None, &at(1));
        set(&mut conditions, &[], reconcile_success(), None, &at(1));
        set(&mut conditions, &[], available(), None, &at(2));
        assert_eq!(conditions.iter().map(|c| c.r#type.as_str()).collect::<Vec<_>>(), [READY, SYNCED]);
    }
}
