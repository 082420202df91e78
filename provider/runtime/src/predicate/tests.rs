use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::testing::{Thing, thing};

fn of(extra: &Value) -> u64 {
    fingerprint(&serde_json::from_value::<Thing>(thing(extra)).unwrap())
}

#[rstest]
#[case::its_status(json!({"status": {"seen": "yes"}}))]
#[case::the_version(json!({"metadata": {"resourceVersion": "2"}}))]
#[case::the_record_of_creation(json!({"metadata": {"annotations": {
    "crossplane.io/external-create-pending": "a", "crossplane.io/external-create-succeeded": "b",
    "crossplane.io/external-create-failed": "c",
}}}))]
#[case::our_finalizer(json!({"metadata": {"finalizers": ["finalizer.managedresource.crossplane.io"]}}))]
#[case::the_default_of_the_external_name(json!({"metadata": {"annotations": {"crossplane.io/external-name": "x"}}}))]
fn what_the_runtime_writes_is_no_reason_to_reconcile(#[case] extra: Value) {
    assert_eq!(of(&extra), of(&json!({})));
}

#[rstest]
#[case::its_generation(json!({"metadata": {"generation": 2}}))]
#[case::its_labels(json!({"metadata": {"labels": {"a": "b"}}}))]
#[case::any_other_annotation(json!({"metadata": {"annotations": {"crossplane.io/reconcile-requested-at": "t"}}}))]
#[case::another_external_name(json!({"metadata": {"annotations": {"crossplane.io/external-name": "y"}}}))]
#[case::finalizers_of_others(json!({"metadata": {"finalizers": ["foregroundDeletion"]}}))]
#[case::its_deletion(json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}}))]
#[case::its_identity(json!({"metadata": {"uid": "u-2"}}))]
fn what_somebody_else_changes_is(#[case] extra: Value) {
    assert_ne!(of(&extra), of(&json!({})));
}
