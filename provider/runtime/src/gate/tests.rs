//! Controllers on a cluster whose CRDs come and go, in paused time.

use std::sync::Mutex;
use std::time::Duration;

use rstest::rstest;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::*;
use crate::testing::api::{FakeApi, merge};

/// A gate, and what it has done: `+` for a start, `-` for a stop.
struct Gated {
    api: FakeApi,
    shutdown: CancellationToken,
    done: Arc<Mutex<String>>,
    ended: JoinHandle<()>,
}

fn kind(kind: &str) -> ApiResource {
    let gvk = kube::core::GroupVersionKind::gvk("test.goldenpath.io", "v1", kind);
    ApiResource::from_gvk(&gvk)
}

fn crd(plural: &str, extra: &Value) -> Value {
    let mut crd = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("{plural}.test.goldenpath.io")},
        "spec": {
            "group": "test.goldenpath.io", "scope": "Namespaced", "names": {"kind": "Thing", "plural": plural},
            "versions": [{"name": "v1", "served": true, "storage": true}],
        },
        "status": {"conditions": [{"type": "Established", "status": "True"}]},
    });
    merge(&mut crd, extra);
    crd
}

fn path(plural: &str) -> String {
    format!("customresourcedefinitions/{plural}.test.goldenpath.io")
}

fn deleted() -> Value {
    json!({"metadata": {
        "deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": ["customresourcecleanup.apiextensions.k8s.io"],
    }})
}

// === impl Gated ===

impl Gated {
    /// A controller of things that also needs others.
    fn on(crds: &[Value]) -> Self {
        Self::with(crds, &RequiredKinds { own: kind("Thing"), others: vec![kind("Other")] })
    }

    fn with(crds: &[Value], kinds: &RequiredKinds) -> Self {
        let api = FakeApi::default();
        // Only who finds a CRD may read it.
        api.put(crd("unrelated", &json!({})));
        for crd in crds {
            api.put(crd.clone());
        }
        Self::at(api, kinds)
    }

    fn at(api: FakeApi, kinds: &RequiredKinds) -> Self {
        let (shutdown, done) = (CancellationToken::new(), Arc::new(Mutex::new(String::new())));
        let gate = Gate::new(api.client(), shutdown.clone());
        let (kinds, told) = (kinds.clone(), Arc::clone(&done));
        let ended = tokio::spawn(async move {
            let drive = |stop: CancellationToken| async {
                told.lock().unwrap().push('+');
                stop.cancelled_owned().await;
                told.lock().unwrap().push('-');
            };
            gate.while_served(&kinds, drive).await;
        });
        Self { api, shutdown, done, ended }
    }

    /// What was done up to now, once it has settled.
    async fn done(&self) -> String {
        sleep(Duration::from_secs(1)).await;
        self.done.lock().unwrap().clone()
    }
}

#[rstest]
#[case::established(json!({}), true)]
#[case::not_established_yet(json!({"status": {"conditions": [{"type": "Established", "status": "False"}]}}), false)]
#[case::without_any_condition(json!({"status": null}), false)]
#[case::another_version(json!({"spec": {"versions": [{"name": "v2", "served": true, "storage": true}]}}), false)]
#[case::a_version_that_is_not_served(json!({"spec": {"versions": [{"name": "v1", "served": false, "storage": true}]}}), false)]
#[case::being_deleted_with_objects_left(deleted(), true)]
fn a_kind_is_served_while_its_crd_says_so(#[case] extra: Value, #[case] expected: bool) {
    let crd = serde_json::from_value(crd("things", &extra)).unwrap();
    assert_eq!(crd::serves(&crd, &kind("Thing")), expected);
}

#[rstest]
#[case::nothing(false, [false, false], (false, true))]
#[case::one_of_the_others_is_missing(true, [true, false], (false, false))]
#[case::its_own_is_missing(false, [true, true], (false, true))]
#[case::everything(true, [true, true], (true, false))]
fn a_controller_starts_with_all_it_needs_and_stops_without_its_own_kind(
    #[case] own: bool,
    #[case] others: [bool; 2],
    #[case] start_and_stop: (bool, bool),
) {
    let served = Served { own, others: others.to_vec() };
    assert_eq!((served.may_start(), served.must_stop()), start_and_stop);
}

#[tokio::test(start_paused = true)]
async fn a_controller_starts_at_once_where_its_kinds_are_served_and_later_where_not() {
    let gated = Gated::on(&[crd("things", &json!({})), crd("others", &json!({}))]);
    assert_eq!(gated.done().await, "+");

    let gated = Gated::on(&[crd("things", &json!({}))]);
    assert_eq!(gated.done().await, "");
    gated.api.put(crd("others", &json!({"status": null})));
    assert_eq!(gated.done().await, "", "it is there, and not established");
    gated.api.put(crd("others", &json!({})));
    assert_eq!(gated.done().await, "+");
}

