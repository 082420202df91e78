//! Each feature of an app turned on, off and on again: exactly its objects come and go, the pods are rolled only where their
//! template differs, and two passes that find nothing to do write nothing.

mod gateway;
mod rest;
mod table;

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use futures::future::join_all;
use goldenpath_tests::{ControlPlane, kinds, objects, wait};
use kube::core::{ApiResource, DynamicObject};
use serde_json::{Value, json};

use super::{LIMIT, NAME, change, secrets};
use crate::gateway::certificate;
use crate::xr::composed_kinds;

/// What is turned in one app, one after the other.
struct Group {
    /// The spec besides.
    besides: Value,
    features: Vec<Feature>,
}

/// A part of the spec, and what belongs to it.
struct Feature {
    on: Value,
    off: Value,
    /// The objects that are there while it is on, and not while it is off.
    objects: Vec<String>,
    pods: Pods,
}

/// What a feature means for the pods.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pods {
    /// Their template differs.
    Roll,
    /// They have nothing to do with it.
    Stay,
}

/// How an app is: its objects, and how often its pods were made anew.
#[derive(Debug, PartialEq, Eq)]
struct Picture {
    objects: BTreeSet<String>,
    revision: u32,
}

/// Every feature on, off and on again.
pub(crate) async fn each_feature_of_an_app_brings_what_is_its_own_and_takes_it_along(
    plane: &ControlPlane,
) -> Result<()> {
    walked(plane, table::groups).await
}

/// Every feature of the route of an app on, off and on again, with each plugin that a platform allows unless it says otherwise.
pub(crate) async fn each_feature_of_a_route_brings_what_is_its_own_and_takes_it_along(
    plane: &ControlPlane,
) -> Result<()> {
    walked(plane, gateway::groups).await
}

/// Each group with an app and a namespace of its own, side by side.
async fn walked(plane: &ControlPlane, groups: fn(&str) -> Vec<Group>) -> Result<()> {
    let mut namespaces = Vec::new();
    for _ in groups("") {
        namespaces.push(plane.namespace("app-features").await?);
    }
    let walks = namespaces.iter().enumerate().map(|(number, namespace)| async move {
        let group = groups(namespace).swap_remove(number);
        walk(plane, namespace, group).await
    });
    let told = join_all(walks).await.into_iter().filter_map(Result::err);
    let told: Vec<_> = told.map(|error| format!("{error:#}")).collect();
    ensure!(told.is_empty(), "{}", told.join("\n"));
    Ok(())
}

async fn walk(plane: &ControlPlane, namespace: &str, group: Group) -> Result<()> {
    secrets::value(plane, "CreateSecret", &secrets::path(namespace, "api-keys"), 1).await?;
    if let Some(host) = group.besides["ingress"]["host"].as_str() {
        certificate(plane, namespace, gateway::CERTIFICATE, host).await?;
    }
    let mut spec = json!({"image": "registry.example/shop:v1", "replicas": 2});
    // What is turned later begins turned off.
    for part in group.features.iter().rev().map(|feature| &feature.off).chain([&group.besides]) {
        lay_over(&mut spec, part);
    }
    let xr = json!({
        "apiVersion": "goldenpath.io/v1alpha1", "kind": "GoldenPathApp", "metadata": {"name": NAME}, "spec": spec,
    });
    plane.apply(&xr.to_string(), namespace).await?;
    plane.until_true(kinds::app(), namespace, NAME, "Ready", LIMIT).await?;
    let mut picture =
        wait::until("it is at rest", LIMIT, async || Picture::take(plane, namespace).await).await?;
    for feature in &group.features {
        for (turn, value) in [(true, &feature.on), (false, &feature.off), (true, &feature.on)] {
            picture = turned(plane, namespace, feature, turn, &picture)
                .await
                .with_context(|| format!("after {value}"))?;
        }
        rest::two_passes_write_nothing(plane, namespace)
            .await
            .with_context(|| format!("with {}", feature.on))?;
        picture = turned(plane, namespace, feature, false, &picture).await?;
    }
    plane.delete(&kinds::app(), namespace, NAME).await?;
    plane.until_gone(kinds::deployment(), namespace, NAME, LIMIT).await
}

