//! The container.

use k8s_openapi::api::core::v1::{
    ConfigMapKeySelector, Container, ContainerPort, EnvFromSource, EnvVar, EnvVarSource, Lifecycle,
    LifecycleHandler, ObjectFieldSelector, SecretEnvSource, SecretKeySelector, SleepAction,
};

use crate::paths::app::api::{self, AppSpec, WorkloadKind};
use crate::paths::app::database::Database;
use crate::paths::app::identity::Identity;
use crate::paths::app::policy::AppPolicy;
use crate::paths::app::{monitoring, probes, resources, secrets, security, telemetry, volumes};

/// Seconds that a pod goes on serving before it ends: as long as it takes until no requests are routed to it any more.
const PRE_STOP: i64 = 5;

/// The container of an app, which has its name.
pub(super) fn container(
    spec: &AppSpec,
    identity: &Identity,
    policy: &AppPolicy,
    database: Option<&Database>,
) -> Container {
    let (env, env_from) = (variables(spec, identity, policy), variables_of_secrets(spec, database));
    let own = (spec.kind == WorkloadKind::Web).then(|| port(spec));
    let ports: Vec<_> = own.into_iter().chain(monitoring::container_port(spec)).collect();
    let mounts = volumes::mounts(spec);
    Container {
        name: identity.name.clone(),
        image: Some(spec.image.clone()),
        command: spec.command.clone().filter(|words| !words.is_empty()),
        args: spec.args.clone().filter(|words| !words.is_empty()),
        ports: (!ports.is_empty()).then_some(ports),
        env: (!env.is_empty()).then_some(env),
        env_from: (!env_from.is_empty()).then_some(env_from),
        resources: Some(resources::requirements(&spec.resources)),
        readiness_probe: probes::readiness(spec),
        liveness_probe: probes::liveness(spec),
        startup_probe: probes::startup(spec),
        lifecycle: lifecycle(spec.lifecycle),
        security_context: Some(security::of_container(&spec.security)),
        volume_mounts: (!mounts.is_empty()).then_some(mounts),
        ..Container::default()
    }
}

/// The name of the port in container and Service: `http` or `grpc`.
pub(super) fn port_name(spec: &AppSpec) -> String {
    <&str>::from(spec.protocol).into()
}

fn port(spec: &AppSpec) -> ContainerPort {
    ContainerPort {
        name: Some(port_name(spec)),
        container_port: spec.port,
        // Part of the key that identifies a port in server-side apply.
        protocol: Some("TCP".into()),
        ..ContainerPort::default()
    }
}

/// Those of the spec, and the platform's where the spec has none of the name.
fn variables(spec: &AppSpec, identity: &Identity, policy: &AppPolicy) -> Vec<EnvVar> {
    let own: Vec<_> = spec.env.iter().flatten().map(variable).collect();
    let mut all = telemetry::variables(identity, policy);
    all.retain(|given| own.iter().all(|variable| variable.name != given.name));
    all.extend(own);
    all
}

/// Every key of every Secret that is not mounted, and of the database's. Of two with the same key the later one counts.
fn variables_of_secrets(spec: &AppSpec, database: Option<&Database>) -> Vec<EnvFromSource> {
    let listed = secrets::listed(spec).filter(|secret| secret.mount_path.is_none());
    let names = listed.map(|secret| &secret.name).chain(database.map(|database| &database.secret_name));
    let source = |name: &String| EnvFromSource {
        secret_ref: Some(SecretEnvSource { name: name.clone(), optional: None }),
        ..EnvFromSource::default()
    };
    names.map(source).collect()
}

fn variable(variable: &api::EnvVar) -> EnvVar {
    let api::EnvVar { name, value, field_path, secret_key_ref, config_map_key_ref } = variable;
    let from = EnvVarSource {
        field_ref: field_path.clone().map(|field_path| ObjectFieldSelector { field_path, api_version: None }),
        secret_key_ref: secret_key_ref.clone().map(|api::KeyReference { name, key }| SecretKeySelector {
            name,
            key,
            optional: None,
        }),
        config_map_key_ref: config_map_key_ref
            .clone()
            .map(|api::KeyReference { name, key }| ConfigMapKeySelector { name, key, optional: None }),
        ..EnvVarSource::default()
    };
    let value_from = (from != EnvVarSource::default()).then_some(from);
    EnvVar { name: name.clone(), value: value.clone(), value_from }
}

/// The kubelet does the sleep, so that no image needs a program for it.
fn lifecycle(lifecycle: api::Lifecycle) -> Option<Lifecycle> {
    let longest = lifecycle.termination_grace_period_seconds - 1;
    let seconds = lifecycle.pre_stop_sleep_seconds.unwrap_or(PRE_STOP.min(longest));
    let sleep = LifecycleHandler { sleep: Some(SleepAction { seconds }), ..LifecycleHandler::default() };
    (seconds > 0).then(|| Lifecycle { pre_stop: Some(sleep), ..Lifecycle::default() })
}
