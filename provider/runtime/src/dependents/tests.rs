use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::testing::{Thing, thing};

fn known(extra: &Value) -> Dependencies {
    Dependencies::of(&"Thing".into(), &serde_json::from_value::<Thing>(thing(extra)).unwrap())
}

fn item(name: &str) -> Item {
    let name = ObjectName { namespace: "n".into(), name: name.into() };
    Item { kind: "Thing".into(), name: Arc::new(name) }
}

fn object(name: &str) -> Dependency {
    let name = ObjectName { namespace: "n".into(), name: name.into() };
    Dependency::Object { kind: GroupKind::of::<Thing>(), name }
}

fn config(kind: &str, namespace: Option<&str>, name: &str) -> Dependency {
    Dependency::Config { kind: kind.into(), namespace: namespace.map(Into::into), name: name.into() }
}

fn dependents(of: &Dependents, target: &Dependency) -> Vec<Item> {
    of.of(target).cloned().collect()
}

#[test]
fn an_object_depends_on_its_configuration_and_on_what_it_refers_to() {
    let of_cluster = config("ClusterProviderConfig", None, "default");
    assert_eq!(known(&json!({"spec": {"size": "y"}})).dependencies, [of_cluster, object("y")]);
    let own = json!({"spec": {"providerConfigRef": {"kind": "ProviderConfig", "name": "p"}}});
    assert_eq!(known(&own).dependencies, [config("ProviderConfig", Some("n"), "p")]);
}

#[test]
fn a_kind_of_another_group_is_another_kind() {
    let mut dependents_of = Dependents::default();
    dependents_of.put(item("x"), known(&json!({"spec": {"size": "y"}})));
    let Dependency::Object { kind, name } = object("y") else { unreachable!() };
    let namesake = Dependency::Object { kind: GroupKind { group: "other.example.org".into(), ..kind }, name };
    assert_eq!(dependents(&dependents_of, &namesake), []);
    assert_eq!(dependents(&dependents_of, &object("y")), [item("x")]);
}

#[test]
fn objects_that_use_one_configuration_share_their_turns() {
    let own = json!({"spec": {"providerConfigRef": {"kind": "ProviderConfig", "name": "default"}}});
    assert_eq!(known(&json!({})).flow, known(&json!({"metadata": {"name": "y"}})).flow);
    assert_ne!(known(&json!({})).flow, known(&own).flow);
    let mut elsewhere = own.clone();
    crate::testing::api::merge(&mut elsewhere, &json!({"metadata": {"namespace": "m"}}));
    assert_ne!(known(&own).flow, known(&elsewhere).flow);
}

#[test]
fn what_an_object_depends_on_now_counts() {
    let mut dependents_of = Dependents::default();
    dependents_of.put(item("x"), known(&json!({"spec": {"size": "a"}})));
    dependents_of.put(item("x"), known(&json!({"spec": {"size": "b"}})));
    assert_eq!(dependents(&dependents_of, &object("a")), []);
    assert_eq!(dependents(&dependents_of, &object("b")), [item("x")]);

    dependents_of.remove(&item("x"));
    assert_eq!(dependents(&dependents_of, &object("b")), []);
    assert_eq!(dependents_of.flow(&item("x")), None);
    assert!(dependents_of.by_dependency.is_empty(), "nothing is left behind");
}

#[test]
fn a_lookup_among_ten_thousand_touches_the_dependents_only() {
    let mut all = Dependents::default();
    for i in 0..10_000 {
        all.put(item(&format!("x-{i}")), known(&json!({"spec": {"size": format!("y-{}", i / 2)}})));
    }
    let mut woken: Vec<_> = all.of(&object("y-7")).map(|i| i.name.name.clone()).collect();
    woken.sort();
    assert_eq!(woken, ["x-14", "x-15"]);
    assert_eq!(all.by_dependency.get(&object("y-7")).map(HashSet::len), Some(2), "the entry holds no more");
    assert_eq!(all.of(&config("ClusterProviderConfig", None, "default")).count(), 10_000);
}
