//! What an app says of the secrets that it lists.

use crate::condition::{Condition, ConditionKind, Event};
use crate::observed::Observed;
use crate::paths::app::EXTERNAL_SECRET;
use crate::paths::app::api::GoldenPathApp;
use crate::paths::app::secrets::needed;
use crate::rendering::{Ready, Rendering};

/// The values of the secret store are in the Secrets of the list.
pub(in crate::paths::app) const SYNCED: ConditionKind =
    ConditionKind { name: "SecretsSynced", counts_for_ready: true, event: Event::BothWays };

/// The condition of the list; none of an app that has never listed any.
pub(in crate::paths::app) fn condition(
    xr: &GoldenPathApp,
    accepted: &Condition,
    observed: Observed<'_>,
    rendering: &Rendering,
) -> Option<Condition> {
    let mut listed = needed(&xr.spec, observed).peekable();
    if listed.peek().is_none() {
        return xr.has_said(SYNCED).then(|| Condition::not_asked_for(SYNCED, "no secrets are listed"));
    }
    let Some(missing) = listed.find(|secret| !secret.is_delivered) else {
        return Some(Condition::holds(SYNCED, "Synced").saying("the Secrets have the values of the store"));
    };
    let name = &missing.name;
    let resource = rendering.resource(&EXTERNAL_SECRET.key(name));
    let (reason, message) = match resource {
        Some(resource) if resource.ready == Ready::True => (
            "SecretMissing",
            "External Secrets Operator has not made the Secret: the store has no keys of it".to_owned(),
        ),
        Some(resource) => {
            let message = resource.message.clone().unwrap_or_else(|| "it is about to be made".to_owned());
            (resource.reason.as_deref().unwrap_or("Pending"), message)
        }
        None if !accepted.is_held() => {
            ("NotAccepted", "nothing is copied before the spec is accepted".to_owned())
        }
        None => ("Pending", "it is about to be made".to_owned()),
    };
    Some(Condition::fails(SYNCED, reason, format!("ExternalSecret/{name}: {message}")))
}
