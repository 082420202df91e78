//! What there is to do about a configuration: decided from it, its usages, and what is known of those who use it.

use std::collections::BTreeSet;
use std::sync::Arc;

use goldenpath_provider_core::condition::{ConditionUpdate, set};
use goldenpath_provider_core::{Condition, ConditionStatus};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::api::DynamicObject;
use kube::{Resource, ResourceExt};
use serde_json::{Value, json};

use super::IN_USE_FINALIZER;
use super::observed_usage::{ObservedUsage, UsageDecision};

/// What there is to do about a configuration, in this order, and when to check again.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plan {
    pub(super) actions: Vec<Action>,
    pub(super) recheck: Recheck,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Action {
    /// Make a managed resource the owner of a usage that has none (R189).
    Attach(Arc<DynamicObject>, Value),
    /// Let go a usage whose managed resource is gone (R186).
    Release(Arc<DynamicObject>),
    /// Leave to the garbage collector a usage without a controller that is not needed (R189).
    Discard(Arc<DynamicObject>, Value),
    /// Hold the configuration, used or not (R188).
    AddFinalizer,
    /// Let the configuration go.
    RemoveFinalizer,
    /// Report that usages keep a configuration that is being deleted.
    RecordInUse,
    /// Replace the status.
    WriteStatus(Value),
}

/// When a configuration is checked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recheck {
    /// When it or one of its usages changes.
    OnChange,
    /// Soon: the end of a managed resource is no change of its usage.
    Soon,
}

/// The message for a configuration that cannot be deleted yet.
pub(super) const IN_USE: &str = "Blocking deletion while usages still exist";

/// Decides. What is at rest needs no action (R191).
pub(super) fn plan(config: &DynamicObject, users: &[ObservedUsage], now: &Time) -> Plan {
    let decisions: Vec<_> = users.iter().map(|user| (user, user.decision())).collect();
    let mut actions: Vec<_> =
        decisions.iter().filter_map(|(user, decision)| on_usage(user, decision)).collect();
    let waits = decisions.iter().any(|(_, decision)| matches!(decision, UsageDecision::Waits(_)));
    // One managed resource may have two usages: its own, and one that was restored from a backup.
    let counted: BTreeSet<_> = decisions.iter().filter_map(|(_, decision)| decision.user()).collect();
    let count = i64::try_from(counted.len()).unwrap_or(i64::MAX);

    let is_deleted = config.meta().deletion_timestamp.is_some();
    let is_held = config.finalizers().iter().any(|f| f == IN_USE_FINALIZER);
    if is_deleted && count == 0 {
        actions.extend(is_held.then_some(Action::RemoveFinalizer));
    } else {
        let next =
            if is_deleted { Some(Action::RecordInUse) } else { (!is_held).then_some(Action::AddFinalizer) };
        let status = status(config, count, now).map(Action::WriteStatus);
        actions.extend(next.into_iter().chain(status));
    }
    Plan { actions, recheck: if waits { Recheck::Soon } else { Recheck::OnChange } }
}

fn on_usage(user: &ObservedUsage, decision: &UsageDecision) -> Option<Action> {
    let usage = Arc::clone(&user.usage);
    match decision {
        UsageDecision::Counts(_) | UsageDecision::Waits(_) | UsageDecision::Ignored => None,
        UsageDecision::Attach(_, owners) => Some(Action::Attach(usage, owners.clone())),
        UsageDecision::Release => Some(Action::Release(usage)),
        UsageDecision::Discard(owners) => Some(Action::Discard(usage, owners.clone())),
    }
}

/// The status as it has to be, if it is not (R191).
fn status(config: &DynamicObject, users: i64, now: &Time) -> Option<Value> {
    let stored = config.data.get("status").cloned().unwrap_or_else(|| json!({}));
    let mut conditions: Vec<Condition> =
        stored.get("conditions").and_then(|c| serde_json::from_value(c.clone()).ok()).unwrap_or_default();
    match config.meta().deletion_timestamp {
        Some(_) => set(&mut conditions, &[], in_use(), config.meta().generation, now),
        None => conditions.retain(|c| c.r#type != "Terminating"),
    }
    let mut status = json!({"users": users});
    if !conditions.is_empty() {
        status["conditions"] = json!(conditions);
    }
    (status != stored).then_some(status)
}

fn in_use() -> ConditionUpdate {
    ConditionUpdate {
        r#type: "Terminating",
        status: ConditionStatus::True,
        reason: "InUse",
        message: IN_USE.into(),
    }
}

#[cfg(test)]
mod tests;
