//! Secrets of the secret store: each is copied into a Secret of the namespace, and the pods follow.
//!
//! A pod does not start before the Secrets that it names are there. So the Deployment is made once all of them are; while
//! one that is new to it is on its way, its pods stay as they are; and one that is listed no longer stays until no pod
//! names it.

mod restart;

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{PodSpec, PodTemplateSpec};
use serde::Deserialize;

use crate::composition::{Composition, Gate};
use crate::kinds;
use crate::kinds::deployment::{self, Rollout};
use crate::kinds::external_secret::{Data, ExternalSecret, RemoteRef, SecretStoreRef};
use crate::observed::{Observed, owned};
use crate::paths::app::api::{AppSpec, KeyMapping, Secret};
use crate::paths::app::identity::Identity;
use crate::paths::app::policy::AppPolicy;
use crate::paths::app::{DEPLOYMENT, EXTERNAL_SECRET};
use crate::platform::Platform;
use crate::wire;
pub(super) use restart::{HASH, hash};

/// What the Secrets mean for the pods.
#[derive(Debug)]
pub(super) enum Pods {
    /// They are not made before something else has happened; the words say what.
    Wait(String),
    /// They stay as they are.
    Stay(Box<PodTemplateSpec>),
    /// They are as the spec says.
    Follow,
}

/// The copies, and those that stay although they are listed no longer.
pub(super) fn compose(
    composition: Composition,
    spec: &AppSpec,
    identity: &Identity,
    platform: &Platform<AppPolicy>,
    observed: Observed<'_>,
) -> Composition {
    let copies = listed(spec).map(|secret| (&secret.name, external_secret(secret, identity, platform)));
    let composition = composition
        .with_each(EXTERNAL_SECRET, copies)
        .requiring(listed(spec).filter_map(|secret| restart::lookup(secret, identity, observed)));
    still_named(observed).into_iter().fold(composition, |composition, name| {
        let waiting_for = format!("waiting for Deployment/{} to name it no longer", identity.name);
        composition.holding(EXTERNAL_SECRET.key(name), waiting_for)
    })
}

pub(super) fn listed(spec: &AppSpec) -> impl Iterator<Item = &Secret> {
    spec.secrets.iter().flatten()
}

fn external_secret(secret: &Secret, identity: &Identity, platform: &Platform<AppPolicy>) -> ExternalSecret {
    let Secret { name, source, keys, mappings, refresh_interval, mount_path: _, restart_on_change: _ } =
        secret;
    let metadata = identity.object_meta_of(name.clone());
    let store = SecretStoreRef::from(platform.secret_store.clone());
    let interval = refresh_interval.unwrap_or(platform.refresh_interval).to_string();
    let data = |key: &str, property: &str| Data {
        secret_key: key.to_owned(),
        remote_ref: RemoteRef {
            key: source.clone(),
            property: Some(property.to_owned()),
            decoding_strategy: None,
        },
    };
    let own = keys.iter().flatten().map(|key| data(key, key));
    let mapped = mappings.iter().flatten();
    let mapped = mapped.map(|KeyMapping { source_key, target_key }| data(target_key, source_key));
    let picked: Vec<_> = own.chain(mapped).collect();
    if picked.is_empty() {
        ExternalSecret::extracting(metadata, store, interval, name.clone(), source.clone())
    } else {
        ExternalSecret::picking(metadata, store, interval, name.clone(), picked)
    }
}

/// The members of the list whose Secrets pods name, or may name: those of an earlier template are there until a rollout
/// is complete.
fn still_named(observed: Observed<'_>) -> Vec<&str> {
    let Some(object) = observed.object(DEPLOYMENT) else { return Vec::new() };
    let members = observed.keys().into_iter().filter_map(|key| EXTERNAL_SECRET.member(key));
    if deployment::rollout(object) != Rollout::Complete {
        return members.collect();
    }
    let named = template(observed).map(|template| named(&template)).unwrap_or_default();
    members.filter(|member| named.contains(*member)).collect()
}

fn template(observed: Observed<'_>) -> Option<PodTemplateSpec> {
    observed.part(DEPLOYMENT, &["spec", "template"])
}

/// The Secrets that a pod names.
fn named(template: &PodTemplateSpec) -> BTreeSet<String> {
    let none = PodSpec::default();
    let PodSpec { containers, volumes, .. } = template.spec.as_ref().unwrap_or(&none);
    let from = containers.iter().flat_map(|container| container.env_from.iter().flatten());
    let from = from.filter_map(|from| Some(from.secret_ref.as_ref()?.name.clone()));
    let keys = containers.iter().flat_map(|container| container.env.iter().flatten());
    let keys = keys.filter_map(|one| Some(one.value_from.as_ref()?.secret_key_ref.as_ref()?.name.clone()));
    let files = volumes.iter().flatten();
    let files = files.filter_map(|volume| volume.secret.as_ref()?.secret_name.clone());
    from.chain(keys).chain(files).collect()
}

/// What External Secrets Operator says of the Secret that it writes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Binding {
    name: String,
}

/// Whether a Secret is there with the present value: the operator calls an empty one ready without making it.
fn is_there(secret: &Secret, observed: Observed<'_>) -> bool {
    let key = EXTERNAL_SECRET.key(&secret.name);
    let is_ready = observed.object(&key).is_some_and(|object| kinds::assess(object).ready);
    let binding: Binding = observed.part(&key, &["status", "binding"]).unwrap_or_default();
    is_ready && binding.name == secret.name && restart::is_known(secret, observed)
}

// === impl Pods ===

impl Pods {
    pub(super) fn of(spec: &AppSpec, observed: Observed<'_>) -> Self {
        let mut missing = listed(spec).filter(|secret| !is_there(secret, observed));
        let Some(template) = template(observed) else {
            let first = missing.next();
            return first.map_or(Self::Follow, |secret| {
                Self::Wait(format!("waiting for the Secret of ExternalSecret/{}", secret.name))
            });
        };
        let named = named(&template);
        if missing.all(|secret| named.contains(&secret.name)) {
            return Self::Follow;
        }
        let held = observed.object(DEPLOYMENT).map(owned::last_desired);
        let held = held.and_then(|held| wire::read(wire::at(&held, &["spec", "template"])?).ok());
        Self::Stay(Box::new(held.unwrap_or(template)))
    }

    pub(super) fn gate(&self) -> Gate {
        match self {
            Self::Wait(waiting_for) => Gate::HoldsCreation(waiting_for.clone()),
            Self::Stay(_) | Self::Follow => Gate::Open,
        }
    }
}
