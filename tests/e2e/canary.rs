//! A change of the platform that one namespace has first, and a golden path that is switched off.

use anyhow::{Result, ensure};
use goldenpath_tests::page::Page;
use goldenpath_tests::target::Target;
use goldenpath_tests::{ControlPlane, Tenant, kinds, manifest, objects, repository, wait};
use kube::core::DynamicObject;
use serde_json::json;

use crate::pages;
use crate::request::{READY_LIMIT, SHORT_LIMIT, problem};
use crate::whole::IMAGE;
use crate::xr::Xr;

const COMPOSITION: &str = "examples/canary/composition.yaml";
const POLICY: &str = "examples/canary/policy.yaml";
const NAME: &str = "goldenpathapp-canary";

/// A team of the namespace makes an app, which has the change; what was there is moved and comes back as the page says.
pub(crate) async fn one_namespace_has_a_change_first(plane: &ControlPlane) -> Result<()> {
    let team = plane.tenant("canary").await?;
    let namespace = team.namespace.as_str();
    let shop = Xr::app("shop", json!({"image": IMAGE}));
    shop.apply(plane, namespace).await?;
    until_tmp(plane, namespace, "shop", "1Gi").await?;

    let composition = manifest::read(&repository::path(COMPOSITION))?.remove(0);
    apply(plane, &composition).await?;
    objects::apply_all(plane.client(), &manifest::read(&repository::path(POLICY))?, None).await?;
    let label = json!({"metadata": {"labels": {"goldenpath.io/channel": "canary"}}});
    objects::merge(plane.client(), &kinds::namespace(), "", namespace, &label).await?;
    made_by_the_canary(plane, &team, "tracker").await?;
    until_tmp(plane, namespace, "tracker", "2Gi").await?;
    until_tmp(plane, namespace, "shop", "1Gi").await?;

    switched_off(plane, &team, &composition).await?;
    Page::read(pages::CANARY)?.walk(&plane.shell("canary")?.with("NAMESPACE", namespace)).await
}

/// Of a platform whose canary makes no new app, an app that is there has a change of the platform all the same, and one of its
/// own; a new one is refused until it is switched on.
async fn switched_off(plane: &ControlPlane, team: &Tenant, composition: &DynamicObject) -> Result<()> {
    let namespace = team.namespace.as_str();
    let mut off = composition.clone();
    let input = &mut off.data["spec"]["pipeline"][0]["input"];
    input["features"] = json!({"GoldenPathApp": "Off"});
    input["app"]["tmpSize"] = json!("3Gi");
    apply(plane, &off).await?;
    until_tmp(plane, namespace, "tracker", "3Gi").await?;
    made_by_the_canary(plane, team, "late").await?;
    let told = plane
        .until(kinds::app(), namespace, "late", "is refused", SHORT_LIMIT, |app| {
            problem(app, "SwitchedOff").is_some()
        })
        .await?;
    let refs = &told.data["spec"]["crossplane"]["resourceRefs"];
    ensure!(refs.as_array().is_none_or(Vec::is_empty), "something was composed: {refs}");
    let patch = json!({"spec": {"replicas": 2}});
    objects::merge(&team.client, &kinds::app(), namespace, "tracker", &patch).await?;
    plane
        .until(kinds::deployment(), namespace, "tracker", "has two pods", SHORT_LIMIT, |deployment| {
            deployment.data["spec"]["replicas"] == 2
        })
        .await?;
    apply(plane, composition).await?;
    until_tmp(plane, namespace, "late", "2Gi").await?;
    objects::delete(&team.client, &kinds::app(), namespace, "late").await?;
    Target::new(kinds::app(), namespace, "late").until_gone(plane.client(), READY_LIMIT).await
}

/// The team makes an app, and chooses nothing.
async fn made_by_the_canary(plane: &ControlPlane, team: &Tenant, name: &str) -> Result<()> {
    let app = json!({
        "apiVersion": "goldenpath.io/v1alpha1", "kind": "GoldenPathApp",
        "metadata": {"name": name, "labels": {"goldenpath.io/tier": "production"}},
        "spec": {"image": IMAGE},
    });
    let app: DynamicObject = serde_json::from_value(app)?;
    // The policy is heard of a moment after it is made.
    wait::until(&format!("{name} is the canary's"), SHORT_LIMIT, async || {
        let made = objects::apply(&team.client, &app, Some(&team.namespace)).await?;
        let chosen = &made.data["spec"]["crossplane"]["compositionSelector"]["matchLabels"];
        if chosen["goldenpath.io/channel"] == "canary" {
            return Ok(Some(()));
        }
        objects::delete(&team.client, &kinds::app(), &team.namespace, name).await?;
        Target::new(kinds::app(), &team.namespace, name).until_gone(plane.client(), READY_LIMIT).await?;
        Ok(None)
    })
    .await?;
    // Applied again without it, as GitOps does, it stays.
    objects::apply(&team.client, &app, Some(&team.namespace)).await?;
    let chosen = |app: &DynamicObject| app.data["spec"]["crossplane"]["compositionRef"]["name"] == NAME;
    plane.until(kinds::app(), &team.namespace, name, "is composed by it", SHORT_LIMIT, chosen).await.map(drop)
}

/// How much `/tmp` holds is what the canary's platform has changed.
async fn until_tmp(plane: &ControlPlane, namespace: &str, name: &str, size: &str) -> Result<()> {
    let has_it = |deployment: &DynamicObject| {
        deployment.data["spec"]["template"]["spec"]["volumes"][0]["emptyDir"]["sizeLimit"] == size
    };
    let what = format!("has a /tmp of {size}");
    plane.until(kinds::deployment(), namespace, name, &what, READY_LIMIT, has_it).await.map(drop)
}

async fn apply(plane: &ControlPlane, composition: &DynamicObject) -> Result<()> {
    objects::apply(plane.client(), composition, None).await.map(drop)
}
