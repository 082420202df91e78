//! What others write to an object's metadata is read, and never written (R217, R221).

use goldenpath_provider_core::{ChangeClass, Observation, Readiness};
use serde_json::json;

use super::*;
use crate::testing::{drifted, present, thing};

/// What a composition, a claim, a `GitOps` tool and a provider before this one leave on an object.
fn foreign() -> Value {
    json!({
        "labels": {
            "crossplane.io/composite": "orders", "crossplane.io/claim-name": "orders",
            "crossplane.io/claim-namespace": "payments", "argocd.argoproj.io/instance": "payments",
        },
        "annotations": {
            "crossplane.io/composition-resource-name": "database",
            "upjet.crossplane.io/provider-meta": "{\"schema_version\":\"1\"}",
            "kubectl.kubernetes.io/last-applied-configuration": "{}\n",
        },
        "ownerReferences": [{
            "apiVersion": "goldenpath.io/v1alpha1", "kind": "GoldenPathDatabase", "name": "orders", "uid": "u-xr",
            "controller": true, "blockOwnerDeletion": true,
        }],
        "finalizers": ["example.org/held"],
    })
}

/// The metadata of an object without what is the runtime's own.
fn metadata_of_others(object: &Value) -> Value {
    let mut metadata = object["metadata"].clone();
    let own = ["external-name", "external-create-pending", "external-create-succeeded"];
    if let Some(annotations) = metadata["annotations"].as_object_mut() {
        annotations.retain(|key, _| !own.iter().any(|name| *key == format!("crossplane.io/{name}")));
    }
    if let Some(finalizers) = metadata["finalizers"].as_array_mut() {
        finalizers.retain(|finalizer| finalizer != FINALIZER);
    }
    let fields = ["labels", "annotations", "ownerReferences", "finalizers"];
    fields.into_iter().map(|field| (field.to_owned(), metadata[field].take())).collect()
}

#[tokio::test(start_paused = true)]
async fn the_metadata_of_others_survives_a_whole_life() {
    let mut scene = Scene::<true>::of(&thing(&json!({"metadata": foreign()})));
    let life = [
        Observation::Absent,
        present(Readiness::Creating(String::new())),
        present(Readiness::Available),
        drifted(ChangeClass::Immediate),
        present(Readiness::Unavailable("stopped".into())),
    ];
    for round in 0..20 {
        scene = scene.seeing(life[round % life.len()].clone());
        scene.reconcile().await;
        assert_eq!(metadata_of_others(&scene.stored()), foreign(), "after round {round}");
    }
    let calls = scene.calls();
    assert!(calls.contains(&"create") && calls.contains(&"update"), "{calls:?}");
}

#[tokio::test]
async fn what_an_earlier_provider_has_made_is_looked_at_and_not_written() {
    let mut scene =
        Scene::<true>::of(&created(&json!({"metadata": foreign()}))).seeing(present(Readiness::Available));
    scene.reconcile().await;
    assert_eq!(scene.calls(), ["observe"]);
    assert_eq!(metadata_of_others(&scene.stored())["annotations"], foreign()["annotations"]);
}
