//! Why pods do not become ready. A Deployment says only that; the pods say why, and which container.
//!
//! They are looked up only while something is wrong: the answer has to be asked for again and again.

use k8s_openapi::api::core::v1::{ContainerState, ContainerStatus, Pod, PodStatus};
use kube::core::TypeMeta;

use crate::kinds::deployment::{self, Rollout};
use crate::observed::Observed;
use crate::paths::app::DEPLOYMENT;
use crate::paths::app::identity::Identity;
use crate::problems::Problem;
use crate::required_resources::{RequiredResources, Selector};
use crate::wire;

/// Name of the lookup.
const LOOKUP: &str = "pods";
/// How many problems are reported: of a thousand pods that fail, most do so for the same reason.
const MOST: usize = 5;

/// The pods of a Deployment that has fewer available ones than it wants.
pub(super) fn lookup(identity: &Identity, observed: Observed<'_>) -> Option<RequiredResources> {
    let labels = identity.selector();
    lacks_pods(observed).then(|| RequiredResources {
        name: LOOKUP.into(),
        r#type: TypeMeta::resource::<Pod>(),
        selector: Selector::Labels { namespace: Some(identity.namespace.clone()), labels },
        ages: true,
    })
}

fn lacks_pods(observed: Observed<'_>) -> bool {
    let numbers = |part| observed.part::<Numbers>(DEPLOYMENT, &[part]).unwrap_or_default();
    let Numbers { updated_replicas, available_replicas, .. } = numbers("status");
    let in_use = updated_replicas.unwrap_or_default().min(available_replicas.unwrap_or_default());
    numbers("spec").replicas.is_some_and(|wanted| in_use < wanted)
}

/// What is wrong with the pods. Messages have no generated names and no counts, so that they change only with the problem.
pub(super) fn problems(identity: &Identity, observed: Observed<'_>) -> Vec<Problem> {
    if !lacks_pods(observed) {
        return Vec::new();
    }
    let is_stalled =
        observed.object(DEPLOYMENT).is_some_and(|object| deployment::rollout(object) == Rollout::Stalled);
    let problems = statuses(LOOKUP, observed).into_iter().flat_map(|status| problems_of(&status, is_stalled));
    problems.map(|problem| problem.on("Deployment", &identity.name)).take(MOST).collect()
}

/// The statuses of the pods that a lookup has found, by their names.
pub(super) fn statuses(lookup: &str, observed: Observed<'_>) -> Vec<PodStatus> {
    let mut pods = observed.found(lookup).unwrap_or_default();
    pods.sort_by_key(|pod| wire::child(pod, "metadata").and_then(|metadata| wire::text(metadata, "name")));
    let statuses = pods.into_iter().filter_map(|pod| wire::read(wire::child(pod, "status")?).ok());
    statuses.collect()
}

/// What is wrong with pods that are not asked whether they are ready.
pub(super) fn problems_of_all(pods: &[PodStatus], kind: &str, name: &str) -> Vec<Problem> {
    let problems = pods.iter().flat_map(|status| problems_of(status, false));
    problems.map(|problem| problem.on(kind, name)).take(MOST).collect()
}

fn problems_of(status: &PodStatus, is_stalled: bool) -> Vec<Problem> {
    let containers = status.container_statuses.iter().flatten();
    let of_containers = containers
        .filter_map(|status| of_container(status).or_else(|| unready(status).filter(|_| is_stalled)));
    unschedulable(status).into_iter().chain(of_containers).collect()
}

fn unschedulable(status: &PodStatus) -> Option<Problem> {
    let scheduled = status.conditions.iter().flatten().find(|c| c.type_ == "PodScheduled")?;
    let is_refused = scheduled.status == "False" && scheduled.reason.as_deref() == Some("Unschedulable");
    let said = scheduled.message.as_deref().unwrap_or_default();
    is_refused.then(|| {
        Problem::error("Unschedulable", format!("no node takes its pods: {said}"))
            .at(".spec.resources.requests")
            .remedy(
                "ask for less, relax .spec.availability.topologySpread, or have the platform team add nodes",
            )
    })
}

fn of_container(status: &ContainerStatus) -> Option<Problem> {
    let (name, image) = (&status.name, &status.image);
    let waiting = status.state.as_ref().and_then(|state| state.waiting.as_ref());
    let said = waiting.and_then(|waiting| waiting.message.as_deref()).unwrap_or_default();
    match waiting.and_then(|waiting| waiting.reason.as_deref()).unwrap_or_default() {
        "ImagePullBackOff" | "ErrImagePull" => Some(
            Problem::error(
                "ImagePullBackOff",
                format!("container {name}: the image {image} cannot be pulled"),
            )
            .at(".spec.image")
            .remedy("correct .spec.image, or list a Secret in .spec.imagePullSecrets that may pull it"),
        ),
        "InvalidImageName" => Some(
            Problem::error("InvalidImageName", format!("container {name}: {image} is no name of an image"))
                .at(".spec.image")
                .remedy("correct .spec.image"),
        ),
        "CreateContainerConfigError" | "CreateContainerError" => Some(misconfigured(name, said)),
        _ => crashing(status),
    }
}

/// The kubelet cannot create the container as the spec says.
fn misconfigured(name: &str, said: &str) -> Problem {
    let problem = Problem::error("CreateContainerConfigError", format!("container {name}: {said}"));
    if said.contains("runAsNonRoot") || said.contains("non-root") {
        let remedy =
            "set .spec.security.runAsUser to a user other than 0, or give the image one by its number";
        problem.at(".spec.security.runAsUser").remedy(remedy)
    } else {
        problem.at(".spec.env").remedy("make what is missing, or correct the name or key that refers to it")
    }
}

/// The container ends again and again. Between two starts it runs or has ended: the same problem.
fn crashing(status: &ContainerStatus) -> Option<Problem> {
    let ContainerStatus { name, state, last_state, ready, restart_count, .. } = status;
    let ended = |state: &Option<ContainerState>| state.as_ref().and_then(|state| state.terminated.clone());
    let waits = state.as_ref().and_then(|state| state.waiting.as_ref()?.reason.as_deref());
    let is_crashing = waits == Some("CrashLoopBackOff") || (*restart_count > 0 && !ready);
    let last = ended(last_state).or_else(|| ended(state)).filter(|_| is_crashing)?;
    let why = last.reason.as_deref().unwrap_or("Error");
    let problem = Problem::error(
        "CrashLoopBackOff",
        format!("container {name} ends again and again, with exit code {} ({why})", last.exit_code),
    );
    Some(match why {
        "OOMKilled" => problem
            .at(".spec.resources.limits.memory")
            .remedy("raise .spec.resources.limits.memory, or have it use less"),
        "StartError" | "ContainerCannotRun" => {
            problem.at(".spec.command").remedy("correct .spec.command: the image has no such program")
        }
        _ => problem.remedy(format!("read `kubectl logs deployment/{name} --previous`")),
    })
}

/// The container runs and is not ready: no problem before the rollout has stalled.
fn unready(status: &ContainerStatus) -> Option<Problem> {
    let runs = status.state.as_ref().is_some_and(|state| state.running.is_some());
    (runs && !status.ready).then(|| {
        let message = format!("container {} runs, and its readiness probe fails", status.name);
        Problem::error("ReadinessFailing", message)
            .at(".spec.probes.readiness")
            .remedy("have it listen on .spec.port, or set .spec.probes.readiness")
    })
}

/// The numbers of a Deployment's spec or status.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Numbers {
    replicas: Option<i32>,
    updated_replicas: Option<i32>,
    available_replicas: Option<i32>,
}
