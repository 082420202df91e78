//! What somebody has made under a name before is left as it is, and told.

mod children;
mod table;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, kinds, objects};
use kube::core::{ApiResource, DynamicObject};
use serde_json::{Value, json};

use crate::managed::{self, Kind};
use crate::request::{Database, READY_LIMIT, SHORT_LIMIT};
pub(crate) use children::what_was_there_before_an_app_or_a_route_is_left_as_it_is;

const NAME: &str = "orders-db";

/// One object of each kind that a database is composed of, there before it: none changes, each is told, and each stays when
/// the database goes.
pub(crate) async fn what_was_there_first_is_left_as_it_is(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("first").await?;
    let first = there_first();
    for (_, object) in &first {
        managed::apply(plane, object, &namespace).await?;
    }
    let before = states(plane, &namespace, &first).await?;

    let database =
        Database::apply(plane, &namespace, NAME, json!({"deletion": {"protection": true}})).await?;
    database.problem("NameTaken", SHORT_LIMIT).await?;
    let xr = database.xr().await?;
    let told: Vec<_> = xr.data["status"]["problems"].as_array().into_iter().flatten().collect();
    for (kind, object) in &first {
        let resource = format!("{}/{}", kind.kind, object["metadata"]["name"].as_str().unwrap_or_default());
        let problem = told.iter().find(|problem| problem["resource"] == resource.as_str());
        let problem = problem.with_context(|| format!("{resource} is not told: {told:#?}"))?;
        ensure!(problem["code"] == "NameTaken" && problem["remedy"].is_string(), "{problem:#}");
    }
    // Crossplane refers to what it applies, before it does: nothing of somebody else's is among that.
    ensure!(
        xr.data["spec"]["crossplane"]["resourceRefs"].as_array().is_none_or(Vec::is_empty),
        "{:#}",
        xr.data
    );
    ensure!(states(plane, &namespace, &first).await? == before, "something has changed");

    plane.delete(&kinds::database(), &namespace, NAME).await?;
    plane.until_gone(kinds::database(), &namespace, NAME, READY_LIMIT).await?;
    ensure!(states(plane, &namespace, &first).await? == before, "something went along");
    for (kind, object) in &first {
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        objects::merge(plane.client(), kind, &namespace, name, &json!({"metadata": {"finalizers": null}}))
            .await?;
        plane.delete(kind, &namespace, name).await?;
    }
    Ok(())
}

/// A Secret that a person has made keeps what is in it, and becomes the database's own only when that is asked for.
pub(crate) async fn a_secret_is_taken_over_where_that_is_asked_for(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("keep").await?;
    let theirs = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": NAME}, "stringData": {"keep": "me"},
    });
    managed::apply(plane, &theirs, &namespace).await?;
    let database = Database::apply(plane, &namespace, NAME, json!({})).await?;
    let problem = database.problem("NameTaken", SHORT_LIMIT).await?;
    ensure!(
        problem["resource"] == "Secret/orders-db" && problem["field"] == ".spec.secretRef.name",
        "{problem:#}"
    );
    plane.until_true(kinds::instance(), &namespace, NAME, "Ready", READY_LIMIT).await?;
    let kept = plane.secret(&namespace, NAME).await?.context("their Secret is gone")?;
    ensure!(kept.len() == 1 && kept.get("keep").is_some_and(|value| value == "me"), "it was changed");

    let remedy = problem["remedy"].as_str().context("no remedy")?;
    let (_, annotation) = remedy.split_once("annotate this object ").context("no annotation")?;
    let (key, value) = annotation.split_once(": ").context("no value")?;
    let annotated = json!({"metadata": {"annotations": {key: value}}});
    objects::merge(plane.client(), &kinds::database(), &namespace, NAME, &annotated).await?;
    database.ready().await?;
    let delivered = plane.secret(&namespace, NAME).await?.context("no Secret")?;
    ensure!(delivered.contains_key("password"), "the credentials are not in it");
    database.without_problems(SHORT_LIMIT).await?;
    database.remove().await
}

