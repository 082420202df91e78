//! The `HorizontalPodAutoscaler`: by CPU and memory.

use crate::kinds::horizontal_pod_autoscaler::{
    CrossVersionObjectReference, HorizontalPodAutoscaler, HorizontalPodAutoscalerSpec, MetricSpec,
    MetricTarget, ResourceMetricSource,
};
use crate::paths::app::api::Scaling;
use crate::paths::app::identity::Identity;

pub(super) fn autoscaler(scaling: &Scaling, identity: &Identity) -> HorizontalPodAutoscaler {
    let memory = scaling.target_memory_utilization.map(|percent| utilization("memory", percent));
    let metrics = [utilization("cpu", scaling.target_cpu_utilization)].into_iter().chain(memory).collect();
    HorizontalPodAutoscaler {
        metadata: identity.object_meta(),
        spec: HorizontalPodAutoscalerSpec {
            scale_target_ref: CrossVersionObjectReference {
                api_version: Some("apps/v1".into()),
                kind: "Deployment".into(),
                name: identity.name.clone(),
            },
            min_replicas: Some(scaling.min_replicas),
            max_replicas: scaling.max_replicas,
            metrics: Some(metrics),
            behavior: Some(super::behavior(scaling)),
        },
        status: None,
    }
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
