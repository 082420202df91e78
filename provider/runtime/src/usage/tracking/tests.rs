use rstest::rstest;

use super::*;
use crate::testing::api::merge;
use crate::testing::{Thing, thing, usage};

fn group() -> ConfigGroup {
    ConfigGroup::new("config.goldenpath.io", "v1")
}

fn used() -> ProviderConfigReference {
    ProviderConfigReference { kind: "ClusterProviderConfig".into(), name: "default".into() }
}

fn decide(used: &ProviderConfigReference, stored: Option<&Value>) -> Tracking {
    let managed: Thing = serde_json::from_value(thing(&json!({}))).unwrap();
    let stored: Option<DynamicObject> = stored.map(|s| serde_json::from_value(s.clone()).unwrap());
    tracking(&group(), &managed, used, stored.as_ref())
}

fn stored(extra: &Value) -> Value {
    let mut stored = usage();
    merge(&mut stored, extra);
    stored
}

/// The owner reference with another value in one field.
fn owned(field: &str, value: &Value) -> Value {
    let mut owner = usage()["metadata"]["ownerReferences"][0].clone();
    owner[field] = value.clone();
    json!({"metadata": {"ownerReferences": [owner]}})
}

#[test]
fn a_usage_is_made_with_all_that_crossplane_reads() {
    assert_eq!(decide(&used(), None), Tracking::Record(usage()));
}

#[test]
fn a_usage_that_says_so_is_not_written() {
    assert_eq!(decide(&used(), Some(&usage())), Tracking::Recorded);
}

#[rstest]
#[case::of_another_configuration(json!({
    "providerConfigRef": {"name": "old"}, "metadata": {"labels": {"crossplane.io/provider-config": "old"}}
}))]
#[case::of_another_kind(json!({"providerConfigRef": {"kind": "ProviderConfig"}}))]
#[case::without_a_label(json!({"metadata": {"labels": {"crossplane.io/provider-config-kind": null}}}))]
#[case::blocking_the_deletion_of_its_owner(owned("blockOwnerDeletion", &json!(true)))]
#[case::restored_without_an_owner(json!({"metadata": {"ownerReferences": []}}))]
#[case::without_the_finalizer(json!({"metadata": {"finalizers": []}}))]
fn a_usage_that_says_something_else_is_put_right(#[case] extra: Value) {
    assert_eq!(decide(&used(), Some(&stored(&extra))), Tracking::Record(usage()));
}

#[rstest]
#[case::held(json!(["finalizer.providerconfigusage.crossplane.io"]), Some(json!(["finalizer.providerconfigusage.crossplane.io"])))]
#[case::let_go(json!(["other"]), None)]
fn a_usage_on_its_way_out_gets_no_finalizer(#[case] finalizers: Value, #[case] expected: Option<Value>) {
    let leaving = json!({
        "metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": finalizers},
        "providerConfigRef": {"name": "old"},
    });
    let Tracking::Record(usage) = decide(&used(), Some(&stored(&leaving))) else { panic!("it is put right") };
    assert_eq!(usage["metadata"].get("finalizers").cloned(), expected);
    let gone = json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": finalizers}});
    assert_eq!(decide(&used(), Some(&stored(&gone))), Tracking::Recorded);
}

#[rstest]
#[case::somebody_elses(used(), Some(stored(&owned("uid", &json!("u-2")))), "existing object is not controlled by UID \"u-1\"")]
#[case::of_no_kind(
    ProviderConfigReference { kind: String::new(), name: "default".into() },
    None,
    "managed resource ProviderConfig reference has no Kind"
)]
fn what_cannot_be_recorded_is_refused(
    #[case] used: ProviderConfigReference,
    #[case] stored: Option<Value>,
    #[case] message: &str,
) {
    let Tracking::Refused(fault) = decide(&used, stored.as_ref()) else { panic!("it is refused") };
    assert_eq!(fault.message, message);
    assert!(fault.remedy.is_some());
}
