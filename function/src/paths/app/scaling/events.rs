//! The `ScaledObject`: by events, and by CPU and memory besides.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use crate::kinds::scaled_object::{
    Advanced, Authentication, AutoscalerConfig, PAUSED, ScaleTarget, ScaledObject, ScaledObjectSpec, Trigger,
};
use crate::paths::app::api::{self, AppSpec};
use crate::paths::app::identity::Identity;

/// While the app is suspended it is paused: an event would bring pods back.
pub(super) fn scaled_object(spec: &AppSpec, identity: &Identity) -> ScaledObject {
    let scaling = &spec.scaling;
    let cpu = utilization("cpu", scaling.target_cpu_utilization);
    let memory = scaling.target_memory_utilization.map(|percent| utilization("memory", percent));
    let events = scaling.triggers.iter().flatten().map(trigger);
    let paused = spec.suspend.then(|| BTreeMap::from([(PAUSED.to_owned(), "true".to_owned())]));
    ScaledObject {
        metadata: ObjectMeta { annotations: paused, ..identity.object_meta() },
        spec: ScaledObjectSpec {
            scale_target_ref: ScaleTarget {
                api_version: "apps/v1".into(),
                kind: "Deployment".into(),
                name: identity.name.clone(),
            },
            min_replica_count: scaling.min_replicas,
            max_replica_count: scaling.max_replicas,
            triggers: events.chain([cpu]).chain(memory).collect(),
            advanced: Advanced { autoscaler: AutoscalerConfig { behavior: super::behavior(scaling) } },
        },
    }
}

fn trigger(trigger: &api::Trigger) -> Trigger {
    let api::Trigger { r#type, metadata, authentication_ref } = trigger;
    Trigger {
        r#type: <&str>::from(*r#type).into(),
        metric_type: None,
        metadata: metadata.clone(),
        authentication_ref: authentication_ref.clone().map(|name| Authentication { name }),
    }
}

fn utilization(resource: &str, percent: i32) -> Trigger {
    Trigger {
        r#type: resource.into(),
        metric_type: Some("Utilization".into()),
        metadata: BTreeMap::from([("value".to_owned(), percent.to_string())]),
        authentication_ref: None,
    }
}
