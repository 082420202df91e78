//! A configuration's reconcile, against an API server that exists in memory only.

use kube::core::GroupVersionKind;
use rstest::rstest;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::*;
use crate::config_group::{CONFIG_LABEL, USAGE_FINALIZER};
use crate::event::{Event, EventTarget};
use crate::testing::api::{FakeApi, merge};
use crate::testing::thing;

/// A controller of `ProviderConfig`, as it is after its watches have shown what is there.
struct Scene {
    api: FakeApi,
    context: Arc<Context>,
    usages: reflector::store::Writer<DynamicObject>,
    events: mpsc::Receiver<(EventTarget, Event)>,
}

fn config(extra: &Value) -> Value {
    let mut config = json!({
        "apiVersion": "config.goldenpath.io/v1", "kind": "ProviderConfig",
        "metadata": {"name": "own", "namespace": "n", "generation": 3}, "spec": {},
    });
    merge(&mut config, extra);
    config
}

/// A configuration at rest, used once.
fn used(extra: &Value) -> Value {
    let mut used = config(&json!({"metadata": {"finalizers": [IN_USE_FINALIZER]}, "status": {"users": 1}}));
    merge(&mut used, extra);
    used
}

fn deleted() -> Value {
    json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:59Z"}})
}

/// The usage of `n/own` by `Thing` x.
fn usage(extra: &Value) -> Value {
    let mut usage = json!({
        "apiVersion": "config.goldenpath.io/v1", "kind": "ProviderConfigUsage",
        "metadata": {
            "name": "u-1", "namespace": "n", "finalizers": [USAGE_FINALIZER],
            "labels": {CONFIG_LABEL: "own", CONFIG_KIND_LABEL: "ProviderConfig"},
            "ownerReferences": [{
                "apiVersion": "test.goldenpath.io/v1", "kind": "Thing", "name": "x", "uid": "u-1",
                "controller": true, "blockOwnerDeletion": false,
            }],
        },
        "providerConfigRef": {"kind": "ProviderConfig", "name": "own"},
        "resourceRef": {"apiVersion": "test.goldenpath.io/v1", "kind": "Thing", "name": "x"},
    });
    merge(&mut usage, extra);
    usage
}

fn orphaned() -> Value {
    json!({"metadata": {"name": "old", "ownerReferences": []}})
}

// === impl Scene ===

impl Scene {
    fn of(objects: &[Value]) -> Self {
        let api = FakeApi::default();
        for object in objects {
            api.put(object.clone());
        }
        let kind =
            ApiResource::from_gvk(&GroupVersionKind::gvk("config.goldenpath.io", "v1", "ProviderConfig"));
        let (runtime, events) = crate::testing::runtime(&api);
        let usages = reflector::store::Writer::new(runtime.options.config_group.usages());
        let context = Arc::new(Context { runtime, kind, usages: usages.as_reader() });
        Self { api, context, usages, events }
    }

    /// Lets the watch show what the API server has.
    fn watched(mut self) -> Self {
        self.usages.apply_watcher_event(&watcher::Event::Init);
        for name in ["u-1", "u-2", "old"] {
            if let Some(usage) = self.api.get(&format!("providerconfigusages/{name}")) {
                let usage = serde_json::from_value(usage).unwrap();
                self.usages.apply_watcher_event(&watcher::Event::InitApply(usage));
            }
        }
        self.usages.apply_watcher_event(&watcher::Event::InitDone);
        self
    }

    async fn reconcile(&self) -> Result<Action, kube::Error> {
        let config = self.config().expect("the configuration exists");
        reconcile(Arc::new(serde_json::from_value(config).unwrap()), Arc::clone(&self.context)).await
    }

    fn config(&self) -> Option<Value> {
        self.api.get("providerconfigs/own")
    }

    fn usage(&self, name: &str) -> Value {
        self.api.get(&format!("providerconfigusages/{name}")).expect("the usage exists")
    }

    fn writes(&self) -> Vec<String> {
        self.api.writes().into_iter().map(|w| w.request).collect()
    }
}

#[tokio::test]
async fn a_configuration_is_held_before_anybody_uses_it_and_at_rest_nothing_is_written() {
    let scene = Scene::of(&[config(&json!({}))]).watched();
    assert_eq!(scene.reconcile().await.unwrap(), Action::await_change());
    let held = scene.config().unwrap();
    assert_eq!(held["metadata"]["finalizers"], json!(["in-use.crossplane.io"]));
    assert_eq!(held["status"], json!({"users": 0}));
    assert_eq!(scene.writes(), ["PATCH providerconfigs/own", "PATCH providerconfigs/own/status"]);

    assert_eq!(scene.reconcile().await.unwrap(), Action::await_change());
    assert_eq!(scene.writes(), [""; 0]);
}

#[tokio::test]
async fn a_configuration_that_is_used_stays_when_deleted_and_says_why() {
    let mut scene = Scene::of(&[used(&deleted()), usage(&json!({}))]).watched();
    assert_eq!(scene.reconcile().await.unwrap(), Action::await_change());
    let terminating = json!({
        "type": "Terminating", "status": "True", "reason": "InUse", "observedGeneration": 3,
        "lastTransitionTime": "2026-01-01T00:01:00Z", "message": "Blocking deletion while usages still exist",
    });
    assert_eq!(scene.config().unwrap()["status"], json!({"users": 1, "conditions": [terminating]}));
    let (source, note) = scene.events.try_recv().unwrap();
    assert_eq!(note, Event::warning("UsageAccounting", "Blocking deletion while usages still exist"));
    assert_eq!(source.component, "providerconfig/providerconfig.config.goldenpath.io");

    scene.writes();
    scene.reconcile().await.unwrap();
    assert_eq!(scene.writes(), [""; 0], "it is told once");
}

