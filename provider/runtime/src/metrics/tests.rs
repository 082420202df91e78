use std::collections::BTreeSet;
use std::fmt::Write;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use k8s_openapi::jiff::SignedDuration;
use prometheus_client::encoding::text::encode;
use serde_json::{Value, json};
use tower::{Layer, ServiceExt};

use super::*;
use crate::testing::{Thing, thing};

fn scrape(registry: &Registry) -> String {
    let mut page = String::new();
    encode(&mut page, registry).unwrap();
    page
}

#[track_caller]
fn assert_reports(registry: &Registry, line: &str) {
    let page = scrape(registry);
    assert!(page.lines().any(|l| l == line), "{line} is not in\n{page}");
}

/// A page without values: a line of name, type, labels and bounds for each metric, and its help.
fn list(page: &str) -> String {
    let mut list = String::new();
    for family in page.trim_end_matches("# EOF\n").split("# HELP ").skip(1) {
        let mut lines = family.lines();
        let (name, help) = lines.next().unwrap().split_once(' ').unwrap();
        let r#type = lines.next().unwrap().rsplit_once(' ').unwrap().1;
        let labels: Vec<_> = lines.map(labels).collect();
        let names: BTreeSet<_> = labels.iter().flatten().map(|l| l.0).filter(|n| *n != "le").collect();
        let names: Vec<_> = names.into_iter().collect();
        let suffix = if r#type == "counter" { "_total" } else { "" };
        write!(list, "{name}{suffix} {}{{{}}}", r#type, names.join(", ")).unwrap();
        let mut bounds = Vec::new();
        for (_, bound) in labels.iter().flatten().filter(|l| l.0 == "le" && l.1 != "+Inf") {
            if !bounds.contains(bound) {
                bounds.push(*bound);
            }
        }
        if !bounds.is_empty() {
            write!(list, " {}", bounds.join(" ")).unwrap();
        }
        write!(list, "\n    {}\n", help.trim_end_matches('.')).unwrap();
    }
    list
}

/// The names and values of a sample's labels.
fn labels(sample: &str) -> Vec<(&str, &str)> {
    let labels = sample.split_once('{').map_or("", |(_, labels)| labels);
    let parts: Vec<_> = labels.split('"').collect();
    let (pairs, _) = parts.as_chunks::<2>();
    pairs.iter().map(|[name, value]| (name.trim_matches([',', '=']), *value)).collect()
}

fn object(uid: &str, conditions: &Value) -> Thing {
    let extra = json!({"metadata": {"uid": uid}, "status": {"conditions": conditions}});
    serde_json::from_value(thing(&extra)).unwrap()
}

fn condition(r#type: &str) -> Value {
    json!({"type": r#type, "status": "True", "reason": "R", "lastTransitionTime": "2026-01-01T00:00:00Z"})
}

fn panic_in(controller: &ControllerMetrics) {
    let reconcile = AssertUnwindSafe(|| {
        let _reconciling = controller.begin();
        std::panic::resume_unwind(Box::new("a bug"));
    });
    assert!(std::panic::catch_unwind(reconcile).is_err());
}

/// Measures everything once.
async fn measure_everything(metrics: &Metrics) {
    let (kind, took) = (Kind::of::<Thing>(), SignedDuration::from_secs(7));
    metrics.managed.first_reconcile(&kind, took);
    metrics.managed.first_readiness(&kind, took);
    metrics.managed.deletion(&kind, took);
    metrics.managed.drift(&kind, took);
    metrics.tally(&kind).count(None, Some(Standing::of(&object("u", &json!([])))));
    let controller = metrics.controller("managed/things");
    controller.has_workers(10);
    controller.added();
    controller.retried();
    controller.depth(0, 1);
    controller.waited(Duration::from_millis(5));
    for ended in [Ended::Success, Ended::RequeueAfter, Ended::Error, Ended::Terminal, Ended::Timeout] {
        controller.ended(ended);
    }
    panic_in(&controller);
    metrics.changes.count(Delivery::Sent);
    metrics.leads("lease", true);
    let service = metrics.count_requests().layer(tower::service_fn(async |_: hyper::Request<()>| {
        Ok::<_, std::convert::Infallible>(hyper::Response::new(()))
    }));
    let request = hyper::Request::get("https://kubernetes:6443/api").body(()).unwrap();
    service.oneshot(request).await.unwrap();
}

#[tokio::test]
async fn names_types_labels_bounds_and_helps_are_those_of_the_list() {
    let mut registry = Registry::default();
    measure_everything(&Metrics::new(&mut registry, UpjetMetrics::Served)).await;
    let fresh = list(&scrape(&registry));
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("metrics.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &fresh).unwrap();
    }
    let listed = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(listed, fresh, "metrics.txt is out of date; run `make update`");
}

#[tokio::test]
async fn the_names_of_upjet_can_be_left_out() {
    let mut registry = Registry::default();
    measure_everything(&Metrics::new(&mut registry, UpjetMetrics::Omitted)).await;
    assert!(!scrape(&registry).contains("upjet_"));
}

#[test]
fn objects_are_counted_as_their_watch_reports() {
    let mut registry = Registry::default();
    let metrics = Metrics::new(&mut registry, UpjetMetrics::Omitted);
    let tally = metrics.tally(&Kind::of::<Thing>());
    let (ready, synced) = (condition("Ready"), condition("Synced"));
    let counts = |exists: u8, ready: u8, synced: u8| {
        for (name, count) in [("exists", exists), ("ready", ready), ("synced", synced)] {
            let label = r#"{gvk="test.goldenpath.io/v1, Kind=Thing"}"#;
            assert_reports(&registry, &format!("crossplane_managed_resource_{name}{label} {count}"));
        }
    };

    let standing = |conditions: Value| Some(Standing::of(&object("a", &conditions)));
    let (new, in_sync, all_well) =
        (standing(json!([])), standing(json!([synced])), standing(json!([ready, synced])));
    counts(0, 0, 0);
    tally.count(None, new);
    tally.count(None, all_well);
    counts(2, 1, 1);
    tally.count(new, in_sync);
    counts(2, 1, 2);
    tally.count(all_well, None);
    counts(1, 0, 1);
    tally.count(in_sync, all_well);
    counts(1, 1, 1);
    drop(tally);
    counts(0, 0, 0);
}

#[test]
fn a_reconcile_is_measured_while_it_runs() {
    let mut registry = Registry::default();
    let controller = Metrics::new(&mut registry, UpjetMetrics::Omitted).controller("c");
    let longest = |registry: &Registry| {
        let name = r#"workqueue_longest_running_processor_seconds{name="c",controller="c"} "#;
        let page = scrape(registry);
        let line = page.lines().find(|l| l.starts_with(name)).unwrap();
        line[name.len()..].parse::<f64>().unwrap()
    };
    let reconciling = controller.begin();
    assert_reports(&registry, r#"controller_runtime_active_workers{controller="c"} 1"#);
    assert!(longest(&registry) > 0.0);
    drop(reconciling);
    assert_reports(&registry, r#"controller_runtime_active_workers{controller="c"} 0"#);
    assert_reports(&registry, r#"controller_runtime_reconcile_time_seconds_count{controller="c"} 1"#);
    assert!(longest(&registry).abs() < f64::EPSILON);
}

#[test]
fn a_panic_is_an_error_of_its_own_kind() {
    let mut registry = Registry::default();
    let controller = Metrics::new(&mut registry, UpjetMetrics::Omitted).controller("c");
    panic_in(&controller);
    assert_reports(&registry, r#"controller_runtime_reconcile_panics_total{controller="c"} 1"#);
    assert_reports(&registry, r#"controller_runtime_reconcile_errors_total{controller="c"} 1"#);
    assert_reports(&registry, r#"controller_runtime_reconcile_total{controller="c",result="error"} 1"#);
}
