//! The connection Secret (R97..R103).

use goldenpath_provider_core::{ChangeClass, Readiness};
use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::testing::{drifted, present};

/// A thing that asks for a connection Secret.
fn asking() -> Value {
    created(&json!({"spec": {"writeConnectionSecretToRef": {"name": "c"}}}))
}

fn owner(uid: &str) -> Value {
    json!({
        "apiVersion": "test.goldenpath.io/v1", "kind": "Thing", "name": "x", "uid": uid,
        "controller": true, "blockOwnerDeletion": true,
    })
}

fn secret(r#type: &str, owners: &[Value], data: &Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Secret", "type": r#type, "data": data,
        "metadata": {"name": "c", "namespace": "n", "ownerReferences": owners},
    })
}

const TYPE: &str = "connection.crossplane.io/v1alpha1";

#[tokio::test]
async fn a_secret_is_made_before_there_is_anything_to_report() {
    let mut scene = Scene::<true>::of(&asking()).seeing(drifted(ChangeClass::Refused));
    scene.reconcile().await;
    let secret = scene.api.get("secrets/c").unwrap();
    assert_eq!(secret["type"], TYPE);
    assert_eq!(secret["data"], Value::Null);
    assert_eq!(secret["metadata"]["ownerReferences"], json!([owner("u-1")]));
}

#[tokio::test]
async fn keys_are_added_and_changed_and_never_removed() {
    let scene = Scene::<true>::of(&asking()).seeing(present(Readiness::Available));
    scene.api.put(secret(TYPE, &[owner("u-1")], &json!({"password": "cA==", "host": "b2xk"})));
    let mut scene = scene;
    scene.reconcile().await;
    assert_eq!(scene.api.get("secrets/c").unwrap()["data"], json!({"password": "cA==", "host": "aA=="}));
    writes(&scene);
    scene.reconcile().await;
    assert_eq!(writes(&scene), [""; 0], "a key that we do not publish is no difference");
}

#[tokio::test]
async fn what_an_update_reports_is_published() {
    let mut scene = Scene::<true>::of(&asking()).seeing(drifted(ChangeClass::Immediate));
    scene.reconcile().await;
    assert_eq!(scene.api.get("secrets/c").unwrap()["data"], json!({"updated": "dQ=="}));
}

#[rstest]
#[case::ours("Opaque", Some("u-1"), None)]
#[case::of_another("Opaque", Some("u-2"), Some("existing secret is not controlled by UID \"u-1\""))]
#[case::of_nobody_and_of_another_type(
    "Opaque",
    None,
    Some("refusing to modify uncontrolled secret of type \"Opaque\"")
)]
#[case::of_nobody_and_of_our_type(TYPE, None, None)]
#[tokio::test]
async fn whose_a_secret_is_decides(
    #[case] r#type: &str,
    #[case] controller: Option<&str>,
    #[case] refused: Option<&str>,
) {
    let mut scene = Scene::<true>::of(&asking()).seeing(present(Readiness::Available));
    let owners: Vec<_> = controller.map(owner).into_iter().collect();
    scene.api.put(secret(r#type, &owners, &json!({})));
    scene.reconcile().await;
    let failed = "Warning CannotPublishConnectionDetails: cannot create or update connection secret";
    let told: Vec<_> = refused.map(|words| format!("{failed}: {words}")).into_iter().collect();
    assert_eq!(scene.events(), told);
    let stored = scene.api.get("secrets/c").unwrap();
    let expected = if refused.is_some() { json!({}) } else { json!({"host": "aA=="}) };
    assert_eq!(stored["data"], expected);
    assert!(refused.is_some() || stored["metadata"]["ownerReferences"] == json!([owner("u-1")]));
}

#[rstest]
#[case::a_failure(500)]
#[case::somebody_who_was_faster(409)]
#[tokio::test(start_paused = true)]
async fn a_write_of_the_secret_is_tried_again(#[case] code: u16) {
    let mut scene = Scene::<true>::of(&asking()).seeing(present(Readiness::Available));
    scene.api.fail("POST secrets", code);
    scene.api.fail("POST secrets", code);
    scene.reconcile().await;
    assert_eq!(scene.api.get("secrets/c").unwrap()["data"], json!({"host": "aA=="}));
    assert_eq!(scene.events(), [""; 0]);
}

#[tokio::test]
async fn another_name_leaves_the_old_secret_to_the_garbage_collector() {
    let mut scene = Scene::<true>::of(&asking()).seeing(present(Readiness::Available));
    scene.reconcile().await;
    let mut renamed = scene.stored();
    crate::testing::api::merge(&mut renamed, &json!({"spec": {"writeConnectionSecretToRef": {"name": "d"}}}));
    scene.api.put(renamed);
    scene.reconcile().await;
    let old = scene.api.get("secrets/c").unwrap();
    assert_eq!(old["metadata"]["ownerReferences"], json!([owner("u-1")]), "it goes with the object");
    assert_eq!(scene.api.get("secrets/d").unwrap()["data"], json!({"host": "aA=="}));
}

#[tokio::test]
async fn connection_details_are_published_where_they_are_asked_for() {
    let asking = json!({"spec": {"writeConnectionSecretToRef": {"name": "c"}}});
    let mut scene = Scene::<true>::of(&created(&asking)).seeing(present(Readiness::Available));
    scene.reconcile().await;
    scene.reconcile().await;
    let secret = scene.api.get("secrets/c").unwrap();
    assert_eq!(secret["type"], "connection.crossplane.io/v1alpha1");
    assert_eq!(secret["data"], json!({"host": "aA=="}));
    assert_eq!(
        secret["metadata"]["ownerReferences"],
        json!([{
            "apiVersion": "test.goldenpath.io/v1", "kind": "Thing", "name": "x", "uid": "u-1",
            "controller": true, "blockOwnerDeletion": true,
        }])
    );
    assert_eq!(writes(&scene), [USAGE, "POST secrets", STATUS], "the second reconcile writes nothing");
}

#[tokio::test]
async fn a_secret_of_somebody_else_is_not_touched() {
    let asking = json!({"spec": {"writeConnectionSecretToRef": {"name": "c"}}});
    let mut scene = Scene::<true>::of(&created(&asking)).seeing(present(Readiness::Available));
    scene.api.put(json!({"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "c"}, "type": "Opaque"}));
    scene.reconcile().await;
    assert_eq!(
        scene.events(),
        [
            "Warning CannotPublishConnectionDetails: cannot create or update connection secret: refusing to modify uncontrolled secret of type \"Opaque\""
        ]
    );
    assert_eq!(writes(&scene), [USAGE, STATUS]);
}
