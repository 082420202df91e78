use rstest::rstest;

use super::*;
use crate::config_group::{CONFIG_LABEL, USAGE_FINALIZER};
use crate::provider_config::observed_usage::ResourceState;
use crate::testing::api::merge;
use crate::testing::now;

fn object(value: Value) -> DynamicObject {
    serde_json::from_value(value).unwrap()
}

fn config(extra: &Value) -> DynamicObject {
    let mut config =
        json!({"metadata": {"name": "default", "finalizers": [IN_USE_FINALIZER]}, "status": {"users": 0}});
    merge(&mut config, extra);
    object(config)
}

fn user(extra: &Value, resource: ResourceState) -> ObservedUsage {
    let mut usage = json!({
        "metadata": {
            "name": "u-1", "namespace": "n", "labels": {CONFIG_LABEL: "default"}, "finalizers": [USAGE_FINALIZER],
            "ownerReferences": [{"apiVersion": "v1", "kind": "Thing", "name": "x", "uid": "u-1", "controller": true}],
        },
        "resourceRef": {"apiVersion": "test.goldenpath.io/v1", "kind": "Thing", "name": "x"},
    });
    merge(&mut usage, extra);
    ObservedUsage { usage: Arc::new(object(usage)), resource }
}

fn decide(config: &DynamicObject, users: &[ObservedUsage]) -> Plan {
    plan(config, users, &Time(now()))
}

fn leaving() -> Value {
    json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}})
}

fn unowned() -> Value {
    json!({"metadata": {"ownerReferences": []}})
}

/// What is decided, in a word each.
fn words(plan: &Plan) -> (Vec<&'static str>, Recheck) {
    let word = |action: &Action| match action {
        Action::Attach(..) => "attach",
        Action::Release(_) => "release",
        Action::Discard(..) => "discard",
        Action::AddFinalizer => "add finalizer",
        Action::RemoveFinalizer => "remove finalizer",
        Action::RecordInUse => "in use",
        Action::WriteStatus(_) => "status",
    };
    (plan.actions.iter().map(word).collect(), plan.recheck)
}

#[rstest]
#[case::unused(vec![], &[], &["remove finalizer"], Recheck::OnChange)]
#[case::in_use(vec![user(&json!({}), ResourceState::NotLookedUp)], &["status"], &["in use", "status"], Recheck::OnChange)]
#[case::leaving(vec![user(&leaving(), ResourceState::Exists("u-1".into()))], &["status"], &["in use", "status"], Recheck::Soon)]
#[case::reaped(vec![user(&leaving(), ResourceState::Gone)], &["release"], &["release", "remove finalizer"], Recheck::OnChange)]
#[case::made_again(vec![user(&leaving(), ResourceState::Exists("u-2".into()))], &["release"], &["release", "remove finalizer"], Recheck::OnChange)]
#[case::of_a_kind_nobody_knows(vec![user(&leaving(), ResourceState::Foreign)], &["status"], &["in use", "status"], Recheck::OnChange)]
#[case::restored(vec![user(&unowned(), ResourceState::Exists("u-9".into()))], &["attach", "status"], &["attach", "in use", "status"], Recheck::OnChange)]
#[case::restored_for_nobody(vec![user(&unowned(), ResourceState::Gone)], &["discard"], &["discard", "remove finalizer"], Recheck::OnChange)]
#[case::restored_of_a_kind_nobody_knows(vec![user(&unowned(), ResourceState::Foreign)], &[], &["remove finalizer"], Recheck::OnChange)]
fn a_configuration_stays_while_it_is_used(
    #[case] users: Vec<ObservedUsage>,
    #[case] living: &[&str],
    #[case] deleted: &[&str],
    #[case] recheck: Recheck,
) {
    assert_eq!(words(&decide(&config(&json!({})), &users)), (living.to_vec(), recheck));
    assert_eq!(words(&decide(&config(&leaving()), &users)), (deleted.to_vec(), recheck));
}

#[rstest]
#[case::at_rest(json!({}), &[])]
#[case::fresh(json!({"metadata": {"finalizers": null}, "status": null}), &["add finalizer", "status"])]
#[case::restored_after_its_deletion(json!({"status": {"conditions": [{"type": "Terminating", "status": "True",
    "reason": "InUse", "lastTransitionTime": "2026-01-01T00:00:00Z"}]}}), &["status"])]
#[case::deleted_and_already_let_go(json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": ["other"]}}), &[])]
fn a_configuration_is_written_only_where_it_differs(#[case] extra: Value, #[case] expected: &[&str]) {
    assert_eq!(words(&decide(&config(&extra), &[])), (expected.to_vec(), Recheck::OnChange));
}

#[test]
fn two_usages_of_one_managed_resource_are_one_user() {
    let restored = json!({"metadata": {"name": "old"}});
    let users = [user(&json!({}), ResourceState::NotLookedUp), user(&restored, ResourceState::NotLookedUp)];
    let expected = Action::WriteStatus(json!({"users": 1}));
    assert_eq!(decide(&config(&json!({})), &users).actions, [expected]);
}

#[rstest]
#[case::in_use(json!({}), false)]
#[case::on_its_way_out(leaving(), true)]
#[case::on_its_way_out_and_kept_by_somebody_else(json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": ["o"]}}), false)]
#[case::restored(unowned(), true)]
fn only_what_is_in_doubt_is_looked_up(#[case] extra: Value, #[case] is_doubted: bool) {
    assert_eq!(user(&extra, ResourceState::NotLookedUp).needs_lookup().is_some(), is_doubted);
}
