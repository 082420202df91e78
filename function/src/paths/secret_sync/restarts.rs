//! Who restarts the workloads that are listed. They are not this XR's: whoever wrote one field of theirs would own them, and
//! take them along. So they are looked up, and it is said what nobody does.

use std::collections::BTreeMap;

use kube::core::TypeMeta;
use kube::{Resource, ResourceExt};
use pbjson_types::Struct;
use serde::Deserialize;

use crate::kinds::deployment::Deployment;
use crate::observed::Observed;
use crate::owner::Owner;
use crate::paths::app::api::{AppSpec, GoldenPathApp};
use crate::paths::app::secrets::{self, followed};
use crate::paths::secret_sync::api::{By, Restart, RestartTarget, SecretSync, Workload};
use crate::problems::Problem;
use crate::required_resources::{RequiredResources, Selector};
use crate::wire;

/// Reloader restarts a Deployment when anything changes that its pods name.
const AUTO: &str = "reloader.stakater.com/auto";
/// Reloader restarts it when anything changes that asks for it by an annotation.
const SEARCH: &str = "reloader.stakater.com/search";
/// Reloader restarts it when one of the Secrets changes that are listed here.
const NAMED: &str = "secret.reloader.stakater.com/reload";

/// What is listed, and who restarts it.
#[derive(Debug)]
pub(super) struct Restarts<'a> {
    targets: Vec<(&'a RestartTarget, Wiring)>,
}

/// What is known of a workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wiring {
    /// Crossplane has not said yet, or (before 2.2) does not say.
    Unknown,
    /// There is none of that name.
    Missing,
    /// It is an app's, which names the Secret and rolls its own pods.
    GoldenPath,
    /// Reloader restarts it.
    Reloader,
    /// Nobody restarts it.
    Nobody,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    annotations: BTreeMap<String, String>,
}

/// What is asked of Crossplane. Nothing wakes it when a workload of somebody else changes, so the answers age.
pub(super) fn lookups(xr: &SecretSync, observed: Observed<'_>) -> Vec<RequiredResources> {
    let listed = xr.spec.restart_targets.iter().flatten().filter(|_| observed.can_look_up());
    let one = |target: &RestartTarget| RequiredResources {
        name: answer(target).into(),
        r#type: match target.kind {
            Workload::Deployment => TypeMeta::resource::<Deployment>(),
            Workload::GoldenPathApp => TypeMeta::resource::<GoldenPathApp>(),
        },
        selector: Selector::Name { namespace: xr.namespace(), name: target.name.clone() },
        ages: true,
    };
    listed.map(one).collect()
}

fn answer(target: &RestartTarget) -> String {
    format!("restart-target/{}/{}", <&str>::from(target.kind), target.name)
}

// === impl Restarts ===

impl<'a> Restarts<'a> {
    pub(super) fn of(xr: &'a SecretSync, observed: Observed<'_>) -> Self {
        let secret = &xr.spec.target.secret_name;
        let listed = xr.spec.restart_targets.iter().flatten();
        let targets = listed.map(|target| (target, Wiring::of(target, secret, observed)));
        Self { targets: targets.collect() }
    }

    /// Whether anything is to be restarted.
    pub(super) fn are_wanted(&self) -> bool {
        !self.targets.is_empty()
    }

    /// The labels of the Secret by which apps know that they are to roll their pods.
    pub(super) fn labels(&self) -> BTreeMap<String, String> {
        self.targets.iter().map(|(target, _)| followed::label(&target.name)).collect()
    }

    /// As the status lists them, as far as anything is known.
    pub(super) fn listed(&self) -> Vec<Restart> {
        let known = self.targets.iter().filter_map(|(target, wiring)| Some((target, wiring.by()?)));
        known.map(|(target, by)| Restart { kind: target.kind, name: target.name.clone(), by }).collect()
    }

