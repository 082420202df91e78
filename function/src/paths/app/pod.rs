//! The pod of an app, apart from its container.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{LocalObjectReference, PodSpec, TopologySpreadConstraint};

use crate::paths::app::api::{AppSpec, TopologySpread};
use crate::paths::app::database::Database;
use crate::paths::app::identity::Identity;
use crate::paths::app::policy::AppPolicy;
use crate::paths::app::{container, security, volumes};

/// What pods are spread over.
const TOPOLOGIES: [&str; 2] = ["topology.kubernetes.io/zone", "kubernetes.io/hostname"];

/// The pods of an app.
pub(super) fn spec(
    spec: &AppSpec,
    identity: &Identity,
    policy: &AppPolicy,
    database: Option<&Database>,
) -> PodSpec {
    let pull_secrets: BTreeSet<_> =
        policy.image_pull_secrets.iter().chain(spec.image_pull_secrets.iter().flatten()).collect();
    let pull_secrets: Vec<_> =
        pull_secrets.into_iter().map(|name| LocalObjectReference { name: name.clone() }).collect();
    let volumes = volumes::volumes(spec, policy);
    PodSpec {
        service_account_name: Some(identity.name.clone()),
        automount_service_account_token: Some(spec.security.automount_service_account_token),
        // No variables with the addresses of the namespace's Services: every new Service would change the pods.
        enable_service_links: Some(false),
        image_pull_secrets: (!pull_secrets.is_empty()).then_some(pull_secrets),
        termination_grace_period_seconds: Some(spec.lifecycle.termination_grace_period_seconds),
        priority_class_name: policy.priority_classes.of(spec.availability.priority),
        security_context: Some(security::of_pod(&spec.security, !volumes.is_empty())),
        topology_spread_constraints: spread(spec.availability.topology_spread, identity),
        containers: vec![container::container(spec, identity, policy, database)],
        volumes: (!volumes.is_empty()).then_some(volumes),
        ..PodSpec::default()
    }
}

fn spread(spread: TopologySpread, identity: &Identity) -> Option<Vec<TopologySpreadConstraint>> {
    let when_unsatisfiable = match spread {
        TopologySpread::None => return None,
        TopologySpread::Soft => "ScheduleAnyway",
        TopologySpread::Hard => "DoNotSchedule",
    };
    let constraint = |topology: &str| TopologySpreadConstraint {
        max_skew: 1,
        topology_key: topology.into(),
        when_unsatisfiable: when_unsatisfiable.into(),
        label_selector: Some(identity.label_selector()),
        // Pods of another revision are about to be removed, and do not count.
        match_label_keys: Some(vec!["pod-template-hash".into()]),
        ..TopologySpreadConstraint::default()
    };
    Some(TOPOLOGIES.map(constraint).into())
}
