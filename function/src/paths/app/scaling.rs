//! The number of pods, and who sets it: the spec, or a `HorizontalPodAutoscaler`.
//!
//! ```text
//! not scaling              spec.replicas
//! suspended                0
//! scaling from creation    left out: 1, until the autoscaler raises it
//! scaling switched on      the present number, until another field manager owns it; then left out
//! scaling, up from zero    the minimum, as an autoscaler does nothing at zero; then as above
//! scaling switched off     the present number while the autoscaler exists; then spec.replicas
//! ```
//!
//! Leaving out a field that only Crossplane owns resets it to 1, so it is left out only once another manager owns it.

use serde::Deserialize;

use crate::kinds::horizontal_pod_autoscaler::{
    CrossVersionObjectReference, HPAScalingRules, HorizontalPodAutoscaler, HorizontalPodAutoscalerBehavior,
    HorizontalPodAutoscalerSpec, MetricSpec, MetricTarget, ResourceMetricSource,
};
use crate::observed::{Observed, owned};
use crate::paths::app::api::{AppSpec, Scaling};
use crate::paths::app::identity::Identity;
use crate::paths::app::{DEPLOYMENT, HPA};

/// The number that is desired of the Deployment; none to leave it to its owner.
pub(super) fn replicas(spec: &AppSpec, observed: Observed<'_>) -> Option<i32> {
    if spec.suspend {
        return Some(0);
    }
    let now = observed.part::<Replicas>(DEPLOYMENT, &["spec"]).and_then(|spec| spec.replicas);
    if !spec.scaling.enabled {
        let handed_back = now.filter(|now| *now > 0 && observed.contains(HPA));
        return Some(handed_back.unwrap_or(spec.replicas));
    }
    let deployment = observed.object(DEPLOYMENT)?;
    match now {
        Some(0) => Some(spec.scaling.min_replicas),
        now => now.filter(|_| owned::is_owned_by_us_alone(deployment, &["spec", "replicas"])),
    }
}

/// The most pods that there may be.
pub(super) fn most(spec: &AppSpec) -> i32 {
    if spec.scaling.enabled { spec.scaling.max_replicas } else { spec.replicas }
}

/// The fewest pods with an autoscaler, given the number that is wanted now.
pub(super) fn fewest(spec: &AppSpec, wanted: i32) -> i32 {
    wanted.min(spec.scaling.min_replicas)
}

/// The autoscaler of an app that asks for one.
pub(super) fn autoscaler(spec: &AppSpec, identity: &Identity) -> Option<HorizontalPodAutoscaler> {
    let Scaling {
        enabled,
        min_replicas,
        max_replicas,
        target_cpu_utilization,
        target_memory_utilization,
        scale_down_stabilization_seconds,
    } = spec.scaling;
    let memory = target_memory_utilization.map(|percent| utilization("memory", percent));
    let metrics = [utilization("cpu", target_cpu_utilization)].into_iter().chain(memory).collect();
    let scale_down = HPAScalingRules {
        stabilization_window_seconds: Some(scale_down_stabilization_seconds),
        ..HPAScalingRules::default()
    };
    enabled.then(|| HorizontalPodAutoscaler {
        metadata: identity.object_meta(),
        spec: HorizontalPodAutoscalerSpec {
            scale_target_ref: CrossVersionObjectReference {
                api_version: Some("apps/v1".into()),
                kind: "Deployment".into(),
                name: identity.name.clone(),
            },
            min_replicas: Some(min_replicas),
            max_replicas,
            metrics: Some(metrics),
            behavior: Some(HorizontalPodAutoscalerBehavior { scale_down: Some(scale_down), scale_up: None }),
        },
        status: None,
    })
}

fn utilization(resource: &str, percent: i32) -> MetricSpec {
    let target = MetricTarget {
        type_: "Utilization".into(),
        average_utilization: Some(percent),
        ..MetricTarget::default()
    };
    let resource = ResourceMetricSource { name: resource.into(), target };
    MetricSpec { type_: "Resource".into(), resource: Some(resource), ..MetricSpec::default() }
}

/// The number in an observed Deployment.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Replicas {
    replicas: Option<i32>,
}
