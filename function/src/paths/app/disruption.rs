//! The `PodDisruptionBudget`: nodes are drained one pod of an app at a time.

use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use crate::kinds::pod_disruption_budget::{PodDisruptionBudget, PodDisruptionBudgetSpec};
use crate::paths::app::api::{AppSpec, DisruptionBudget};
use crate::paths::app::identity::Identity;
use crate::paths::app::scaling;

/// The budget of an app that may have several pods. With a single pod it would block the draining of its node for ever.
pub(super) fn budget(spec: &AppSpec, identity: &Identity) -> Option<PodDisruptionBudget> {
    let is_wanted =
        spec.availability.pod_disruption_budget == DisruptionBudget::Auto && scaling::most(spec) > 1;
    is_wanted.then(|| PodDisruptionBudget {
        metadata: identity.object_meta(),
        spec: Some(PodDisruptionBudgetSpec {
            selector: Some(identity.label_selector()),
            max_unavailable: Some(IntOrString::Int(1)),
            // A pod that is not ready does not block the draining of its node.
            unhealthy_pod_eviction_policy: Some("AlwaysAllow".into()),
            min_available: None,
        }),
        status: None,
    })
}