#[tokio::test]
async fn a_configuration_that_nobody_uses_any_more_goes() {
    let scene = Scene::of(&[used(&deleted())]).watched();
    scene.reconcile().await.unwrap();
    assert_eq!(scene.config(), None);
}

/// As while a package is being removed: its CRDs go in any order.
#[tokio::test]
async fn a_configuration_goes_when_the_kind_of_its_usages_has_gone_before() {
    let scene = Scene::of(&[used(&deleted())]).watched();
    scene.api.refuse_after(0, "GET providerconfigusages", 404);
    scene.reconcile().await.unwrap();
    assert_eq!(scene.config(), None);
}

#[tokio::test]
async fn a_usage_that_the_watch_has_not_shown_keeps_a_configuration_that_is_deleted() {
    let scene = Scene::of(&[used(&deleted())]).watched();
    scene.api.put(usage(&json!({})));
    scene.reconcile().await.unwrap();
    assert_eq!(scene.config().unwrap()["metadata"]["finalizers"], json!([IN_USE_FINALIZER]));
}

#[tokio::test]
async fn nothing_is_counted_before_the_usages_are_known() {
    let scene = Scene::of(&[used(&json!({})), usage(&json!({}))]);
    assert_eq!(scene.reconcile().await.unwrap(), Action::requeue(BEFORE_USAGES));
    assert_eq!(scene.writes(), [""; 0]);
}

#[tokio::test]
async fn a_usage_on_its_way_out_is_held_until_its_managed_resource_is_gone() {
    let scene = Scene::of(&[used(&json!({})), usage(&deleted()), thing(&json!({}))]).watched();
    assert_eq!(scene.reconcile().await.unwrap(), Action::requeue(SHORT_WAIT));
    assert_eq!(scene.writes(), [""; 0]);

    // As after a crash between the managed resource's finalizer and the usage's.
    let scene = Scene::of(&[used(&deleted()), usage(&deleted())]).watched();
    assert_eq!(scene.reconcile().await.unwrap(), Action::await_change());
    assert_eq!(scene.api.get("providerconfigusages/u-1"), None, "the reaper lets it go");
    assert_eq!(scene.config(), None, "and the configuration with it");
}

#[tokio::test]
async fn a_usage_restored_without_an_owner_gets_it_back() {
    let scene =
        Scene::of(&[used(&json!({})), usage(&json!({})), usage(&orphaned()), thing(&json!({}))]).watched();
    scene.reconcile().await.unwrap();
    assert_eq!(
        scene.usage("old")["metadata"]["ownerReferences"],
        usage(&json!({}))["metadata"]["ownerReferences"]
    );
    assert_eq!(
        scene.writes(),
        ["PATCH providerconfigusages/old"],
        "two usages of one managed resource are one user"
    );
}

#[rstest]
#[case::held(json!({}))]
#[case::let_go(json!({"metadata": {"finalizers": null}}))]
#[tokio::test]
async fn a_usage_without_an_owner_whose_managed_resource_is_gone_is_left_to_the_garbage_collector(
    #[case] extra: Value,
) {
    let mut usage = usage(&orphaned());
    merge(&mut usage, &extra);
    let scene = Scene::of(&[used(&json!({"status": {"users": 0}})), usage]).watched();
    scene.reconcile().await.unwrap();
    let left = &scene.usage("old")["metadata"];
    let gone = json!({
        "apiVersion": "test.goldenpath.io/v1", "kind": "Thing", "name": "x", "uid": "old", "blockOwnerDeletion": false,
    });
    assert_eq!(left["ownerReferences"], json!([gone]), "what is owned by the gone alone is removed");
    assert!(left["finalizers"].as_array().is_none_or(Vec::is_empty), "{left}");
    assert_eq!(scene.writes(), ["PATCH providerconfigusages/old"], "it does not count");

    let scene = scene.watched();
    scene.reconcile().await.unwrap();
    assert_eq!(scene.writes(), [""; 0], "once");
}

#[tokio::test]
async fn a_restored_usage_of_a_managed_resource_that_is_gone_neither_counts_nor_stays_held() {
    let scene = Scene::of(&[used(&deleted()), usage(&orphaned())]).watched();
    scene.reconcile().await.unwrap();
    assert_eq!(scene.usage("old")["metadata"]["finalizers"], json!([]));
    assert_eq!(scene.config(), None);
}

#[tokio::test]
async fn what_somebody_else_has_changed_meanwhile_is_not_overwritten() {
    let scene = Scene::of(&[config(&json!({}))]).watched();
    let stale: DynamicObject = serde_json::from_value(scene.config().unwrap()).unwrap();
    scene.api.put(config(&json!({"metadata": {"finalizers": ["other"]}})));
    let failed = reconcile(Arc::new(stale), Arc::clone(&scene.context)).await.unwrap_err();
    assert!(matches!(&failed, kube::Error::Api(status) if status.is_conflict()), "{failed}");
    assert_eq!(scene.config().unwrap()["metadata"]["finalizers"], json!(["other"]));
}

#[rstest]
#[case::of_another_configuration(json!({"metadata": {"labels": {CONFIG_LABEL: "other"}}}))]
#[case::of_another_namespace(json!({"metadata": {"namespace": "m"}}))]
#[tokio::test]
async fn a_usage_of_something_else_does_not_count(#[case] extra: Value) {
    let scene = Scene::of(&[config(&json!({})), usage(&extra)]).watched();
    scene.reconcile().await.unwrap();
    assert_eq!(scene.config().unwrap()["status"]["users"], json!(0));
}