/// Turns a feature, and waits until everything is as it is to be then.
async fn turned(
    plane: &ControlPlane,
    namespace: &str,
    feature: &Feature,
    on: bool,
    before: &Picture,
) -> Result<Picture> {
    let value = if on { &feature.on } else { &feature.off };
    change(plane, namespace, &json!({"spec": value})).await?;
    settled(plane, namespace, before.turned(on, feature)).await
}

/// Waits until an app is as expected, and nothing of it is on its way.
async fn settled(plane: &ControlPlane, namespace: &str, expected: Picture) -> Result<Picture> {
    let mut last = None;
    let found = wait::until("exactly what belongs to the feature differs", LIMIT, async || {
        let now = Picture::take(plane, namespace).await?;
        let is_there = now.as_ref() == Some(&expected);
        last = now.or(last.take());
        Ok(is_there.then_some(()))
    })
    .await;
    found.with_context(|| format!("expected {expected:#?}, and it was {last:#?}"))?;
    Ok(expected)
}

fn lay_over(under: &mut Value, over: &Value) {
    let Value::Object(over) = over else {
        *under = over.clone();
        return;
    };
    for (key, value) in over.iter().filter(|(_, value)| !value.is_null()) {
        lay_over(&mut under[key], value);
    }
}

// === impl Picture ===

impl Picture {
    /// None while the app or its Deployment has not seen the latest change.
    async fn take(plane: &ControlPlane, namespace: &str) -> Result<Option<Self>> {
        let client = plane.client();
        let app = objects::get(client, &kinds::app(), namespace, NAME).await?;
        let deployment = objects::get(client, &kinds::deployment(), namespace, NAME).await?;
        let (Some(app), Some(deployment)) = (app, deployment) else { return Ok(None) };
        for object in [&app, &deployment] {
            if object.data["status"]["observedGeneration"].as_i64() != object.metadata.generation {
                return Ok(None);
            }
        }
        let mut all = BTreeSet::new();
        for kind in composed_kinds() {
            for object in objects::list(client, &kind, namespace).await? {
                if is_on_its_way(&kind, &object) {
                    return Ok(None);
                }
                all.extend(shown(&kind, &object));
            }
        }
        let revision = secrets::revision_of(&deployment).parse().context("a revision is a number")?;
        Ok(Some(Self { objects: all, revision }))
    }

    /// How it is to be once a feature is turned; one that is on already is not turned on.
    fn turned(&self, on: bool, feature: &Feature) -> Self {
        let own: BTreeSet<String> = feature.objects.iter().cloned().collect();
        let objects = if on { &self.objects | &own } else { &self.objects - &own };
        // What has no object of its own begins off, and each turn of it is one.
        let differs = own.is_empty() || objects != self.objects;
        let rolls = feature.pods == Pods::Roll && differs;
        Self { objects, revision: self.revision + u32::from(rolls) }
    }
}

/// Whether an object is of a moment only: it goes, the gateway has not acknowledged it, or it asks the gateway.
fn is_on_its_way(kind: &ApiResource, object: &DynamicObject) -> bool {
    let name = object.metadata.name.as_deref().unwrap_or_default();
    let is_probe = name == format!("{NAME}-probe") || name.starts_with(&format!("{NAME}-probe-"));
    let waits = kind.kind == "Ingress" && object.data["status"]["loadBalancer"]["ingress"].is_null();
    is_probe || waits || object.metadata.deletion_timestamp.is_some()
}

/// An object, and what of it comes and goes without it. What a name says of the plugins of a route is left out.
fn shown(kind: &ApiResource, object: &DynamicObject) -> Vec<String> {
    let name = object.metadata.name.as_deref().unwrap_or_default();
    // Kubernetes makes an account for each namespace.
    if name == "default" {
        return Vec::new();
    }
    let name = match name.rsplit_once('-') {
        Some((name, digest)) if is_digest(digest) => format!("{name}-*"),
        _ => name.to_owned(),
    };
    let shown = format!("{}/{name}", kind.kind);
    let tls = (!object.data["spec"]["tls"].is_null()).then(|| format!("TLS of {shown}"));
    [shown].into_iter().chain(tls).collect()
}

fn is_digest(word: &str) -> bool {
    word.len() == 16 && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}