    /// e.g. 1/2
    pub(super) fn summary(&self) -> Option<String> {
        let wired = self
            .targets
            .iter()
            .filter(|(_, wiring)| matches!(wiring, Wiring::GoldenPath | Wiring::Reloader))
            .count();
        self.are_wanted().then(|| format!("{wired}/{}", self.targets.len()))
    }

    /// What nobody restarts.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let numbered = self.targets.iter().enumerate();
        let problems = numbered.filter_map(|(number, (target, wiring))| {
            let problem = wiring.problem(target)?;
            Some(problem.at(format!(".spec.restartTargets[{number}]")))
        });
        problems.collect()
    }
}

// === impl Wiring ===

impl Wiring {
    fn of(target: &RestartTarget, secret: &str, observed: Observed<'_>) -> Self {
        let Some(found) = observed.found(&answer(target)) else { return Self::Unknown };
        let Some(object) = found.first() else { return Self::Missing };
        match target.kind {
            Workload::GoldenPathApp if app_names(object, secret) => Self::GoldenPath,
            Workload::Deployment if is_of_an_app(object) && pods_name(object, secret) => Self::GoldenPath,
            Workload::Deployment if is_reloaded(object, secret) => Self::Reloader,
            Workload::Deployment | Workload::GoldenPathApp => Self::Nobody,
        }
    }

    fn by(self) -> Option<By> {
        match self {
            Self::Unknown => None,
            Self::GoldenPath => Some(By::GoldenPath),
            Self::Reloader => Some(By::Reloader),
            Self::Missing | Self::Nobody => Some(By::Nobody),
        }
    }

    fn problem(self, target: &RestartTarget) -> Option<Problem> {
        let RestartTarget { kind, name } = target;
        let kind = <&str>::from(*kind);
        match self {
            Self::Unknown | Self::GoldenPath | Self::Reloader => None,
            Self::Missing => {
                let message = format!("there is no {kind} {name} in the namespace");
                let remedy = "correct the name, or make it; it is looked for every minute";
                Some(Problem::warning("RestartTargetNotFound", message).remedy(remedy))
            }
            Self::Nobody => {
                let message = format!("nobody restarts the {kind} {name} when the Secret changes");
                let remedy = match target.kind {
                    Workload::Deployment => format!(
                        "install Reloader in the cluster, and annotate the Deployment {SEARCH}: \"true\""
                    ),
                    Workload::GoldenPathApp => {
                        "name the Secret in .spec.env or .spec.files of the app, which then rolls its pods itself, or \
                         leave the app out here: pods that do not name it take nothing of it up"
                            .to_owned()
                    }
                };
                Some(Problem::warning("RestartNotWired", message).remedy(remedy))
            }
        }
    }
}

/// Whether the pods of an app name a Secret that it does not make.
fn app_names(app: &Struct, secret: &str) -> bool {
    let spec = wire::child(app, "spec").and_then(|spec| wire::read::<AppSpec>(spec).ok());
    spec.is_some_and(|spec| followed::names(&spec).contains(secret))
}

fn is_of_an_app(deployment: &Struct) -> bool {
    Owner::controller(deployment).is_some_and(|owner| owner.is_of(&GoldenPathApp::kind(&())))
}

fn pods_name(deployment: &Struct, secret: &str) -> bool {
    let template = wire::at(deployment, &["spec", "template"]).and_then(|template| wire::read(template).ok());
    template.is_some_and(|template| secrets::named(&template).contains(secret))
}

fn is_reloaded(deployment: &Struct, secret: &str) -> bool {
    let metadata = wire::child(deployment, "metadata").and_then(|metadata| wire::read(metadata).ok());
    let Metadata { annotations } = metadata.unwrap_or_default();
    let says = |key: &str| annotations.get(key).map(String::as_str);
    let named = says(NAMED).into_iter().flat_map(|names| names.split(','));
    says(AUTO) == Some("true")
        || says(SEARCH) == Some("true")
        || named.map(str::trim).any(|name| name == secret)
}
