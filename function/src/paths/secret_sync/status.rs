//! The status of a Secret that follows the secret store.

use serde::Deserialize;

use crate::condition::{Condition, SECRET_SYNCED};
use crate::kinds;
use crate::observed::Observed;
use crate::paths::secret_sync::EXTERNAL_SECRET;
use crate::paths::secret_sync::api::{Phase, SecretSync, SecretSyncStatus};
use crate::paths::secret_sync::restarts::Restarts;
use crate::problems;
use crate::readiness::Assessment;
use crate::rendering::Rendering;

/// How many composed resources a status carries at most; the XRD declares it.
const MOST_RESOURCES: usize = 64;

/// What External Secrets Operator says of the Secret.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Reported {
    refresh_time: Option<String>,
    binding: Binding,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Binding {
    name: Option<String>,
}

/// The status and the conditions.
pub(super) fn report(
    xr: &SecretSync,
    observed: Observed<'_>,
    rendering: &Rendering,
) -> (SecretSyncStatus, Vec<Condition>) {
    let reported: Reported = observed.part(EXTERNAL_SECRET, &["status"]).unwrap_or_default();
    let Reported { refresh_time, binding } = reported;
    let restarts = Restarts::of(xr, observed);
    let assessment = observed.object(EXTERNAL_SECRET).map(kinds::assess);
    let (accepted, synced) = (rendering.accepted(), synced(assessment.as_ref(), rendering));
    let status = SecretSyncStatus {
        phase: Some(phase(xr, &accepted, &synced, binding.name.is_some(), assessment.as_ref())),
        observed_generation: xr.metadata.generation,
        secret_name: binding.name,
        refreshed_at: refresh_time,
        restart_summary: restarts.summary(),
        restarts: restarts.listed(),
        problems: problems::listed(&rendering.problems).to_vec(),
        resources: rendering.listed_resources(MOST_RESOURCES),
        function_version: Some(env!("CARGO_PKG_VERSION").into()),
    };
    (status, vec![accepted, synced])
}

fn synced(assessment: Option<&Assessment>, rendering: &Rendering) -> Condition {
    let is = SECRET_SYNCED;
    let Some(Assessment { ready, reason, message, .. }) = assessment else {
        let waiting = rendering.resource(EXTERNAL_SECRET).and_then(|resource| resource.message.clone());
        let message = waiting.unwrap_or_else(|| "the Secret is about to be made".to_owned());
        return Condition::fails(is, "Pending", message);
    };
    if *ready {
        return Condition::holds(is, "Synced").saying("the Secret has the value of the store");
    }
    let reason = reason.clone().unwrap_or_else(|| "Syncing".to_owned());
    Condition::fails(is, reason, message.clone().unwrap_or_default())
}

/// Derived from the conditions.
fn phase(
    xr: &SecretSync,
    accepted: &Condition,
    synced: &Condition,
    is_there: bool,
    assessment: Option<&Assessment>,
) -> Phase {
    if xr.metadata.deletion_timestamp.is_some() {
        return Phase::Terminating;
    }
    let has_failed = assessment.is_some_and(|assessment| !assessment.problems.is_empty());
    match (accepted.is_held(), synced.is_held()) {
        (true, true) => Phase::Synced,
        (false, true) => Phase::Degraded,
        (false, false) if is_there => Phase::Degraded,
        (false, false) => Phase::Failed,
        (true, false) if has_failed && is_there => Phase::Degraded,
        (true, false) if has_failed => Phase::Failed,
        (true, false) if assessment.is_some() => Phase::Syncing,
        (true, false) => Phase::Pending,
    }
}
