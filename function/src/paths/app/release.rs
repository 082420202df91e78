//! The release: a Job that runs once for each new image or command, such as a migration, and that the pods follow.
//!
//! ```text
//! a new image or command   a Job of its own, once the Secrets are there and no Job before it runs; pods stay as they are
//! it is complete           the pods follow, and the Jobs before it go
//! it has failed            the pods stay as they are; another image, command or value of the annotation is another Job
//! suspended                it runs all the same: a change that the pods before cannot live with is released without any
//! asked for no longer      its Jobs go, and the pods follow at once
//! ```
//!
//! A Job's pod cannot be changed. So its name says what it runs, and one that is there keeps the pod that it has.

mod job;
mod report;

use k8s_openapi::api::core::v1::PodTemplateSpec;
use kube::ResourceExt;

use crate::composition::{Composition, Gate};
use crate::keys::Key;
use crate::kinds::job::{Progress, progress};
use crate::names;
use crate::observed::Observed;
use crate::paths::app::api::{self, AppSpec, GoldenPathApp};
use crate::paths::app::identity::Identity;
use crate::paths::app::secrets::Pods;
use crate::paths::app::{DATABASE_NETWORK_POLICY, NETWORK_POLICY, RELEASE};
use crate::wire;
pub(super) use report::{COMPLETE, FAILED, condition, lookup, problems};

/// The annotation of an XR that runs its release once more when its value changes.
const RETRY: &str = "goldenpath.io/release-retry";
/// How much of a hash is in the name of a Job.
const HASH: usize = 8;

/// The release that is asked for, and its Job.
#[derive(Debug)]
pub(super) struct Release<'a> {
    asked: &'a api::Release,
    /// What tells it from the releases before it.
    hash: String,
    /// The name of its Job.
    name: String,
    /// How far its Job is; none before there is one.
    progress: Option<Progress>,
}

/// The Job of the release, and those before it until it is complete.
pub(super) fn compose(
    composition: Composition,
    release: Option<&Release<'_>>,
    template: &PodTemplateSpec,
    pods: &Pods,
    identity: &Identity,
    observed: Observed<'_>,
) -> Composition {
    let composition = composition.removing(RELEASE);
    let Some(release) = release else { return composition };
    let gate =
        match pods.waiting_for().map(str::to_owned).or_else(|| release.waits_for(&composition, observed)) {
            Some(waiting_for) => Gate::HoldsCreation(waiting_for),
            None => Gate::Open,
        };
    let job = job::job(release, template, identity, observed);
    let composition = composition.with_gated(release.key(), gate, &job);
    if release.is_complete() {
        return composition;
    }
    release.others(observed).into_iter().fold(composition, |composition, other| {
        composition.holding(RELEASE.key(other), format!("waiting for Job/{} to be complete", release.name))
    })
}

/// What makes it another release: the image, the command, which variables there are, and that somebody asks for it.
fn hash(xr: &GoldenPathApp, asked: &api::Release) -> String {
    let AppSpec { image, env, .. } = &xr.spec;
    let mut variables: Vec<_> = env.iter().flatten().map(|variable| variable.name.as_str()).collect();
    variables.sort_unstable();
    let variables = variables.join(",");
    let retry = xr.annotations().get(RETRY).map_or("", String::as_str);
    // The command last, as it is of any length.
    let parts: Vec<_> = [image.as_str(), retry, &variables]
        .into_iter()
        .chain(asked.command.iter().map(String::as_str))
        .collect();
    let mut hash = names::digest(&parts);
    hash.truncate(HASH);
    hash
}

// === impl Release ===

impl<'a> Release<'a> {
    /// The one of an app that asks for it.
    pub(super) fn of(xr: &'a GoldenPathApp, identity: &Identity, observed: Observed<'_>) -> Option<Self> {
        let asked = xr.spec.release.as_ref()?;
        let hash = hash(xr, asked);
        let name = format!("{}-release-{hash}", identity.name);
        let progress = observed.object(&RELEASE.key(&hash)).map(progress);
        Some(Self { asked, hash, name, progress })
    }

