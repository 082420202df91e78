//! External names that are only known once the external resource is there (R31..R33, R48).

use goldenpath_provider_core::{Fault, Readiness};
use serde_json::json;

use super::*;
use crate::testing::{present, thing};

const NAME: &str = "crossplane.io/external-name";

fn annotation(scene: &Scene<true>, key: &str) -> Value {
    scene.stored()["metadata"]["annotations"][key].clone()
}

#[tokio::test]
async fn a_name_that_create_sets_is_stored_with_its_record() {
    let mut scene = Scene::<true>::of(&thing(&json!({})));
    scene.world().names = Some("id-1");
    scene.reconcile().await;
    assert_eq!(annotation(&scene, NAME), "id-1");
    assert_eq!(scene.api.writes()[2].body["metadata"]["annotations"][NAME], "id-1", "in the same write");
}

#[tokio::test]
async fn a_name_that_comes_with_an_error_is_kept() {
    let mut scene = Scene::<true>::of(&thing(&json!({})));
    scene.world().names = Some("id-1");
    scene.world().create = Err(Fault::transient("Timeout", "it takes long"));
    scene.reconcile().await;
    assert_eq!(annotation(&scene, NAME), "id-1");
    assert_ne!(annotation(&scene, "crossplane.io/external-create-failed"), Value::Null);

    let mut scene = Scene::<true>::restarted(scene.api.clone()).seeing(present(Readiness::Available));
    scene.reconcile().await;
    assert_eq!((scene.calls(), annotation(&scene, NAME)), (vec!["observe"], json!("id-1")));
}

#[tokio::test]
async fn a_name_that_observe_corrects_is_stored_with_one_write() {
    let mut scene = Scene::<true>::of(&created(&json!({}))).seeing(present(Readiness::Available));
    scene.world().names = Some("the-whole-id");
    scene.reconcile().await;
    assert_eq!(annotation(&scene, NAME), "the-whole-id");
    assert_eq!(writes(&scene), [USAGE, METADATA, STATUS]);
    scene.reconcile().await;
    assert_eq!(writes(&scene), [""; 0]);
}

#[tokio::test]
async fn a_name_stays_until_create_sets_another() {
    let mut scene = Scene::<true>::of(&created(&json!({"metadata": {"annotations": {NAME: "id-1"}}})));
    scene.world().create = Err(Fault::transient("Unavailable", "no answer"));
    scene.reconcile().await;
    assert_eq!(annotation(&scene, NAME), "id-1", "neither blank nor the default");
    scene.world().names = Some("id-2");
    scene.world().create = Ok(());
    scene.reconcile().await;
    assert_eq!(annotation(&scene, NAME), "id-2");
}