#[tokio::test(start_paused = true)]
async fn a_controller_stays_while_its_crd_waits_for_its_objects_and_comes_back_with_it() {
    let gated = Gated::with(&[crd("things", &json!({}))], &RequiredKinds::only(kind("Thing")));
    assert_eq!(gated.done().await, "+");
    gated.api.put(crd("things", &deleted()));
    assert_eq!(gated.done().await, "+", "finalizers are to be lifted");
    gated.api.remove(&path("things"));
    assert_eq!(gated.done().await, "+-");
    gated.api.put(crd("things", &json!({})));
    assert_eq!(gated.done().await, "+-+");
    gated.api.put(crd(
        "things",
        &json!({"spec": {"versions": [{"name": "v1", "served": false, "storage": true}]}}),
    ));
    assert_eq!(gated.done().await, "+-+-");
}

/// As after a restart in the middle: the objects that are left need somebody.
#[tokio::test(start_paused = true)]
async fn a_controller_starts_beside_a_crd_that_waits_for_its_objects() {
    let gated = Gated::with(&[crd("things", &deleted())], &RequiredKinds::only(kind("Thing")));
    assert_eq!(gated.done().await, "+");
}

#[tokio::test(start_paused = true)]
async fn another_kind_that_goes_first_takes_nothing_along() {
    let gated = Gated::on(&[crd("things", &json!({})), crd("others", &json!({}))]);
    assert_eq!(gated.done().await, "+");
    gated.api.remove(&path("others"));
    assert_eq!(gated.done().await, "+");
    gated.api.remove(&path("things"));
    assert_eq!(gated.done().await, "+-");
    gated.api.put(crd("things", &json!({})));
    assert_eq!(gated.done().await, "+-", "it needs the other one to begin");
}

#[tokio::test(start_paused = true)]
async fn who_may_not_read_crds_starts_without_them() {
    let gated = Gated::at(FakeApi::default(), &RequiredKinds::only(kind("Thing")));
    assert_eq!(gated.done().await, "+");
    assert!(gated.api.questions().is_empty(), "it does not watch them, either");
    gated.shutdown.cancel();
    gated.ended.await.unwrap();
    assert_eq!(*gated.done.lock().unwrap(), "+-");
}

#[tokio::test(start_paused = true)]
async fn the_right_to_read_crds_is_asked_for_once_a_process() {
    let api = FakeApi::default();
    let gate = Gate::new(api.client(), CancellationToken::new());
    let clone = gate.clone();
    let (one, two) = tokio::join!(gate.may_read(), clone.may_read());
    assert_eq!((one, two), (false, false));
    api.put(crd("things", &json!({})));
    assert!(!gate.may_read().await, "the answer stays");
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_ends_a_controller_that_runs_and_one_that_waits() {
    for crds in [vec![crd("things", &json!({})), crd("others", &json!({}))], Vec::new()] {
        let gated = Gated::on(&crds);
        gated.done().await;
        gated.shutdown.cancel();
        gated.ended.await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn crds_are_watched_as_metadata_each_by_its_name() {
    let gated = Gated::on(&[crd("things", &json!({})), crd("others", &json!({}))]);
    gated.done().await;
    let questions = gated.api.questions();
    assert!(!questions.is_empty());
    for question in questions {
        assert!(question.metadata, "{question:?}");
        let name = question.name.as_deref();
        let expected = ["things.test.goldenpath.io", "others.test.goldenpath.io"];
        assert!(name.is_some_and(|name| expected.contains(&name)), "{question:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_crd_that_cannot_be_read_is_read_again() {
    let gated = Gated::with(&[crd("things", &json!({"status": null}))], &RequiredKinds::only(kind("Thing")));
    assert_eq!(gated.done().await, "");
    gated.api.fail("GET customresourcedefinitions", 500);
    gated.api.put(crd("things", &json!({})));
    assert_eq!(gated.done().await, "");
    sleep(Duration::from_secs(5)).await;
    assert_eq!(gated.done().await, "+");
}

#[tokio::test(start_paused = true)]
async fn an_api_server_without_an_answer_is_asked_again_whether_crds_may_be_read() {
    let api = FakeApi::default();
    api.put(crd("unrelated", &json!({})));
    for _ in 0..2 {
        api.fail("POST selfsubjectaccessreviews", 500);
    }
    let gated = Gated::at(api, &RequiredKinds::only(kind("Thing")));
    sleep(Duration::from_secs(20)).await;
    assert_eq!(gated.done().await, "", "its kind is not served");
    gated.api.put(crd("things", &json!({})));
    assert_eq!(gated.done().await, "+");
}
