//! The number of pods, and who sets it: the spec, a `HorizontalPodAutoscaler`, or KEDA where events count.
//!
//! ```text
//! not scaling              spec.replicas
//! suspended                0
//! scaling from creation    left out: 1, until the autoscaler changes it
//! scaling switched on      the present number, until another field manager owns it; then left out
//! scaling, up from zero    the minimum, as an autoscaler does nothing at zero; then as above. KEDA does it itself
//! from one to the other    left out: the one that goes has left the number, and the other one is made once it is gone
//! scaling switched off     the present number while an autoscaler exists; then spec.replicas
//! ```
//!
//! Leaving out a field that only Crossplane owns resets it to 1, so it is left out only once another manager owns it.

mod events;
mod load;

use serde::Deserialize;

use crate::composition::{Composition, Gate};
use crate::kinds::horizontal_pod_autoscaler::{HPAScalingRules, HorizontalPodAutoscalerBehavior};
use crate::kinds::scaled_object;
use crate::observed::{Observed, owned};
use crate::paths::app::api::{AppSpec, Scaling};
use crate::paths::app::identity::Identity;
use crate::paths::app::{DEPLOYMENT, HPA, SCALED_OBJECT};

/// Who sets the number of pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scaler {
    /// The spec.
    Spec,
    /// A `HorizontalPodAutoscaler`, by load.
    Load,
    /// KEDA, by events and load.
    Events,
}

/// The autoscaler of an app that asks for one. Two never scale at the same time: KEDA refuses what another one scales.
pub(super) fn compose(
    composition: Composition,
    spec: &AppSpec,
    identity: &Identity,
    observed: Observed<'_>,
) -> Composition {
    let after = |other: &str, kind: &str| {
        if observed.contains(other) {
            Gate::HoldsCreation(format!("waiting for {kind}/{} to be gone", identity.name))
        } else {
            Gate::Open
        }
    };
    match scaler(spec) {
        Scaler::Spec => composition.removing(HPA).removing(SCALED_OBJECT),
        Scaler::Load => {
            let gate = after(SCALED_OBJECT, "ScaledObject");
            composition.removing(SCALED_OBJECT).with_gated(
                HPA,
                gate,
                &load::autoscaler(&spec.scaling, identity),
            )
        }
        Scaler::Events => {
            let gate = after(HPA, "HorizontalPodAutoscaler");
            composition.removing(HPA).with_gated(SCALED_OBJECT, gate, &events::scaled_object(spec, identity))
        }
    }
}

fn scaler(spec: &AppSpec) -> Scaler {
    match (spec.scaling.enabled, spec.scaling.triggers.as_deref()) {
        (false, _) => Scaler::Spec,
        (true, None | Some([])) => Scaler::Load,
        (true, Some([_, ..])) => Scaler::Events,
    }
}

/// The number that is desired of the Deployment; none to leave it to its owner.
pub(super) fn replicas(spec: &AppSpec, observed: Observed<'_>) -> Option<i32> {
    if spec.suspend {
        return Some(0);
    }
    let now = observed.part::<Replicas>(DEPLOYMENT, &["spec"]).and_then(|spec| spec.replicas);
    let scaler = scaler(spec);
    if scaler == Scaler::Spec {
        let is_scaled = observed.contains(HPA) || observed.contains(SCALED_OBJECT);
        let handed_back = now.filter(|now| *now > 0 && is_scaled);
        return Some(handed_back.unwrap_or(spec.replicas));
    }
    let deployment = observed.object(DEPLOYMENT)?;
    match now {
        Some(0) if scaler == Scaler::Load => Some(spec.scaling.min_replicas.max(1)),
        now => now.filter(|_| owned::is_owned_by_us_alone(deployment, &["spec", "replicas"])),
    }
}

/// The name of the autoscaler, where there is one.
pub(super) fn autoscaler_name(spec: &AppSpec, identity: &Identity) -> Option<String> {
    match scaler(spec) {
        Scaler::Spec => None,
        Scaler::Load => Some(identity.name.clone()),
        Scaler::Events => Some(scaled_object::autoscaler_of(&identity.name)),
    }
}

/// The most pods that there may be.
pub(super) fn most(spec: &AppSpec) -> i32 {
    if spec.scaling.enabled { spec.scaling.max_replicas } else { spec.replicas }
}

/// The fewest pods with an autoscaler, given the number that is wanted now.
pub(super) fn fewest(spec: &AppSpec, wanted: i32) -> i32 {
    wanted.min(spec.scaling.min_replicas.max(1))
}

/// Whether an app without pods waits for events, and is not suspended.
pub(super) fn waits_for_events(spec: &AppSpec) -> bool {
    !spec.suspend && scaler(spec) == Scaler::Events && spec.scaling.min_replicas == 0
}

/// How slowly pods are removed.
fn behavior(scaling: &Scaling) -> HorizontalPodAutoscalerBehavior {
    let scale_down = HPAScalingRules {
        stabilization_window_seconds: Some(scaling.scale_down_stabilization_seconds),
        ..HPAScalingRules::default()
    };
    HorizontalPodAutoscalerBehavior { scale_down: Some(scale_down), scale_up: None }
}

/// The number in an observed Deployment.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Replicas {
    replicas: Option<i32>,
}