/// Two databases that name one Secret: the first has it, the second is told, and is well with a Secret of its own.
pub(crate) async fn two_databases_of_one_secret_are_reported(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("shared").await?;
    let named = json!({"secretRef": {"name": "app-db"}});
    let first = Database::apply(plane, &namespace, "orders-db", named.clone()).await?;
    first.ready().await?;
    let before = plane.secret(&namespace, "app-db").await?;
    let second = Database::apply(plane, &namespace, "billing-db", named).await?;
    let problem = second.problem("NameTaken", SHORT_LIMIT).await?;
    ensure!(problem["resource"] == "ExternalSecret/app-db", "{problem:#}");
    ensure!(problem["field"] == ".spec.secretRef.name", "{problem:#}");
    ensure!(
        problem["message"].as_str().is_some_and(|told| told.contains("GoldenPathDatabase/orders-db")),
        "{problem:#}"
    );
    second.change(json!({"secretRef": {"name": "billing"}})).await?;
    second.ready().await?;
    second.without_problems(SHORT_LIMIT).await?;
    ensure!(plane.secret(&namespace, "app-db").await? == before, "the first one's Secret has changed");

    // A name that is taken holds a change as well: what is delivered stays.
    second.change(json!({"secretRef": {"name": "app-db"}})).await?;
    second.problem("NameTaken", SHORT_LIMIT).await?;
    ensure!(plane.secret(&namespace, "billing").await?.is_some(), "its own Secret is gone");
    ensure!(plane.secret(&namespace, "app-db").await? == before, "the first one's Secret has changed");
    second.remove().await?;
    first.remove().await
}

/// What the provider must not act on is paused.
fn there_first() -> Vec<(ApiResource, Value)> {
    let paused = |kind: Kind| {
        let mut object = kind.object(NAME);
        object["metadata"]["annotations"]["crossplane.io/paused"] = json!("true");
        (kind.resource(), object)
    };
    let external_secret = json!({
        "apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": {"name": NAME},
        "spec": {
            "refreshInterval": "1h0m0s", "secretStoreRef": {"kind": "SecretStore", "name": "theirs"},
            "target": {"name": "theirs"}, "dataFrom": [{"extract": {"key": "theirs"}}],
        },
    });
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": NAME}, "stringData": {"keep": "me"},
    });
    let usage = json!({
        "apiVersion": "protection.crossplane.io/v1beta1", "kind": "Usage",
        "metadata": {"name": format!("{NAME}-protection")},
        "spec": {"of": {"apiVersion": "v1", "kind": "ConfigMap", "resourceRef": {"name": "theirs"}}, "reason": "theirs"},
    });
    vec![
        paused(Kind::Instance),
        paused(Kind::Secret),
        (kinds::external_secret(), external_secret),
        (kinds::secret(), secret),
        (kinds::usage(), usage),
    ]
}

/// What people want of objects, and whether Crossplane has written to them; what their own operators keep there may change.
async fn states(
    plane: &ControlPlane,
    namespace: &str,
    objects: &[(ApiResource, Value)],
) -> Result<Vec<Value>> {
    let mut states = Vec::new();
    for (kind, object) in objects {
        let name = object["metadata"]["name"].as_str().context("no name")?;
        let found = objects::get(plane.client(), kind, namespace, name).await?;
        let DynamicObject { metadata, data, .. } = found.with_context(|| format!("{name} is gone"))?;
        let writers = metadata.managed_fields.into_iter().flatten().filter_map(|fields| fields.manager);
        let composed = writers.filter(|writer| writer.starts_with("apiextensions.crossplane.io/composed"));
        states.push(json!({
            "uid": metadata.uid, "spec": data["spec"], "data": data["data"],
            "composed": composed.collect::<Vec<_>>(),
        }));
    }
    Ok(states)
}
