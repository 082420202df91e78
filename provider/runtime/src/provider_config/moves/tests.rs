use kube::core::GroupVersionKind;
use serde_json::json;

use super::*;

fn moves(kind: &str) -> Moves {
    Moves::new(ApiResource::from_gvk(&GroupVersionKind::gvk("config.goldenpath.io", "v1", kind)))
}

fn usage(name: &str, kind: &str, config: &str) -> DynamicObject {
    serde_json::from_value(json!({
        "metadata": {"name": name, "namespace": "n"}, "providerConfigRef": {"kind": kind, "name": config},
    }))
    .unwrap()
}

fn concerned(moves: &mut Moves, event: &Event<DynamicObject>) -> Vec<String> {
    let place = |o: ObjectRef<DynamicObject>| {
        o.namespace.map_or_else(|| o.name.clone(), |namespace| format!("{namespace}/{}", o.name))
    };
    moves.concerned(event).into_iter().map(place).collect()
}

#[test]
fn a_usage_that_moves_concerns_both_configurations() {
    let mut moves = moves("ProviderConfig");
    assert_eq!(concerned(&mut moves, &Event::Apply(usage("u", "ProviderConfig", "a"))), ["n/a"]);
    assert_eq!(concerned(&mut moves, &Event::Apply(usage("u", "ProviderConfig", "b"))), ["n/a", "n/b"]);
    assert_eq!(concerned(&mut moves, &Event::Apply(usage("u", "ProviderConfig", "b"))), ["n/b"]);
    assert_eq!(concerned(&mut moves, &Event::Delete(usage("u", "ProviderConfig", "b"))), ["n/b"]);
}

#[test]
fn the_kind_says_where_a_configuration_is() {
    let (mut own, mut all) = (moves("ProviderConfig"), moves("ClusterProviderConfig"));
    for (kind, in_namespace, in_cluster) in [
        ("ProviderConfig", &["n/a"][..], &[][..]),
        ("", &["n/a"], &[]),
        ("ClusterProviderConfig", &[], &["a"]),
    ] {
        let event = Event::Delete(usage(kind, kind, "a"));
        assert_eq!(concerned(&mut own, &event), in_namespace, "{kind}");
        assert_eq!(concerned(&mut all, &event), in_cluster, "{kind}");
    }
}

#[test]
fn labels_and_reference_that_disagree_concern_both() {
    let mut labelled = usage("u", "ProviderConfig", "a");
    labelled.labels_mut().insert(CONFIG_LABEL.into(), "b".into());
    labelled.labels_mut().insert(CONFIG_KIND_LABEL.into(), "ProviderConfig".into());
    assert_eq!(concerned(&mut moves("ProviderConfig"), &Event::Apply(labelled)), ["n/a", "n/b"]);
}

#[test]
fn a_listing_concerns_what_it_shows_and_what_it_shows_no_more() {
    let mut moves = moves("ProviderConfig");
    moves.concerned(&Event::Apply(usage("gone", "ProviderConfig", "a")));
    moves.concerned(&Event::Apply(usage("stays", "ProviderConfig", "b")));
    let listed = usage("stays", "ProviderConfig", "c");
    assert_eq!(concerned(&mut moves, &Event::Init), [""; 0]);
    assert_eq!(
        concerned(&mut moves, &Event::InitApply(listed)),
        [""; 0],
        "the store holds the old ones still"
    );
    assert_eq!(concerned(&mut moves, &Event::InitDone), ["n/a", "n/b", "n/c"]);
    assert_eq!(moves.named.len(), 1, "what is gone is forgotten");
}