    fn key(&self) -> Key {
        RELEASE.key(&self.hash)
    }

    /// What the pods wait for before they follow the spec.
    pub(super) fn holds_pods(&self) -> Option<String> {
        (!self.is_complete()).then(|| format!("waiting for Job/{} to be complete", self.name))
    }

    fn is_complete(&self) -> bool {
        self.progress == Some(Progress::Complete)
    }

    pub(super) fn has_failed(&self) -> bool {
        matches!(self.progress, Some(Progress::Failed { .. }))
    }

    /// Whether it is under way.
    pub(super) fn is_running(&self) -> bool {
        self.progress.as_ref().is_some_and(|progress| !progress.has_ended())
    }

    /// The members of the list that are there, but for its own.
    fn others<'o>(&self, observed: Observed<'o>) -> Vec<&'o str> {
        let members = observed.keys().into_iter().filter_map(|key| RELEASE.member(key));
        members.filter(|member| *member != self.hash).collect()
    }

    /// What has to happen before its Job is made. Two at a time could get in each other's way; and without what opens the
    /// network to its pod it would fail, and not be tried again.
    fn waits_for(&self, composition: &Composition, observed: Observed<'_>) -> Option<String> {
        let running = self.others(observed).into_iter().map(|other| RELEASE.key(other));
        let running = running.filter_map(|key| observed.object(&key));
        let running = running.filter(|job| !progress(job).has_ended());
        let running = running.filter_map(|job| wire::text(wire::child(job, "metadata")?, "name"));
        let running = running.map(|name| format!("waiting for Job/{name} to end")).next();
        running.or_else(|| {
            let closed = [NETWORK_POLICY, DATABASE_NETWORK_POLICY];
            let closed = closed.into_iter().find(|key| composition.composes(key) && !observed.contains(key));
            closed.map(|_| "waiting for its NetworkPolicy".to_owned())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn hash_of(metadata: &Value, spec: &Value) -> String {
        let object = json!({
            "apiVersion": "goldenpath.io/v1alpha1", "kind": "GoldenPathApp", "metadata": metadata, "spec": spec,
        });
        let xr: GoldenPathApp = serde_json::from_value(object).unwrap();
        hash(&xr, xr.spec.release.as_ref().unwrap())
    }

    #[rstest]
    #[case::of_another_image(json!({}), json!({"image": "shop:2", "release": {"command": ["migrate"]}}), true)]
    #[case::of_another_command(json!({}), json!({"release": {"command": ["migrate", "up"]}}), true)]
    #[case::of_another_variable(json!({}), json!({"env": [{"name": "B", "value": "1"}, {"name": "C", "value": "1"}]}), true)]
    #[case::of_a_retry(json!({"annotations": {RETRY: "1"}}), json!({}), true)]
    #[case::of_another_value(json!({}), json!({"env": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}]}), false)]
    #[case::with_more_time(json!({}), json!({"release": {"command": ["migrate"], "timeoutSeconds": 60, "retries": 2}}), false)]
    #[case::of_another_number_of_pods(json!({}), json!({"replicas": 7, "args": ["serve"]}), false)]
    fn a_release_is_another_one_where_what_runs_differs(
        #[case] metadata: Value,
        #[case] over: Value,
        #[case] differs: bool,
    ) {
        let mut spec = json!({
            "image": "shop:1", "release": {"command": ["migrate"]},
            "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "1"}],
        });
        let before = hash_of(&json!({"name": "shop"}), &spec);
        for (key, value) in over.as_object().unwrap() {
            spec[key] = value.clone();
        }
        let mut named = metadata;
        named["name"] = json!("shop");
        assert_eq!(hash_of(&named, &spec) != before, differs);
        assert_eq!(before.len(), HASH);
    }
}
