use kube::core::GroupVersionKind;
use serde_json::json;

use super::*;

fn index(kind: &str) -> UsageIndex {
    UsageIndex::new(ApiResource::from_gvk(&GroupVersionKind::gvk("config.goldenpath.io", "v1", kind)))
}

fn usage(name: &str, kind: &str, config: &str) -> DynamicObject {
    written(1, name, kind, config)
}

/// A usage as its `version`th write has left it.
fn written(version: u8, name: &str, kind: &str, config: &str) -> DynamicObject {
    serde_json::from_value(json!({
        "metadata": {"name": name, "namespace": "n", "resourceVersion": version.to_string()},
        "providerConfigRef": {"kind": kind, "name": config},
    }))
    .unwrap()
}

fn concerned(index: &mut UsageIndex, event: &Event<DynamicObject>) -> Vec<String> {
    let place = |o: ObjectRef<DynamicObject>| {
        o.namespace.map_or_else(|| o.name.clone(), |namespace| format!("{namespace}/{}", o.name))
    };
    index.concerned(event).into_iter().map(place).collect()
}

#[test]
fn a_usage_that_moves_concerns_both_configurations() {
    let mut index = index("ProviderConfig");
    assert_eq!(concerned(&mut index, &Event::Apply(usage("u", "ProviderConfig", "a"))), ["n/a"]);
    assert_eq!(concerned(&mut index, &Event::Apply(usage("u", "ProviderConfig", "b"))), ["n/a", "n/b"]);
    let again = written(2, "u", "ProviderConfig", "b");
    assert_eq!(concerned(&mut index, &Event::Apply(again)), ["n/b"], "its finalizers may have changed");
    assert_eq!(concerned(&mut index, &Event::Delete(usage("u", "ProviderConfig", "b"))), ["n/b"]);
}

#[test]
fn the_kind_says_where_a_configuration_is() {
    let (mut own, mut all) = (index("ProviderConfig"), index("ClusterProviderConfig"));
    for (kind, in_namespace, in_cluster) in [
        ("ProviderConfig", &["n/a"][..], &[][..]),
        ("", &["n/a"], &[]),
        ("ClusterProviderConfig", &[], &["a"]),
    ] {
        let event = Event::Apply(usage(kind, kind, "a"));
        assert_eq!(concerned(&mut own, &event), in_namespace, "{kind}");
        assert_eq!(concerned(&mut all, &event), in_cluster, "{kind}");
    }
}

#[test]
fn labels_and_reference_that_disagree_concern_both() {
    let mut labelled = usage("u", "ProviderConfig", "a");
    labelled.labels_mut().insert(CONFIG_LABEL.into(), "b".into());
    labelled.labels_mut().insert(CONFIG_KIND_LABEL.into(), "ProviderConfig".into());
    assert_eq!(concerned(&mut index("ProviderConfig"), &Event::Apply(labelled)), ["n/a", "n/b"]);
}

#[test]
fn a_listing_concerns_what_it_has_missed() {
    let mut index = index("ProviderConfig");
    for (name, config) in [("gone", "a"), ("moved", "b"), ("same", "d")] {
        index.concerned(&Event::Apply(usage(name, "ProviderConfig", config)));
    }
    assert_eq!(concerned(&mut index, &Event::Init), [""; 0]);
    for listed in [written(2, "moved", "ProviderConfig", "c"), usage("same", "ProviderConfig", "d")] {
        let shown = concerned(&mut index, &Event::InitApply(listed));
        assert_eq!(shown, [""; 0], "the store holds the old ones still");
    }
    assert_eq!(concerned(&mut index, &Event::InitDone), ["n/a", "n/b", "n/c"]);
}
