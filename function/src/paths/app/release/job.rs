//! The Job: the pod of the app with another command, once.

use k8s_openapi::api::core::v1::{Container, PodSpec, PodTemplateSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use crate::kinds::job::{Job, JobSpec};
use crate::observed::{Observed, owned};
use crate::paths::app::identity::Identity;
use crate::paths::app::release::Release;
use crate::wire;

/// The Job of a release. It stays when it has ended: one that were gone would run again.
pub(super) fn job(
    release: &Release<'_>,
    template: &PodTemplateSpec,
    identity: &Identity,
    observed: Observed<'_>,
) -> Job {
    let template = held(release, observed).unwrap_or_else(|| once(release, template, identity));
    Job {
        metadata: identity.object_meta_of(release.name.clone()),
        spec: Some(JobSpec {
            backoff_limit: Some(release.asked.retries),
            active_deadline_seconds: Some(release.asked.timeout_seconds),
            template,
            ..JobSpec::default()
        }),
        status: None,
    }
}

/// The pod that it was made with.
fn held(release: &Release<'_>, observed: Observed<'_>) -> Option<PodTemplateSpec> {
    let held = owned::last_desired(observed.object(&release.key())?);
    wire::read(wire::at(&held, &["spec", "template"])?).ok()
}

/// A pod of the app that nothing is routed to, that nobody probes, and that ends by itself.
fn once(release: &Release<'_>, template: &PodTemplateSpec, identity: &Identity) -> PodTemplateSpec {
    let PodTemplateSpec { metadata, spec } = template.clone();
    let mut labels = metadata.and_then(|metadata| metadata.labels).unwrap_or_default();
    labels.extend(identity.labels_of_release());
    let spec = spec.map(|spec| PodSpec {
        restart_policy: Some("Never".into()),
        // They count the pods of the Deployment.
        topology_spread_constraints: None,
        containers: spec.containers.iter().map(|container| with_command(release, container)).collect(),
        ..spec
    });
    PodTemplateSpec { metadata: Some(ObjectMeta { labels: Some(labels), ..ObjectMeta::default() }), spec }
}

fn with_command(release: &Release<'_>, container: &Container) -> Container {
    Container {
        command: Some(release.asked.command.clone()),
        args: None,
        ports: None,
        readiness_probe: None,
        liveness_probe: None,
        startup_probe: None,
        lifecycle: None,
        ..container.clone()
    }
}
