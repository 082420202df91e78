//! The objects of an app, a route and a copy of secrets, there before it.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use futures::future::join_all;
use goldenpath_tests::{ControlPlane, objects, wait};
use kube::core::{ApiResource, DynamicObject, GroupVersionKind, TypeMeta};
use serde_json::{Value, json};

use super::table::{self, Case};
use crate::request::READY_LIMIT;
use crate::whole;
use crate::xr::composed_kinds;

/// What somebody has made under the name of each kind of object: it stays as it is, and is told with what to do.
pub(crate) async fn what_was_there_before_an_app_or_a_route_is_left_as_it_is(
    plane: &ControlPlane,
) -> Result<()> {
    let namespace = plane.namespace("there-first").await?;
    whole::prepare(plane, &namespace, &["guarded", "door"]).await?;
    let cases = table::cases(&namespace);
    let tried: BTreeSet<_> = cases.iter().flat_map(|case| &case.first).map(kind).collect();
    let all: BTreeSet<_> = composed_kinds().into_iter().map(|kind| kind.kind).collect();
    ensure!(tried == all, "{tried:?} are tried, and {all:?} is what there is");

    let tried = join_all(cases.iter().map(|case| case.tried(plane, &namespace))).await;
    let failed = cases.iter().zip(tried).filter_map(|(case, tried)| Some((case, tried.err()?)));
    let failed: Vec<_> = failed.map(|(case, error)| format!("{}: {error:#}", case.xr.name)).collect();
    ensure!(failed.is_empty(), "{} of {} XRs:\n{}", failed.len(), cases.len(), failed.join("\n"));
    Ok(())
}

fn kind(object: &Value) -> String {
    object["kind"].as_str().unwrap_or_default().to_owned()
}

// === impl Case ===

impl Case {
    async fn tried(&self, plane: &ControlPlane, namespace: &str) -> Result<()> {
        for object in &self.first {
            plane.apply(&object.to_string(), namespace).await?;
        }
        let before = self.states(plane, namespace).await?;
        self.xr.apply(plane, namespace).await?;
        let xr = self.told(plane, namespace).await?;
        let composed = xr.data["spec"]["crossplane"]["resourceRefs"].as_array().into_iter().flatten();
        let composed: Vec<_> = composed.map(|one| resource(&one["kind"], &one["name"])).collect();
        let taken: Vec<_> = self.resources().filter(|resource| composed.contains(resource)).collect();
        ensure!(taken.is_empty(), "{taken:?} are among what is composed");
        ensure!(self.states(plane, namespace).await? == before, "something has changed");

        self.has_a_way_out(&xr)?;
        self.xr.leaves(plane, namespace).await?;
        for object in &self.first {
            let kind = resource_of(object)?;
            let name = object["metadata"]["name"].as_str().unwrap_or_default();
            plane.delete(&kind, namespace, name).await?;
        }
        Ok(())
    }

    /// Waits until the XR tells of each object, by name and with what to do.
    async fn told(&self, plane: &ControlPlane, namespace: &str) -> Result<DynamicObject> {
        let mut missing = Vec::new();
        let tells = |xr: &DynamicObject| {
            missing = self.resources().filter(|resource| problem(xr, resource).is_none()).collect();
            missing.is_empty()
        };
        let (kind, name) = (self.xr.kind.clone(), self.xr.name);
        let told = plane.until(kind, namespace, name, "tells what was there first", READY_LIMIT, tells).await;
        let xr = told.with_context(|| format!("{missing:?} are not told"))?;
        for resource in self.resources() {
            let problem = problem(&xr, &resource).context("it was told a moment ago")?;
            ensure!(problem["type"] == "Error" && problem["remedy"].is_string(), "{problem:#}");
        }
        Ok(xr)
    }

    /// Every remedy says how the XR takes the object over; a Usage is the platform's alone.
    fn has_a_way_out(&self, xr: &DynamicObject) -> Result<()> {
        for resource in self.resources().filter(|resource| !resource.starts_with("Usage/")) {
            let problem = problem(xr, &resource).context("it was told a moment ago")?;
            ensure!(problem["remedy"].to_string().contains("goldenpath.io/adopt: "), "{problem:#}");
        }
        Ok(())
    }

    /// `Service/shop`.
    fn resources(&self) -> impl Iterator<Item = String> {
        self.first.iter().map(|object| resource(&object["kind"], &object["metadata"]["name"]))
    }

    /// What people want of the objects, once nobody writes to them any more: their own controllers do at first.
    async fn states(&self, plane: &ControlPlane, namespace: &str) -> Result<Vec<Value>> {
        let read = async || -> Result<Vec<Value>> {
            let mut states = Vec::new();
            for object in &self.first {
                let (kind, name) =
                    (resource_of(object)?, object["metadata"]["name"].as_str().unwrap_or_default());
                let found = objects::get(plane.client(), &kind, namespace, name).await?;
                let DynamicObject { metadata, mut data, .. } =
                    found.with_context(|| format!("{} {name} is gone", kind.kind))?;
                data.as_object_mut().map(|data| data.remove("status"));
                states.push(json!({"uid": metadata.uid, "labels": metadata.labels, "data": data}));
            }
            Ok(states)
        };
        let mut last = read().await?;
        wait::until("what was there first rests", READY_LIMIT, async || {
            let now = read().await?;
            let before = std::mem::replace(&mut last, now.clone());
            Ok((now == before).then_some(now))
        })
        .await
    }
}

fn problem<'a>(xr: &'a DynamicObject, resource: &str) -> Option<&'a Value> {
    let problems = xr.data["status"]["problems"].as_array()?;
    problems.iter().find(|problem| problem["code"] == "NameTaken" && problem["resource"] == resource)
}

fn resource(kind: &Value, name: &Value) -> String {
    format!("{}/{}", kind.as_str().unwrap_or_default(), name.as_str().unwrap_or_default())
}

fn resource_of(object: &Value) -> Result<ApiResource> {
    let types: TypeMeta = serde_json::from_value(object.clone())?;
    Ok(ApiResource::from_gvk(&GroupVersionKind::try_from(&types)?))
}
