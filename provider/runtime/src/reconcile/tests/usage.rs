//! The usage of the configuration (R184).

use goldenpath_provider_core::{Fault, Readiness};
use serde_json::json;

use super::*;
use crate::ConfigGroup;
use crate::testing::{present, thing, usage};

#[tokio::test]
async fn a_usage_is_recorded_with_owner_labels_and_finalizer() {
    let mut scene = Scene::<true>::of(&thing(&json!({})));
    scene.reconcile().await;
    let mut expected = usage();
    expected["metadata"]["resourceVersion"] = json!("2");
    assert_eq!(scene.api.get("providerconfigusages/u-1"), Some(expected));
}

#[tokio::test]
async fn the_usage_is_recorded_before_the_connection_is_made() {
    let mut scene = Scene::<true>::of(&thing(&json!({})));
    scene.world().connect = Err(Fault::user("ProviderConfigMissing", "no such ProviderConfig"));
    scene.reconcile().await;
    assert_eq!(writes(&scene), [USAGE, STATUS]);
    assert_eq!(scene.calls(), [""; 0]);
}

#[tokio::test]
async fn a_provider_without_configurations_records_no_usage() {
    let mut scene = Scene::<true>::of(&thing(&json!({}))).seeing(present(Readiness::Available));
    scene.context.runtime.options.config_group = ConfigGroup::none();
    scene.reconcile().await;
    assert_eq!(writes(&scene), [METADATA, STATUS]);
}

fn config(deleted: &str) -> serde_json::Value {
    json!({
        "apiVersion": "config.goldenpath.io/v1", "kind": "ClusterProviderConfig",
        "metadata": {"name": "default", "deletionTimestamp": deleted},
    })
}

#[tokio::test]
async fn a_configuration_that_goes_takes_nothing_that_is_made_after_it() {
    let mut scene = Scene::<true>::of(&thing(&json!({})));
    scene.api.put(config("2026-01-01T00:00:49Z"));
    scene.reconcile().await;
    let message = "ClusterProviderConfig default is being deleted and takes no managed resource that is \
                   made after it";
    assert_eq!(scene.api.get("things/x").unwrap()["status"]["conditions"][0], failed(message));
    assert_eq!(writes(&scene), [STATUS]);
    assert_eq!(scene.calls(), [""; 0]);
}

#[tokio::test]
async fn what_was_there_before_a_configuration_goes_keeps_it() {
    let mut scene = Scene::<true>::of(&thing(&json!({}))).seeing(present(Readiness::Available));
    scene.api.put(config("2026-01-01T00:00:51Z"));
    scene.reconcile().await;
    assert_eq!(writes(&scene), [USAGE, METADATA, STATUS]);
}
