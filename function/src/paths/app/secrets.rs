//! Secrets of the secret store: each is copied into a Secret of the namespace, and the pods follow.
//!
//! A pod does not start before the Secrets that it names are there. So the Deployment is made once all of them are; while
//! one that is new to it is on its way, its pods stay as they are; and one that is listed no longer stays until no pod
//! names it.

pub(in crate::paths) mod followed;
mod needed;
mod report;
mod restart;

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{PodSpec, PodTemplateSpec};

use crate::composition::{Composition, Gate};
use crate::kinds::deployment::{self, Rollout};
use crate::kinds::external_secret::{Data, ExternalSecret, RemoteRef, SecretStoreRef};
use crate::kinds::job;
use crate::observed::{Observed, owned};
use crate::paths::app::api::{AppSpec, KeyMapping, Secret};
use crate::paths::app::identity::Identity;
use crate::paths::app::policy::AppPolicy;
use crate::paths::app::{DEPLOYMENT, EXTERNAL_SECRET, RELEASE};
use crate::platform::Platform;
use crate::wire;
pub(super) use followed::Followed;
pub(super) use needed::{Needed, needed};
pub(super) use report::{SYNCED, condition};
pub(super) use restart::{HASH, hash};

/// What the Secrets mean for the pods.
#[derive(Debug)]
pub(super) enum Pods {
    /// They are not made before something else has happened; the words say what.
    Wait(String),
    /// They stay as they are until something else has happened.
    Stay {
        /// What they are like.
        template: Box<PodTemplateSpec>,
        /// What has to happen.
        waiting_for: String,
    },
    /// They are as the spec says.
    Follow,
}

/// The copies, and those that stay although they are listed no longer.
pub(super) fn compose(
    composition: Composition,
    spec: &AppSpec,
    needed: &[Needed<'_>],
    followed: &Followed<'_>,
    identity: &Identity,
    platform: &Platform<AppPolicy>,
    observed: Observed<'_>,
) -> Composition {
    let copies = listed(spec).map(|secret| (&secret.name, external_secret(secret, identity, platform)));
    let composition = composition
        .with_each(EXTERNAL_SECRET, copies)
        .requiring(needed.iter().filter_map(|needed| restart::lookup(needed, identity)))
        .requiring(followed.lookups(identity));
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

/// The Secrets that pods name, or may.
enum Named {
    /// Those of an earlier template are there until a rollout is complete.
    MaybeAny,
    These(BTreeSet<String>),
}

/// The members of the list that pods name, or may.
fn still_named(observed: Observed<'_>) -> Vec<&str> {
    let named = Named::of(observed);
    let members = observed.keys().into_iter().filter_map(|key| EXTERNAL_SECRET.member(key));
    members.filter(|member| named.has(member)).collect()
}

/// Whether pods name a Secret, or may.
pub(super) fn are_named(secret: &str, observed: Observed<'_>) -> bool {
    Named::of(observed).has(secret)
}

fn template(observed: Observed<'_>) -> Option<PodTemplateSpec> {
    observed.part(DEPLOYMENT, &["spec", "template"])
}

/// The pods of releases that have not ended: one that is tried again names the same Secrets.
fn of_releases(observed: Observed<'_>) -> impl Iterator<Item = PodTemplateSpec> {
    let jobs = observed.keys().into_iter().filter(|key| RELEASE.member(key).is_some());
    let jobs =
        jobs.filter(move |key| observed.object(key).is_some_and(|job| !job::progress(job).has_ended()));
    jobs.filter_map(move |key| observed.part(key, &["spec", "template"]))
}

/// The Secrets that a pod names.
pub(in crate::paths) fn named(template: &PodTemplateSpec) -> BTreeSet<String> {
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

// === impl Named ===

impl Named {
    fn of(observed: Observed<'_>) -> Self {
        let is_rolled_out = |object| deployment::rollout(object) == Rollout::Complete;
        if !observed.object(DEPLOYMENT).is_none_or(is_rolled_out) {
            return Self::MaybeAny;
        }
        let templates = template(observed).into_iter().chain(of_releases(observed));
        Self::These(templates.flat_map(|template| named(&template)).collect())
    }

    fn has(&self, secret: &str) -> bool {
        match self {
            Self::MaybeAny => true,
            Self::These(named) => named.contains(secret),
        }
    }
}

// === impl Pods ===

impl Pods {
    pub(super) fn of(needed: &[Needed<'_>], observed: Observed<'_>) -> Self {
        let mut missing =
            needed.iter().filter(|needed| !needed.is_delivered || !restart::is_known(needed, observed));
        let named = template(observed).map(|template| named(&template)).unwrap_or_default();
        match missing.find(|needed| !named.contains(&*needed.name)) {
            Some(needed) => Self::until(format!("waiting for {}", needed.what), observed),
            None => Self::Follow,
        }
    }

    /// The same once what they follow has happened, if there is anything.
    pub(super) fn following(self, waiting_for: Option<String>, observed: Observed<'_>) -> Self {
        match (self, waiting_for) {
            (Self::Follow, Some(waiting_for)) => Self::until(waiting_for, observed),
            (pods, _) => pods,
        }
    }

    /// As they are, or not made.
    fn until(waiting_for: String, observed: Observed<'_>) -> Self {
        let Some(template) = template(observed) else { return Self::Wait(waiting_for) };
        let held = observed.object(DEPLOYMENT).map(owned::last_desired);
        let held = held.and_then(|held| wire::read(wire::at(&held, &["spec", "template"])?).ok());
        Self::Stay { template: Box::new(held.unwrap_or(template)), waiting_for }
    }

    /// What has to happen before they are as the spec says.
    pub(super) fn waiting_for(&self) -> Option<&str> {
        match self {
            Self::Wait(waiting_for) | Self::Stay { template: _, waiting_for } => Some(waiting_for),
            Self::Follow => None,
        }
    }

    pub(super) fn gate(&self) -> Gate {
        match self {
            Self::Wait(waiting_for) => Gate::HoldsCreation(waiting_for.clone()),
            Self::Stay { .. } | Self::Follow => Gate::Open,
        }
    }
}
