//! What is told and nothing done about: resources that are missing or not ours, policies that nobody supports.

use goldenpath_provider_core::{Fault, Observation};
use serde_json::json;

use super::*;
use crate::testing::thing;

#[tokio::test]
async fn observing_only_what_is_missing_is_reported() {
    let observed = json!({"spec": {"managementPolicies": ["Observe"]}});
    let mut scene = Scene::<true>::of(&thing(&observed));
    assert_about(scene.reconcile().await, 600);
    let remedy = "create it, correct .metadata.annotations[crossplane.io/external-name], \
                  or have it created by .spec.managementPolicies";
    let words = &format!("external resource does not exist; {remedy}");
    assert_eq!(scene.events(), [format!("Warning CannotObserveExternalResource: {words}")]);
    assert_eq!(
        scene.stored()["status"],
        status(
            &[
                condition("Ready", "False", "Unavailable", Some(words)),
                failed(&format!("observe failed: {words}")),
            ],
            &json!({"problem": {
                "code": "ExternalResourceMissing", "message": "external resource does not exist",
                "field": ".metadata.annotations[crossplane.io/external-name]", "remedy": remedy,
            }}),
        )
    );
}

#[tokio::test]
async fn what_is_not_ours_is_reported_and_never_touched() {
    let foreign = Observation::Foreign(Fault::user("NotOwned", "belongs to somebody else"));
    let mut scene = Scene::<true>::of(&thing(&json!({}))).seeing(foreign);
    assert_about(scene.reconcile().await, 1);
    assert_eq!(scene.calls(), ["observe"]);
    assert_eq!(writes(&scene), [USAGE, STATUS]);
    assert_eq!(scene.stored()["status"]["problem"]["code"], "NotOwned");
}

#[tokio::test]
async fn an_unsupported_set_of_policies_is_refused() {
    let refused = json!({"spec": {"managementPolicies": ["Update", "Create"]}});
    let mut scene = Scene::<true>::of(&thing(&refused));
    assert_eq!(scene.reconcile().await, None);
    let words = "`spec.managementPolicies` is set to a value([Create Update]) which is not supported. \
                 Check docs for supported policies";
    assert_eq!(scene.events(), [format!("Warning CannotUseInvalidManagementPolicy: {words}")]);
    assert_eq!(scene.stored()["status"]["conditions"], json!([failed(words)]));
}
