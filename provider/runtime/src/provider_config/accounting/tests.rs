use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::testing::api::merge;

fn object(value: Value) -> DynamicObject {
    serde_json::from_value(value).unwrap()
}

fn usage(extra: &Value) -> Arc<DynamicObject> {
    let mut usage = json!({
        "metadata": {
            "name": "u-1", "namespace": "n", "labels": {"crossplane.io/provider-config": "default"},
            "finalizers": [USAGE_FINALIZER],
            "ownerReferences": [{"apiVersion": "v1", "kind": "Thing", "name": "x", "uid": "u-1", "controller": true}],
        },
        "resourceRef": {"apiVersion": "test.goldenpath.io/v1", "kind": "Thing", "name": "x"},
    });
    merge(&mut usage, extra);
    Arc::new(object(usage))
}

#[rstest]
#[case::in_use(json!({}), (1, 0))]
#[case::of_another_configuration(json!({"metadata": {"labels": {"crossplane.io/provider-config": "other"}}}), (0, 0))]
#[case::restored_without_an_owner(json!({"metadata": {"ownerReferences": []}}), (0, 0))]
#[case::on_its_way_out(json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}}), (1, 1))]
#[case::kept_by_somebody_else(json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": ["o"]}}), (1, 0))]
fn usages_are_counted(#[case] extra: Value, #[case] expected: (i64, usize)) {
    let config = object(json!({"metadata": {"name": "default"}}));
    let Account { users, leaving } = account(&config, &[usage(&extra)]);
    assert_eq!((users, leaving.len()), expected);
}

#[test]
fn a_configuration_of_a_namespace_is_used_in_it_only() {
    let config = object(json!({"metadata": {"name": "default", "namespace": "other"}}));
    assert_eq!(account(&config, &[usage(&json!({}))]).users, 0);
}

#[test]
fn a_usage_names_its_managed_resource() {
    let usage = usage(&json!({}));
    let expected = ResourceReference { api_version: "test.goldenpath.io/v1", kind: "Thing", name: "x" };
    assert_eq!(resource(&usage), expected);
}
