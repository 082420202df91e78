//! Pods are rolled once when the value of a Secret changes that asks for it.
//!
//! The pods carry a hash over the hashes of External Secrets Operator, salted by the Secrets' uids, so that it says nothing
//! of a value. Nothing wakes Crossplane when a Secret changes, but the operator's status changes with it.

use k8s_openapi::api::core::v1 as core;
use kube::core::TypeMeta;
use pbjson_types::Struct;

use crate::names;
use crate::observed::Observed;
use crate::paths::app::api::{AppSpec, Secret};
use crate::paths::app::identity::Identity;
use crate::paths::app::{DEPLOYMENT, EXTERNAL_SECRET};
use crate::required_resources::{RequiredResources, Selector};
use crate::wire;

/// The annotation of pods.
pub(in crate::paths::app) const HASH: &str = "goldenpath.io/secrets-hash";
/// External Secrets Operator's annotation of a Secret.
const DATA_HASH: &str = "reconcile.external-secrets.io/data-hash";

/// The Secret of a copy that is there and whose changes roll the pods.
pub(super) fn lookup(
    secret: &Secret,
    identity: &Identity,
    observed: Observed<'_>,
) -> Option<RequiredResources> {
    let is_made = observed.contains(&EXTERNAL_SECRET.key(&secret.name));
    (secret.restart_on_change && is_made).then(|| RequiredResources {
        name: answer(secret).into(),
        r#type: TypeMeta::resource::<core::Secret>(),
        selector: Selector::Name { namespace: Some(identity.namespace.clone()), name: secret.name.clone() },
        ages: false,
    })
}

fn answer(secret: &Secret) -> String {
    format!("secret/{}", secret.name)
}

/// Whether the hash of a Secret is known, where it matters and can be.
pub(super) fn is_known(secret: &Secret, observed: Observed<'_>) -> bool {
    !secret.restart_on_change || !observed.can_look_up() || seen(secret, observed).is_some()
}

/// The annotation of the pods; as it is while a hash is not known.
pub(in crate::paths::app) fn hash(spec: &AppSpec, observed: Observed<'_>) -> Option<String> {
    let mut asking: Vec<_> = super::listed(spec).filter(|secret| secret.restart_on_change).collect();
    asking.sort_by(|a, b| a.name.cmp(&b.name));
    if asking.is_empty() {
        return None;
    }
    let seen: Option<Vec<_>> = asking.into_iter().map(|secret| seen(secret, observed)).collect();
    let before = || {
        observed.text(DEPLOYMENT, &["spec", "template", "metadata", "annotations"], HASH).map(str::to_owned)
    };
    seen.map(|seen| names::digest(&seen.concat())).or_else(before)
}

/// What is hashed of a Secret; none before it was looked up and has a value.
fn seen<'a>(secret: &'a Secret, observed: Observed<'a>) -> Option<[&'a str; 3]> {
    let found: &Struct = observed.found(&answer(secret))?.into_iter().next()?;
    let metadata = wire::child(found, "metadata")?;
    let data = wire::text(wire::child(metadata, "annotations")?, DATA_HASH)?;
    Some([&secret.name, wire::text(metadata, "uid")?, data])
}
