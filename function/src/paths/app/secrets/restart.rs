//! Pods are rolled once when the value of a Secret changes that asks for it.
//!
//! The pods carry a hash over the hashes of External Secrets Operator, salted by the Secrets' uids, so that it says nothing
//! of a value. Nothing wakes Crossplane when a Secret changes, but the status of what makes it changes with it.

use k8s_openapi::api::core::v1 as core;
use kube::core::TypeMeta;
use pbjson_types::Struct;

use crate::names;
use crate::observed::Observed;
use crate::paths::app::DEPLOYMENT;
use crate::paths::app::identity::Identity;
use crate::paths::app::secrets::followed::Followed;
use crate::paths::app::secrets::needed::Needed;
use crate::required_resources::{RequiredResources, Selector};
use crate::wire;

/// The annotation of pods.
pub(in crate::paths::app) const HASH: &str = "goldenpath.io/secrets-hash";
/// External Secrets Operator's annotation of a Secret.
const DATA_HASH: &str = "reconcile.external-secrets.io/data-hash";

/// A Secret that is made and whose changes roll the pods.
pub(super) fn lookup(needed: &Needed<'_>, identity: &Identity) -> Option<RequiredResources> {
    (needed.rolls && needed.is_made).then(|| RequiredResources {
        name: answer(needed).into(),
        r#type: TypeMeta::resource::<core::Secret>(),
        selector: Selector::Name {
            namespace: Some(identity.namespace.clone()),
            name: needed.name.clone().into_owned(),
        },
        ages: false,
    })
}

fn answer(needed: &Needed<'_>) -> String {
    format!("secret/{}", needed.name)
}

/// Whether the hash of a Secret is known, where it matters and can be.
pub(super) fn is_known(needed: &Needed<'_>, observed: Observed<'_>) -> bool {
    !needed.rolls || !observed.can_look_up() || seen(needed, observed).is_some()
}

/// The annotation of the pods; as it is while a hash is not known.
pub(in crate::paths::app) fn hash(
    needed: &[Needed<'_>],
    followed: &Followed<'_>,
    observed: Observed<'_>,
) -> Option<String> {
    let Some(hashed) = hashed(needed, followed, observed) else {
        let annotations = ["spec", "template", "metadata", "annotations"];
        return observed.text(DEPLOYMENT, &annotations, HASH).map(str::to_owned);
    };
    (!hashed.is_empty()).then(|| names::digest(&hashed.concat()))
}

/// What is hashed of every Secret that rolls the pods, by their names; none while one of them is not known.
fn hashed<'a>(
    needed: &'a [Needed<'_>],
    followed: &Followed<'a>,
    observed: Observed<'a>,
) -> Option<Vec<[&'a str; 3]>> {
    let asking = needed.iter().filter(|needed| needed.rolls);
    let mut all: Vec<_> = asking.map(|needed| seen(needed, observed)).collect::<Option<_>>()?;
    // One without a value has not been written yet.
    all.extend(followed.found(observed)?.into_iter().filter_map(|(name, secret)| of_secret(name, secret)));
    all.sort_unstable();
    Some(all)
}

/// What is hashed of a Secret; none before it was looked up and has a value.
fn seen<'a>(needed: &'a Needed<'_>, observed: Observed<'a>) -> Option<[&'a str; 3]> {
    of_secret(&needed.name, observed.found(&answer(needed))?.into_iter().next()?)
}

fn of_secret<'a>(name: &'a str, secret: &'a Struct) -> Option<[&'a str; 3]> {
    let metadata = wire::child(secret, "metadata")?;
    let data = wire::text(wire::child(metadata, "annotations")?, DATA_HASH)?;
    Some([name, wire::text(metadata, "uid")?, data])
}
