//! The status of an app.

use k8s_openapi::api::core::v1::ResourceRequirements;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use kube::ResourceExt;
use pbjson_types::Struct;

use crate::condition::{AVAILABLE, Condition};
use crate::kinds::deployment::{self, Deployment};
use crate::observed::Observed;
use crate::paths::app::DEPLOYMENT;
use crate::paths::app::api::{AppSpec, AppStatus, Effective, GoldenPathApp, Phase, Rollout, RolloutState};
use crate::paths::app::conditions::PROGRESSING;
use crate::paths::app::identity::Identity;
use crate::paths::app::release::Release;
use crate::paths::app::{database, ingress, release, scaling, secrets};
use crate::problems::{self, Problem};
use crate::rendering::Rendering;
use crate::wire;

/// How many composed resources a status carries at most; the XRD declares it.
const MOST_RESOURCES: usize = 64;

/// The status and the conditions.
pub(super) fn report(
    xr: &GoldenPathApp,
    observed: Observed<'_>,
    rendering: &Rendering,
) -> (AppStatus, Vec<Condition>) {
    let deployment: Option<Deployment> = observed.get(DEPLOYMENT);
    let rollout = observed.object(DEPLOYMENT).map(|object| rollout(object, rendering));
    // A problem of the pods names a field to change, but refuses no spec.
    let accepted = rendering.accepted_but_for(|problem| problem.is_on("Deployment") || problem.is_on("Job"));
    let identity = Identity::of(xr);
    let release = Release::of(xr, &identity, observed);
    let synced = secrets::condition(xr, &accepted, observed, rendering);
    let released = release::condition(xr, release.as_ref(), &accepted, rendering);
    let available = available(&xr.spec, deployment.as_ref(), &accepted, failed(released.as_ref()), rendering);
    let progressing = progressing(rollout.as_ref(), released.as_ref());
    let counted = deployment.as_ref().and_then(|deployment| deployment.status.clone()).unwrap_or_default();
    let route = ingress::report(xr, &identity, observed);
    let of_database = database::conditions(xr, &identity, observed);
    let status = AppStatus {
        phase: Some(with_others(
            phase(xr, deployment.as_ref(), rollout.as_ref(), release.as_ref(), &available),
            &accepted,
            route.as_ref().map(|route| &route.condition).into_iter().chain(&released).chain(&of_database),
        )),
        observed_generation: xr.metadata.generation,
        progress: rendering.progress.clone(),
        url: route.as_ref().and_then(|route| route.url.clone()),
        image: image(xr, deployment.as_ref(), rollout.as_ref()),
        replicas: deployment.is_some().then(|| counted.replicas.unwrap_or_default()),
        ready_replicas: counted.ready_replicas,
        updated_replicas: counted.updated_replicas,
        replica_summary: deployment.as_ref().map(|deployment| {
            format!("{}/{}", counted.ready_replicas.unwrap_or_default(), wanted(deployment))
        }),
        selector: deployment.is_some().then(|| selector(&identity)),
        rollout,
        database: database::status(xr, &identity, observed),
        effective: effective(rendering),
        problems: problems::listed(&rendering.problems).to_vec(),
        resources: rendering.listed_resources(MOST_RESOURCES),
        function_version: Some(env!("CARGO_PKG_VERSION").into()),
        ..AppStatus::default()
    };
    let routed = route.map(|route| route.condition).or_else(|| ingress::disabled(xr, observed));
    let conditions = [accepted, available, progressing].into_iter().chain(synced).chain(released);
    (status, conditions.chain(routed).chain(of_database).collect())
}

fn wanted(deployment: &Deployment) -> i32 {
    deployment.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(1)
}

fn rollout(object: &Struct, rendering: &Rendering) -> Rollout {
    let state = RolloutState::from(deployment::rollout(object));
    let why = cause(rendering).filter(|_| state != RolloutState::Complete);
    let (reason, message) = why.map(|problem| (problem.code.clone(), problem.message.clone())).unzip();
    Rollout { state, reason, message }
}

/// Why pods do not come up.
fn cause(rendering: &Rendering) -> Option<&Problem> {
    let mut of_pods =
        rendering.problems.iter().filter(|problem| problem.is_error() && problem.is_on("Deployment"));
    let mut others = of_pods.clone();
    // RolloutStalled is an effect: any other problem of the pods is the cause.
    of_pods.find(|problem| problem.code != "RolloutStalled").or_else(|| others.next())
}

/// Whether the app can be used. During a rollout it can.
fn available(
    spec: &AppSpec,
    deployment: Option<&Deployment>,
    accepted: &Condition,
    failed: Option<&Condition>,
    rendering: &Rendering,
) -> Condition {
    let is = AVAILABLE;
    let Some(deployment) = deployment else {
        return if let Some(Condition { reason, message, .. }) = failed {
            Condition::fails(is, reason, message)
        } else if accepted.is_held() {
            Condition::fails(is, "Progressing", "its pods are about to be made")
        } else {
            Condition::fails(is, "NotAccepted", "nothing is made before the spec is accepted")
        };
    };
    if wanted(deployment) == 0 && scaling::waits_for_events(spec) {
        return Condition::holds(is, "ScaledToZero").saying("pods are made when there is something to do");
    }
    if wanted(deployment) == 0 {
        // What is meant not to run is not waited for.
        let suspended = Condition::fails(is, "Suspended", "no pods are wanted");
        return Condition { counts_for_ready: false, ..suspended };
    }
    if has_enough(spec, deployment) {
        return Condition::holds(is, "MinimumReplicasAvailable").saying("enough of its pods can be used");
    }
    match cause(rendering) {
        Some(problem) => Condition::fails(is, &problem.code, &problem.message),
        None => Condition::fails(is, "Progressing", "its pods cannot be used yet"),
    }
}

