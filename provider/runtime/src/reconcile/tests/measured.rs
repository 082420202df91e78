//! Beside the steps: how long things take, measured when (R173).

use goldenpath_provider_core::{ChangeClass, Observation, Readiness};
use k8s_openapi::jiff::Timestamp;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

use super::*;
use crate::testing::{drifted, present, thing};
use crate::{Metrics, UpjetMetrics};

/// Count and seconds of the four histograms.
#[derive(Debug, Default, PartialEq)]
struct Measured {
    first_reconcile: [f64; 2],
    first_readiness: [f64; 2],
    drift: [f64; 2],
    deletion: [f64; 2],
}

fn measuring(mut scene: Scene<true>) -> (Scene<true>, Registry) {
    let mut registry = Registry::default();
    scene.context.runtime.metrics = Metrics::new(&mut registry, UpjetMetrics::Omitted);
    (scene, registry)
}

fn measured(registry: &Registry) -> Measured {
    let mut page = String::new();
    encode(&mut page, registry).unwrap();
    let value = |name: &str, of: &str| {
        let sample = format!(
            "crossplane_managed_resource_{name}_seconds_{of}{{gvk=\"test.goldenpath.io/v1, Kind=Thing\"}} "
        );
        page.lines().find_map(|line| line.strip_prefix(&sample)).map_or(0.0, |value| value.parse().unwrap())
    };
    let of = |name: &str| [value(name, "count"), value(name, "sum")];
    Measured {
        first_reconcile: of("first_time_to_reconcile"),
        first_readiness: of("first_time_to_readiness"),
        drift: of("drift"),
        deletion: of("deletion"),
    }
}

/// Reconciles at a moment, with the external resource as it is then.
async fn at(scene: &mut Scene<true>, clock: fn() -> Timestamp, seen: Observation) {
    scene.context.runtime.options.clock = clock;
    scene.world().observe = Ok(seen);
    scene.reconcile().await;
}

macro_rules! moment {
    ($time:literal) => {
        || concat!("2026-01-01T", $time, "Z").parse().unwrap()
    };
}

/// Made at 00:00:50.
#[tokio::test]
async fn each_moment_of_a_life_is_measured_once_where_it_happens() {
    let (mut scene, registry) = measuring(Scene::of(&thing(&json!({}))));
    let mut expected = Measured::default();

    at(&mut scene, moment!("00:01:00"), Observation::Absent).await;
    expected.first_reconcile = [1.0, 10.0];
    assert_eq!(measured(&registry), expected);

    at(&mut scene, moment!("00:01:20"), present(Readiness::Creating("making".into()))).await;
    assert_eq!(measured(&registry), expected, "it is not ready");

    at(&mut scene, moment!("00:01:30"), present(Readiness::Available)).await;
    expected.first_readiness = [1.0, 40.0];
    assert_eq!(measured(&registry), expected);

    at(&mut scene, moment!("00:02:30"), present(Readiness::Available)).await;
    assert_eq!(measured(&registry), expected, "a look that finds no change");

    at(&mut scene, moment!("00:03:00"), drifted(ChangeClass::Immediate)).await;
    expected.drift = [1.0, 30.0];
    assert_eq!(measured(&registry), expected);

    let mut deleted = scene.stored();
    deleted["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:04:00Z");
    scene.api.put(deleted);
    at(&mut scene, moment!("00:05:00"), Observation::Absent).await;
    expected.deletion = [1.0, 60.0];
    assert_eq!(measured(&registry), expected);
}

/// When it was made, became ready, and was last unchanged, only the process before has seen.
#[tokio::test]
async fn what_an_earlier_process_has_seen_is_not_measured() {
    let (mut scene, _) = measuring(Scene::of(&thing(&json!({}))));
    at(&mut scene, moment!("00:01:00"), Observation::Absent).await;
    at(&mut scene, moment!("00:01:20"), present(Readiness::Creating("making".into()))).await;

    let (mut scene, registry) = measuring(Scene::restarted(scene.api.clone()));
    at(&mut scene, moment!("00:03:00"), drifted(ChangeClass::Immediate)).await;
    at(&mut scene, moment!("00:04:00"), present(Readiness::Available)).await;
    assert_eq!(measured(&registry), Measured::default());
}
