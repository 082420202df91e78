//! One case of the oracle, run through our own reconcile.

use std::collections::BTreeMap;
use std::time::Duration;

use goldenpath_provider_core::{
    Change, ChangeClass, ConnectionDetails, Drift, Fault, Observation, Present, Readiness, Sensitive,
};
use k8s_openapi::jiff::Timestamp;
use serde_json::{Value, json};

use super::vector::{Case, Outcome, Requeue};
use crate::testing::{self, FINALIZER, Scene};

const LONG_AGO: &str = "2026-01-01T00:00:00Z";
const PREFIX: &str = "crossplane.io/";

pub(super) async fn replay(case: &Case) -> Outcome {
    if case.deterministic { replay_as::<true>(case).await } else { replay_as::<false>(case).await }
}

async fn replay_as<const DETERMINISTIC: bool>(case: &Case) -> Outcome {
    let mut scene = Scene::<DETERMINISTIC>::of(&object(case));
    if case.secret == "foreign" {
        scene
            .api
            .put(json!({"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "c"}, "type": "Opaque"}));
    }
    script(case, &scene);
    let before = scene.stored();
    let delay = scene.reconcile().await;

    let connects = std::iter::repeat_n("connect", scene.world().connects);
    let mut outcome = Outcome {
        calls: connects.chain(scene.calls()).map(str::to_owned).collect(),
        events: scene.events(),
        requeue: requeue(delay),
        status_writes: scene.api.writes().iter().filter(|w| w.request.ends_with("/status")).count(),
        secret: scene.api.get("secrets/c").map(|s| keys(&s["data"])).unwrap_or_default(),
        ..Outcome::default()
    };
    match scene.api.get("things/x") {
        Some(after) => read(&mut outcome, &before, &after),
        None => outcome.gone = true,
    }
    outcome
}

/// The managed resource of a case as the API server has it.
fn object(case: &Case) -> Value {
    let actions = case.policies.chars().map(|initial| match initial {
        'O' => "Observe",
        'C' => "Create",
        'U' => "Update",
        'L' => "LateInitialize",
        'D' => "Delete",
        _ => "*",
    });
    let finalizers = [FINALIZER, "example.org/other"];
    let mut annotations = BTreeMap::new();
    if !case.create.is_empty() {
        annotations.insert("external-name", "x");
    }
    if !["", "named"].contains(&case.create.as_str()) {
        annotations.insert("external-create-pending", LONG_AGO);
    }
    match case.create.as_str() {
        "grace" => annotations.extend([("external-create-succeeded", "2026-01-01T00:00:55Z")]),
        "succeeded" => annotations.extend([("external-create-succeeded", "2026-01-01T00:00:10Z")]),
        "failed" => annotations.extend([("external-create-failed", "2026-01-01T00:00:10Z")]),
        _ => {}
    }
    annotations.extend(case.paused.then_some(("paused", "true")));
    annotations.extend(case.requested.then_some(("reconcile-requested-at", "t1")));
    let annotations: BTreeMap<_, _> = annotations.iter().map(|(k, v)| (format!("{PREFIX}{k}"), v)).collect();
    testing::thing(&json!({
        "metadata": {
            "annotations": annotations,
            "finalizers": finalizers.get(..case.finalizers),
            "deletionTimestamp": case.deleted.then_some(testing::NOW),
        },
        "spec": {
            "managementPolicies": actions.collect::<Vec<_>>(),
            "writeConnectionSecretToRef": (!case.secret.is_empty()).then(|| json!({"name": "c"})),
        },
        "status": status(&case.was),
    }))
}

fn status(was: &str) -> Value {
    let success = super::super::synced();
    let conditions = match was {
        "ready" => vec![super::super::condition("Ready", "True", "Available", None), success],
        "deleting" => vec![super::super::condition("Ready", "False", "Deleting", None), success],
        "paused" => vec![super::super::condition("Synced", "False", "ReconcilePaused", None)],
        _ => return json!({}),
    };
    super::super::status(&conditions, &json!({}))
}

/// Lets the external side and the API server answer as the case has it.
fn script<const DETERMINISTIC: bool>(case: &Case, scene: &Scene<DETERMINISTIC>) {
    let refused = || Err(Fault::transient("Refused", "it says no"));
    let mut world = scene.world();
    world.observe = if case.seen == "error" { Err(refused().unwrap_err()) } else { Ok(observation(case)) };
    let (what, code) = case.fails.split_once(' ').unwrap_or((&case.fails, ""));
    let code = code.parse().unwrap_or_default();
    match what {
        "connect" => world.connect = refused(),
        "create" => {
            world.create = refused();
            if code > 0 {
                scene.api.refuse_after(1, "PATCH things/x", code);
            }
        }
        "update" => world.update = refused(),
        "delete" => world.delete = refused(),
        "write" => scene.api.refuse_after(0, "PATCH things/x", code),
        "record" => scene.api.refuse_after(1, "PATCH things/x", code),
        "status" => scene.api.refuse_after(0, "PATCH things/x/status", code),
        _ => {}
    }
}

fn observation(case: &Case) -> Observation {
    if case.is_absent() {
        return Observation::Absent;
    }
    let change = Change {
        field: "size".into(),
        from: "a".into(),
        to: "b".into(),
        class: ChangeClass::Immediate,
        downtime: false,
    };
    Observation::Present(Present {
        drift: if case.seen == "differs" { Drift::none().with(change) } else { Drift::none() },
        readiness: if case.unready { Readiness::Creating(String::new()) } else { Readiness::Available },
        late_initialized: case.fills,
        connection: ConnectionDetails::from([("host".to_owned(), Sensitive::new("h".to_owned()))]),
        next_look: None,
    })
}

fn requeue(delay: Option<Duration>) -> Requeue {
    match delay {
        None => Requeue::Never,
        Some(delay) if delay > Duration::from_mins(9) => Requeue::Poll,
        Some(_) => Requeue::Soon,
    }
}

/// Takes what the reconcile has changed from the object before and after.
fn read(outcome: &mut Outcome, before: &Value, after: &Value) {
    for (key, value) in after["metadata"]["annotations"].as_object().into_iter().flatten() {
        if before["metadata"]["annotations"].get(key) != Some(value) {
            let text = value.as_str().unwrap_or_default();
            let text = if text.parse::<Timestamp>().is_ok() { "now" } else { text };
            outcome.annotations.insert(key.trim_start_matches(PREFIX).to_owned(), text.to_owned());
        }
    }
    let count = |object: &Value| object["metadata"]["finalizers"].as_array().map_or(0, Vec::len);
    outcome.finalizers = i32::try_from(count(after)).unwrap() - i32::try_from(count(before)).unwrap();
    let was = conditions(before);
    outcome.conditions = conditions(after).into_iter().filter(|c| !was.contains(c)).collect();
    outcome.conditions.sort();
    outcome.seen = after["status"]["seen"].is_string();
    outcome.filled = after["spec"]["size"].is_string();
    outcome.handled = after["status"]["lastHandledReconcileAt"] == "t1";
}

fn conditions(object: &Value) -> Vec<String> {
    let text = |condition: &Value, key: &str| condition[key].as_str().unwrap_or_default().to_owned();
    let conditions = object["status"]["conditions"].as_array().into_iter().flatten();
    conditions
        .map(|c| {
            let said = format!("{}={} {}", text(c, "type"), text(c, "status"), text(c, "reason"));
            if c["message"].is_string() { format!("{said}: {}", text(c, "message")) } else { said }
        })
        .collect()
}

fn keys(data: &Value) -> Vec<String> {
    data.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect()
}
