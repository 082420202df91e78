//! Parts of two releases, side by side for a while.

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, kinds, manifest, objects, repository};
use kube::core::DynamicObject;
use serde_json::json;

use crate::request::{Database, READY_LIMIT, SHORT_LIMIT};

const XRD: &str = "goldenpathdatabases.goldenpath.io";
const CODE: &str = "OutdatedDefinition";
/// Where an XRD, and its CRD, has the fields of the status.
const STATUS: &str = "/spec/versions/0/schema/openAPIV3Schema/properties/status/properties";
/// What an earlier release did not report: a field, and one below a field that it did.
const LACKING: [&str; 2] = ["/effective/properties/providerConfig", "/secretRevision"];

/// The function comes before the XRDs of its release: it reports what they know, and names what they lack, of what is there and
/// of what is new; once they are there, it reports all.
pub(crate) async fn a_function_newer_than_the_xrds_reports_what_they_know(
    plane: &ControlPlane,
) -> Result<()> {
    let namespace = plane.namespace("upgrade").await?;
    let database = Database::apply(plane, &namespace, "orders-db", json!({})).await?;
    let whole = database.ready().await?;
    ensure!(whole.data["status"]["secretRevision"].is_string(), "{:#}", whole.data["status"]);

    let xrd = of_this_release()?;
    serve(plane, &without(&xrd, &LACKING)?).await?;
    database.change(json!({"backup": {"retentionDays": 9}})).await?;
    let earlier = json!({"status": {"functionVersion": "0.0.9"}}).to_string();
    let patch = [
        "patch",
        XRD,
        "orders-db",
        "--namespace",
        &namespace,
        "--type=merge",
        "--subresource=status",
        "-p",
        &earlier,
    ];
    plane.state().kubectl(&patch).await?;
    let problem = database.problem(CODE, SHORT_LIMIT).await?;
    let message = problem["message"].as_str().unwrap_or_default();
    ensure!(
        message.ends_with("has no .status.effective.providerConfig, .status.secretRevision"),
        "{problem:#}"
    );
    // What is asked for meanwhile is done, and told.
    let tells = |xr: &DynamicObject| {
        let status = &xr.data["status"];
        objects::condition(xr, "Synced") == Some("True")
            && status["observedGeneration"].as_i64() == xr.metadata.generation
            && status["secretRevision"].is_null()
            && status["effective"]["tier"].is_string()
    };
    database.until("reports what its XRD knows", READY_LIMIT, tells).await?;
    let newer = Database::apply(plane, &namespace, "newer-db", json!({})).await?;
    newer.problem(CODE, SHORT_LIMIT).await?;
    newer.ready().await?;

    serve(plane, &xrd).await?;
    let tells = |xr: &DynamicObject| {
        let status = &xr.data["status"];
        objects::condition(xr, "Synced") == Some("True")
            && status["problems"].is_null()
            && status["secretRevision"] == whole.data["status"]["secretRevision"]
            && status["effective"] == whole.data["status"]["effective"]
    };
    database.until("reports all", READY_LIMIT, tells).await?;
    newer.without_problems(READY_LIMIT).await?;
    newer.remove().await?;
    database.remove().await
}

fn of_this_release() -> Result<DynamicObject> {
    let file = repository::path("xrds").join(format!("{XRD}.yaml"));
    manifest::read(&file)?.into_iter().next().context("an empty file")
}

/// An XRD whose status lacks properties.
fn without(xrd: &DynamicObject, properties: &[&str]) -> Result<DynamicObject> {
    let mut xrd = xrd.clone();
    for property in properties {
        let (parent, name) = property.rsplit_once('/').context("a path")?;
        let parent = xrd.data.pointer_mut(&format!("{STATUS}{parent}")).context("no such property")?;
        parent.as_object_mut().and_then(|known| known.remove(name)).context("no such property")?;
    }
    Ok(xrd)
}

/// Applies an XRD, and where that changed it, waits until its CRD has followed.
pub(crate) async fn serve(plane: &ControlPlane, xrd: &DynamicObject) -> Result<()> {
    let name = xrd.metadata.name.as_deref().context("it has no name")?;
    let generation = async |kind| {
        let found = objects::get(plane.client(), &kind, "", name).await?;
        anyhow::Ok(found.and_then(|object| object.metadata.generation))
    };
    let before =
        (generation(kinds::definition()).await?, generation(kinds::custom_resource_definition()).await?);
    let applied = objects::apply(plane.client(), xrd, None).await?;
    if applied.metadata.generation == before.0 {
        return Ok(());
    }
    let crds = kinds::custom_resource_definition();
    let follows = |crd: &DynamicObject| crd.metadata.generation != before.1;
    plane.until(crds, "", name, "follows its XRD", SHORT_LIMIT, follows).await.map(drop)
}
