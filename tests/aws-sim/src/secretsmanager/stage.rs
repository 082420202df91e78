//! `UpdateSecretVersionStage`: a label goes from the version that is named to another one, or not at all.

use serde::Deserialize;

use super::store::Store;
use super::versions::{CURRENT, Versions};
use super::{check, rules};
use crate::{Call, Refusal, Structure};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Request {
    secret_id: String,
    version_stage: String,
    move_to_version_id: Option<String>,
    remove_from_version_id: Option<String>,
}

/// Moves a label.
pub(super) fn update(
    store: &mut Store,
    call: &mut Call<'_>,
    request: &Request,
) -> Result<Structure, Refusal> {
    let Request { secret_id, version_stage: stage, move_to_version_id: to, remove_from_version_id: from } =
        request;
    rules::NOWHERE.refuse_if(to.is_none() && from.is_none(), &[])?;
    let secret = store.live(secret_id)?;
    for id in [to, from].into_iter().flatten() {
        rules::NOT_A_VERSION.refuse_if(secret.versions.get(id).is_none(), &[id])?;
    }
    compare(&secret.versions, stage, to.as_deref(), from.as_deref())?;
    match to {
        Some(to) => {
            let there = secret.versions.get(to).map(|version| version.stages.clone()).unwrap_or_default();
            check::room_for_stage(&there, stage)?;
            secret.versions.attach(stage, to);
        }
        None => secret.versions.detach(stage),
    }
    secret.changed = call.now;
    Ok(secret.identity())
}

/// Whether the label is where the caller believes it to be: this makes the call a compare-and-swap.
fn compare(versions: &Versions, stage: &str, to: Option<&str>, from: Option<&str>) -> Result<(), Refusal> {
    let holder = versions.labelled(stage).map(|version| version.id.as_str());
    match (holder, from) {
        (Some(holder), None) if to != Some(holder) => {
            Err(rules::REMOVE_FROM_MISSING.refuse(&[stage, holder]))
        }
        (holder, Some(from)) if holder != Some(from) => {
            Err(rules::REMOVE_FROM_ANOTHER.refuse(&[stage, stage]))
        }
        _ => rules::CURRENT_STAYS.refuse_if(stage == CURRENT && to.is_none(), &[]),
    }
}
