//! What an app says of its release.

use k8s_openapi::api::core::v1::{ContainerStateTerminated, Pod, PodStatus};
use kube::core::TypeMeta;

use crate::condition::{Condition, ConditionKind, Event};
use crate::kinds::job::Progress;
use crate::observed::Observed;
use crate::paths::app::api::GoldenPathApp;
use crate::paths::app::causes;
use crate::paths::app::identity::Identity;
use crate::paths::app::release::Release;
use crate::problems::Problem;
use crate::rendering::Rendering;
use crate::required_resources::{RequiredResources, Selector};

/// What the pods wait for has run. Each release takes it away for as long as it runs, which is no event.
pub(in crate::paths::app) const COMPLETE: ConditionKind =
    ConditionKind { name: "ReleaseComplete", counts_for_ready: true, event: Event::Gained };

/// Code and reason of a release that has failed.
pub(in crate::paths::app) const FAILED: &str = "ReleaseFailed";

/// Name of the lookup.
const LOOKUP: &str = "release-pods";
/// Kubernetes' label of the pods of a Job.
const JOB_NAME: &str = "batch.kubernetes.io/job-name";
/// Kubernetes' reason of a Job that has taken too long.
const TOO_LONG: &str = "DeadlineExceeded";

/// The pods of a Job that is not complete: they say why.
pub(in crate::paths::app) fn lookup(
    release: Option<&Release<'_>>,
    identity: &Identity,
) -> Option<RequiredResources> {
    let release = release.filter(|release| release.is_running() || release.has_failed())?;
    let labels = [(JOB_NAME.to_owned(), release.name.clone())].into();
    Some(RequiredResources {
        name: LOOKUP.into(),
        r#type: TypeMeta::resource::<Pod>(),
        selector: Selector::Labels { namespace: Some(identity.namespace.clone()), labels },
        ages: true,
    })
}

/// What keeps it from being complete.
pub(in crate::paths::app) fn problems(release: Option<&Release<'_>>, observed: Observed<'_>) -> Vec<Problem> {
    let Some(release) = release else { return Vec::new() };
    let pods = causes::statuses(LOOKUP, observed);
    match &release.progress {
        Some(Progress::Failed { reason, message }) => vec![failed(release, reason, message, &pods)],
        Some(Progress::Running) => causes::problems_of_all(&pods, "Job", &release.name),
        Some(Progress::Suspended) => vec![suspended(release)],
        Some(Progress::Complete) | None => Vec::new(),
    }
}

fn failed(release: &Release<'_>, reason: &str, message: &str, pods: &[PodStatus]) -> Problem {
    let Release { asked, name, .. } = release;
    let why = match last_failure(pods) {
        _ if reason == TOO_LONG => format!("it has not ended within {} seconds", asked.timeout_seconds),
        Some((container, ContainerStateTerminated { exit_code, reason, .. })) => {
            let why = reason.as_deref().unwrap_or("Error");
            format!("container {container} has ended with exit code {exit_code} ({why})")
        }
        None => message.to_owned(),
    };
    let field = if reason == TOO_LONG { ".spec.release.timeoutSeconds" } else { ".spec.release.command" };
    Problem::error(FAILED, format!("the release has failed, and the pods stay as they are: {why}"))
        .at(field)
        .on("Job", name)
        .remedy(format!(
            "read `kubectl logs job/{name}`, mend it, and change .spec.image or .spec.release.command; or have the same run \
             once more by another value of the annotation goldenpath.io/release-retry"
        ))
}

fn suspended(release: &Release<'_>) -> Problem {
    Problem::warning(
        "ReleaseSuspended",
        "somebody has suspended the Job of the release, and the pods wait for it",
    )
    .on("Job", &release.name)
    .remedy(format!("set .spec.suspend of the Job to false: `kubectl edit job {}`", release.name))
}

/// The container that was the last to fail, and how.
fn last_failure(pods: &[PodStatus]) -> Option<(&str, &ContainerStateTerminated)> {
    let containers = pods.iter().flat_map(|status| status.container_statuses.iter().flatten());
    let ended = containers.filter_map(|container| {
        Some((container.name.as_str(), container.state.as_ref()?.terminated.as_ref()?))
    });
    let failed = ended.filter(|(_, ended)| ended.exit_code != 0);
    failed.max_by(|(_, a), (_, b)| a.finished_at.cmp(&b.finished_at))
}

/// The condition of the release; none of an app that has never had one.
pub(in crate::paths::app) fn condition(
    xr: &GoldenPathApp,
    release: Option<&Release<'_>>,
    accepted: &Condition,
    rendering: &Rendering,
) -> Option<Condition> {
    let Some(release) = release else {
        return xr.has_said(COMPLETE).then(|| Condition::not_asked_for(COMPLETE, "no release is asked for"));
    };
    let Release { name, progress, .. } = release;
    Some(match progress {
        Some(Progress::Complete) => {
            Condition::holds(COMPLETE, "Complete").saying(format!("Job/{name} is complete"))
        }
        Some(Progress::Running) => {
            Condition::fails(COMPLETE, "Running", format!("Job/{name} runs, and the pods wait for it"))
        }
        Some(Progress::Suspended) => {
            Condition::fails(COMPLETE, "Suspended", format!("somebody has suspended Job/{name}"))
        }
        Some(Progress::Failed { .. }) => {
            let reported = rendering.problems.iter().find(|problem| problem.code == FAILED);
            let (message, remedy) = reported.map_or(("the release has failed", None), |problem| {
                (problem.message.as_str(), problem.remedy.as_deref())
            });
            let message = remedy.map_or_else(|| message.to_owned(), |remedy| format!("{message}; {remedy}"));
            Condition::fails(COMPLETE, FAILED, message)
        }
        None if !accepted.is_held() => {
            Condition::fails(COMPLETE, "NotAccepted", "nothing runs before the spec is accepted")
        }
        None => {
            let waiting = rendering.resource(&release.key()).and_then(|resource| resource.message.clone());
            Condition::fails(
                COMPLETE,
                "Pending",
                waiting.unwrap_or_else(|| format!("Job/{name} is about to be made")),
            )
        }
    })
}
