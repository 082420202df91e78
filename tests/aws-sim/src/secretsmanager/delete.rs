//! `DeleteSecret` and `RestoreSecret`.

use jiff::SignedDuration;
use serde::Deserialize;

use super::rules;
use super::secret::{Deletion, Recovery, new_arn};
use super::store::Store;
use crate::{Call, Refusal, Structure};

/// How long a secret can be restored, unless the call says otherwise.
const WINDOW: i64 = 30;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Delete {
    secret_id: String,
    recovery_window_in_days: Option<i64>,
    force_delete_without_recovery: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Restore {
    secret_id: String,
}

/// Has a secret go, at once or at the end of its recovery window.
pub(super) fn delete(store: &mut Store, call: &mut Call<'_>, request: &Delete) -> Result<Structure, Refusal> {
    let Delete { secret_id, recovery_window_in_days: window, force_delete_without_recovery } = request;
    let recovery =
        if *force_delete_without_recovery == Some(true) { Recovery::None } else { Recovery::Window };
    rules::WINDOW_AND_FORCE.refuse_if(recovery == Recovery::None && window.is_some(), &[])?;
    let days = window.unwrap_or(WINDOW);
    rules::WINDOW_RANGE.refuse_if(!(7..=30).contains(&days), &[])?;
    let secret = match store.find(secret_id) {
        Ok(secret) => secret,
        // Whoever forces wants it gone, and it is.
        Err(_) if recovery == Recovery::None => return Ok(nothing(call, secret_id)),
        Err(refusal) => return Err(refusal),
    };
    secret.refuse_if_managed()?;
    let (name, answer) = (secret.name.clone(), secret.identity());
    let deletion = match recovery {
        Recovery::Window => {
            rules::ALREADY_SCHEDULED.refuse_if(secret.deletion.is_some(), &[])?;
            let date = call.now + SignedDuration::from_hours(24 * days);
            Deletion { date, gone: date, recovery }
        }
        Recovery::None => {
            let lasts = SignedDuration::try_from_secs_f64(call.knobs.forgetting).unwrap_or_default();
            Deletion { date: call.now, gone: call.now + lasts, recovery }
        }
    };
    store.delete(&name, deletion);
    Ok(answer.with("DeletionDate", deletion.date))
}

/// The answer about a secret that was not there.
fn nothing(call: &mut Call<'_>, id: &str) -> Structure {
    let arn = if id.starts_with("arn:") { id.to_owned() } else { new_arn(call, id) };
    Structure::new().with("ARN", arn).with("Name", id).with("DeletionDate", call.now)
}

/// Takes a deletion back.
pub(super) fn restore(store: &mut Store, request: &Restore) -> Result<Structure, Refusal> {
    let secret = store.find(&request.secret_id)?;
    let (name, answer) = (secret.name.clone(), secret.identity());
    match secret.deletion.map(|deletion| deletion.recovery) {
        None => Err(rules::NOT_SCHEDULED.refuse(&[])),
        Some(Recovery::None) => Err(rules::NOT_FOUND.refuse(&[])),
        Some(Recovery::Window) => {
            store.named_mut(&name).into_iter().for_each(|secret| secret.deletion = None);
            Ok(answer)
        }
    }
}
