use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::testing::{Thing, api::merge};

#[rstest]
#[case::established(json!({}), true)]
#[case::not_established_yet(json!({"status": {"conditions": [{"type": "Established", "status": "False"}]}}), false)]
#[case::another_version(json!({"spec": {"versions": [{"name": "v2", "served": true, "storage": true}]}}), false)]
#[case::a_version_that_is_not_served(json!({"spec": {"versions": [{"name": "v1", "served": false, "storage": true}]}}), false)]
#[case::being_deleted(json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}}), false)]
fn a_kind_is_served_while_its_crd_says_so(#[case] extra: Value, #[case] expected: bool) {
    let mut crd = json!({
        "metadata": {"name": "things.test.goldenpath.io"},
        "spec": {
            "group": "test.goldenpath.io", "scope": "Namespaced", "names": {"kind": "Thing", "plural": "things"},
            "versions": [{"name": "v1", "served": true, "storage": true}],
        },
        "status": {"conditions": [{"type": "Established", "status": "True"}]},
    });
    merge(&mut crd, &extra);
    assert_eq!(serves::<Thing>(&serde_json::from_value(crd).unwrap()), expected);
}
