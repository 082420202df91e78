//! Objects that keep Crossplane's conditions: managed resources and XRs, and whatever else has `Ready`.

use pbjson_types::Struct;
use serde::Deserialize;

use super::{Assessment, ConditionView, View, condition, judged};
use crate::problems::Problem;
use crate::wire;

/// A status with nothing but conditions.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Status {
    conditions: Vec<ConditionView>,
    observed_generation: Option<i64>,
}

/// The rule of a kind that has no other: ready when its own condition `Ready` says so.
pub(crate) fn assess(object: &Struct) -> Assessment {
    judged(object, |view: &View<Status>| match &view.status {
        Some(Status { conditions, observed_generation }) => {
            judge(view.metadata.generation, conditions, *observed_generation, false)
                .with_problems(unsynced_problem(conditions))
        }
        None => judge(None, &[], None, false),
    })
}

/// Whether an object says of itself that it is ready.
pub(crate) fn says_ready(object: &Struct) -> bool {
    let status = wire::read::<View<Status>>(object).ok().and_then(|view| view.status);
    let conditions = status.map(|status| status.conditions).unwrap_or_default();
    condition(&conditions, "Ready").is_some_and(|ready| ready.status == "True")
}

/// Ready when `Ready` is true and `Synced` is not false, both of the present generation. An object may be out of sync and
/// in use where what keeps it out of sync passes by itself.
pub(crate) fn judge(
    generation: Option<i64>,
    conditions: &[ConditionView],
    observed_generation: Option<i64>,
    passes_by_itself: bool,
) -> Assessment {
    let Some(ready) = condition(conditions, "Ready") else {
        return match unsynced(conditions) {
            Some(synced) => because(synced),
            None => Assessment::waiting("Pending", "it has not been reconciled yet"),
        };
    };
    if ready.status != "True" {
        return because(ready);
    }
    if let Some(synced) = unsynced(conditions).filter(|_| !passes_by_itself) {
        return because(synced);
    }
    match (observed_generation.max(ready.observed_generation), generation) {
        (Some(observed), Some(now)) if observed < now => {
            Assessment::waiting("Reconciling", "the latest change has not been reconciled yet")
        }
        _ => Assessment::ready(),
    }
}

/// `Synced`, where it is false.
pub(crate) fn unsynced(conditions: &[ConditionView]) -> Option<&ConditionView> {
    condition(conditions, "Synced").filter(|synced| synced.status == "False")
}

/// Why an object is out of sync, for a kind that does not say more.
pub(crate) fn unsynced_problem(conditions: &[ConditionView]) -> Option<Problem> {
    let synced = unsynced(conditions)?;
    let message = synced.message.clone().unwrap_or_default();
    match synced.reason.as_deref() {
        Some("ReconcilePaused") => Some(
            Problem::warning("Paused", "its reconciliation is paused")
                .remedy("remove the annotation crossplane.io/paused from it"),
        ),
        Some(reason) if !message.is_empty() => Some(Problem::error(reason, message)),
        _ => None,
    }
}

fn because(condition: &ConditionView) -> Assessment {
    Assessment::waiting(
        condition.reason.clone().unwrap_or_else(|| "Unknown".into()),
        condition.message.clone().unwrap_or_default(),
    )
}