/// As the Deployment says; or, while an autoscaler raises the number, once the fewest are ready.
fn has_enough(spec: &AppSpec, deployment: &Deployment) -> bool {
    let Some(status) = &deployment.status else { return false };
    let said = status.conditions.iter().flatten().find(|condition| condition.type_ == "Available");
    let enough = scaling::fewest(spec, wanted(deployment));
    said.is_some_and(|condition| condition.status == "True")
        || (spec.scaling.enabled && status.available_replicas.unwrap_or_default() >= enough)
}

/// The condition of a release that has failed.
fn failed(released: Option<&Condition>) -> Option<&Condition> {
    released.filter(|released| released.reason == release::FAILED)
}

fn progressing(rollout: Option<&Rollout>, released: Option<&Condition>) -> Condition {
    let is = PROGRESSING;
    if let Some(Condition { reason, message, .. }) = failed(released) {
        return Condition::fails(is, reason, message);
    }
    if let Some(released) = released.filter(|released| released.counts_for_ready && !released.is_held()) {
        return Condition::holds(is, "ReleaseInProgress").saying(&released.message);
    }
    let Some(Rollout { state, reason: _, message }) = rollout else {
        return Condition::holds(is, "RolloutInProgress").saying("its pods are about to be made");
    };
    let said = |otherwise: &str| message.clone().unwrap_or_else(|| otherwise.to_owned());
    match state {
        RolloutState::Complete => Condition::fails(is, "RolloutComplete", "the latest change is rolled out"),
        RolloutState::Progressing => {
            Condition::holds(is, "RolloutInProgress").saying(said("the latest change is being rolled out"))
        }
        RolloutState::Stalled => Condition::fails(is, "Stalled", said("the latest change does not come up")),
        RolloutState::Paused => Condition::fails(is, "Paused", "the rollout is paused"),
    }
}

/// Derived from the conditions.
fn phase(
    xr: &GoldenPathApp,
    deployment: Option<&Deployment>,
    rollout: Option<&Rollout>,
    release: Option<&Release<'_>>,
    available: &Condition,
) -> Phase {
    let has_failed = release.is_some_and(Release::has_failed);
    let Some((deployment, rollout)) = deployment.zip(rollout) else {
        return match release {
            _ if has_failed => Phase::Failed,
            Some(release) if release.is_running() => Phase::Progressing,
            _ => Phase::Pending,
        };
    };
    if xr.metadata.deletion_timestamp.is_some() {
        return Phase::Terminating;
    }
    if wanted(deployment) == 0 && !scaling::waits_for_events(&xr.spec) {
        return Phase::Suspended;
    }
    match (available.is_held(), rollout.state) {
        (true, RolloutState::Complete | RolloutState::Progressing) if has_failed => Phase::Degraded,
        (true, RolloutState::Complete) => Phase::Running,
        (true, RolloutState::Progressing) => Phase::Progressing,
        (true, RolloutState::Stalled | RolloutState::Paused) | (false, RolloutState::Complete) => {
            Phase::Degraded
        }
        (false, RolloutState::Progressing | RolloutState::Paused) if rollout.reason.is_none() => {
            Phase::Progressing
        }
        (false, RolloutState::Progressing | RolloutState::Paused | RolloutState::Stalled) => Phase::Failed,
    }
}

/// An app that runs and lacks what it is used with, such as its route, is on its way, or waits for somebody.
fn with_others<'a>(
    phase: Phase,
    accepted: &Condition,
    mut others: impl Iterator<Item = &'a Condition>,
) -> Phase {
    let has_all = others.all(|other| other.is_held() || !other.counts_for_ready);
    match (phase, has_all, accepted.is_held()) {
        (Phase::Running, false, true) => Phase::Progressing,
        (Phase::Running, false, false) => Phase::Degraded,
        (phase, _, _) => phase,
    }
}

/// The image of the observed pod template once that is rolled out; until then the one before.
fn image(xr: &GoldenPathApp, deployment: Option<&Deployment>, rollout: Option<&Rollout>) -> Option<String> {
    let before = || xr.status.as_ref().and_then(|status| status.image.clone());
    if rollout.is_none_or(|rollout| rollout.state != RolloutState::Complete) {
        return before();
    }
    let pod = deployment?.spec.as_ref()?.template.spec.as_ref()?;
    let container = pod.containers.iter().find(|container| container.name == xr.name_any());
    container.and_then(|container| container.image.clone()).or_else(before)
}

/// `app=shop,app.kubernetes.io/instance=shop`.
fn selector(identity: &Identity) -> String {
    let labels = identity.selector().into_iter().map(|(label, value)| format!("{label}={value}"));
    labels.collect::<Vec<_>>().join(",")
}

/// Read from what is desired, so that it is the last good state where a spec is refused. None before there is any.
fn effective(rendering: &Rendering) -> Option<Effective> {
    let deployment: Deployment = wire::read(rendering.desired(DEPLOYMENT)?).ok()?;
    let container = deployment.spec?.template.spec?.containers.into_iter().next()?;
    let ResourceRequirements { requests, limits, claims: _ } = container.resources?;
    let (mut requests, mut limits) = (requests.unwrap_or_default(), limits.unwrap_or_default());
    Some(Effective {
        cpu_request: requests.remove("cpu").map(|Quantity(amount)| amount),
        cpu_limit: limits.remove("cpu").map(|Quantity(amount)| amount),
        memory_request: requests.remove("memory").map(|Quantity(amount)| amount),
        memory_limit: limits.remove("memory").map(|Quantity(amount)| amount),
    })
}
