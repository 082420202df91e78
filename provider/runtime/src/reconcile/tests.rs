//! The algorithm, step by step: against an API server and an external side that exist in memory only.

mod budget;
mod connection;
mod create;
mod delete;
mod drift;
mod failure;
mod leadership;
mod lifecycles;
mod log;
mod measured;
mod metadata;
mod naming;
mod oracle;
mod paused;
mod refusal;
mod steady;
mod up_to_date;
mod usage;

use std::time::Duration;

use serde_json::{Value, json};

use crate::testing::{FINALIZER, Scene};

/// A thing as it is while its external resource exists and was made by us.
fn created(extra: &Value) -> Value {
    let mut thing = crate::testing::thing(&json!({"metadata": {
        "finalizers": [FINALIZER],
        "annotations": {
            "crossplane.io/external-name": "x",
            "crossplane.io/external-create-pending": "2026-01-01T00:00:00Z",
            "crossplane.io/external-create-succeeded": "2026-01-01T00:00:01Z",
        },
    }}));
    crate::testing::api::merge(&mut thing, extra);
    thing
}

fn condition(r#type: &str, status: &str, reason: &str, message: Option<&str>) -> Value {
    let mut condition = json!({
        "type": r#type,
        "status": status,
        "lastTransitionTime": "2026-01-01T00:01:00Z",
        "reason": reason,
        "observedGeneration": 1,
    });
    if let Some(message) = message {
        condition["message"] = json!(message);
    }
    condition
}

fn synced() -> Value {
    condition("Synced", "True", "ReconcileSuccess", None)
}

fn available() -> Value {
    condition("Ready", "True", "Available", None)
}

fn failed(message: &str) -> Value {
    condition("Synced", "False", "ReconcileError", Some(message))
}

/// The whole status with these conditions, for the thing's first generation.
fn status(conditions: &[Value], more: &Value) -> Value {
    let mut status = json!({"conditions": conditions, "observedGeneration": 1});
    crate::testing::api::merge(&mut status, more);
    status
}

/// What was written since the last question, without bodies.
fn writes<const DETERMINISTIC: bool>(scene: &Scene<DETERMINISTIC>) -> Vec<String> {
    scene.api.writes().into_iter().map(|w| w.request).collect()
}

/// A delay within its jitter.
#[track_caller]
fn assert_about(delay: Option<Duration>, seconds: u64) {
    let delay = delay.expect("a delay").as_secs_f64();
    let expected = Duration::from_secs(seconds).as_secs_f64();
    assert!((delay - expected).abs() <= expected * 0.11, "{delay} is not about {expected}");
}

const USAGE: &str = "PATCH providerconfigusages/u-1";
/// The words of a write of metadata; a write of the status contains them too.
const METADATA: &str = "PATCH things/x";
const STATUS: &str = "PATCH things/x/status";
