//! What differs outside, and what is done about it (R113..R120).

use goldenpath_provider_core::{ChangeClass, Fault, Readiness};
use serde_json::json;

use super::*;
use crate::testing::{drifted, present};

#[tokio::test]
async fn drift_is_put_back_and_its_effect_looked_at() {
    let mut scene = Scene::<true>::of(&created(&json!({}))).seeing(drifted(ChangeClass::Immediate));
    assert_about(scene.reconcile().await, 1);
    assert_eq!(scene.calls(), ["observe", "update"]);
    assert_eq!(
        scene.events(),
        ["Normal UpdatedExternalResource: Successfully requested update of external resource: size: a -> b"]
    );
    assert_eq!(scene.stored()["status"], status(&[available(), synced()], &json!({"seen": "yes"})));
}

#[tokio::test]
async fn a_failed_update_is_reported() {
    let mut scene = Scene::<true>::of(&created(&json!({}))).seeing(drifted(ChangeClass::Immediate));
    scene.world().update = Err(Fault::terminal("InvalidSpec", "no such size"));
    assert_about(scene.reconcile().await, 1);
    assert_eq!(scene.events(), ["Warning CannotUpdateExternalResource: no such size"]);
    assert_eq!(
        scene.stored()["status"],
        status(
            &[available(), failed("update failed: no such size")],
            &json!({"seen": "yes", "problem": {"code": "InvalidSpec", "message": "no such size"}}),
        )
    );

    scene.world().observe = Ok(present(Readiness::Available));
    scene.reconcile().await;
    assert_eq!(
        scene.stored()["status"],
        status(&[available(), synced()], &json!({"seen": "yes"})),
        "a success clears the problem"
    );
}

#[tokio::test]
async fn an_update_without_effect_is_not_repeated_for_ever() {
    let mut scene = Scene::<true>::of(&created(&json!({}))).seeing(drifted(ChangeClass::Immediate));
    for seconds in [1, 2, 4] {
        assert_about(scene.reconcile().await, seconds);
    }
    scene.calls();
    scene.events();
    assert_about(scene.reconcile().await, 600);
    assert_eq!(scene.calls(), ["observe"]);
    assert_eq!(scene.events(), ["Warning DiffNotConverging: update has no effect on: size: a -> b"]);
    let problem = json!({
        "code": "DiffNotConverging",
        "message": "update has no effect on: size: a -> b",
        "field": ".spec.forProvider.size",
        "remedy": "set the field to the observed value, or leave it out so that it is not managed",
    });
    assert_eq!(
        scene.stored()["status"],
        status(&[available(), synced()], &json!({"seen": "yes", "problem": problem})),
        "it can be used, so it stays Ready and Synced"
    );

    writes(&scene);
    assert_about(scene.reconcile().await, 600);
    assert_eq!((scene.events(), writes(&scene)), (vec![], vec![]), "told once");

    let mut scene = scene.seeing(present(Readiness::Available));
    scene.reconcile().await;
    assert_eq!(scene.stored()["status"], status(&[available(), synced()], &json!({"seen": "yes"})));
}

#[tokio::test]
async fn a_change_that_would_replace_the_resource_is_refused_and_reported() {
    let mut scene = Scene::<true>::of(&created(&json!({}))).seeing(drifted(ChangeClass::Refused));
    scene.reconcile().await;
    assert_eq!(scene.calls(), ["observe"]);
    let refusal = "refuse to update the external resource because the following update requires replacing it: \
                   cannot change the value of the argument \"size\" from \"a\" to \"b\"";
    let remedy = "set size back to \"a\", or make a new resource";
    assert_eq!(
        scene.stored()["status"],
        status(
            &[available(), failed(&format!("update failed: {refusal}; {remedy}"))],
            &json!({"seen": "yes", "problem": {
                "code": "ReplacementRefused", "message": refusal, "field": ".spec.forProvider.size", "remedy": remedy,
            }}),
        )
    );
}

#[tokio::test]
async fn drift_that_may_not_be_put_back_is_left() {
    let observed = json!({"spec": {"managementPolicies": ["Observe"]}});
    let mut scene = Scene::<true>::of(&created(&observed)).seeing(drifted(ChangeClass::Immediate));
    assert_about(scene.reconcile().await, 600);
    assert_eq!(scene.calls(), ["observe"]);
    assert_eq!(scene.stored()["status"], status(&[available(), synced()], &json!({"seen": "yes"})));
}
