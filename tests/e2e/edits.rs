//! What somebody does by hand to an object of an app, a route or a copy of secrets: a field that is owned is put back, one that
//! is not stays, and an object that is deleted is made again unless something that is there needs it.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use futures::future::join_all;
use goldenpath_tests::{ControlPlane, kinds, objects, wait};
use kube::core::{ApiResource, DynamicObject};
use serde_json::{Value, json};

use crate::documented::{self, Document};
use crate::request::{READY_LIMIT, refusal};
use crate::whole;
use crate::xr::{Xr, composed_kinds};

/// Of somebody else, on an object of a golden path.
const THEIRS: &str = "example.org/somebody";

/// What became of one object: of which XR it is, its kind, the field that was edited, and how each of the three ended.
type Row = [String; 6];

/// Every object of XRs that ask for everything, one after the other: edited, and deleted.
pub(crate) async fn what_somebody_does_to_an_object_is_put_back_or_left(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("edits").await?;
    whole::prepare(plane, &namespace, &["shop", "door"]).await?;
    let asked = whole::everything(&namespace);
    for xr in &asked {
        xr.apply(plane, &namespace).await?;
    }
    let tried = join_all(asked.iter().map(|xr| tried(plane, &namespace, xr))).await;
    let (mut rows, mut failed) = (BTreeSet::new(), Vec::new());
    for (xr, tried) in asked.iter().zip(tried) {
        match tried {
            Ok(tried) => rows.extend(tried),
            Err(error) => failed.push(format!("{} {}: {error:#}", xr.kind.kind, xr.name)),
        }
    }
    ensure!(failed.is_empty(), "{}", failed.join("\n"));
    let seen: BTreeSet<_> = rows.iter().map(|[_, kind, ..]| kind.as_str()).collect();
    let expected = composed_kinds();
    let expected: BTreeSet<_> = expected.iter().map(|kind| kind.kind.as_str()).collect();
    ensure!(seen == expected, "{seen:?} were tried, and {expected:?} is what there is");
    documented::compare(Document::Drift, "edits", &table(&rows))?;
    for xr in &asked {
        xr.leaves(plane, &namespace).await?;
    }
    Ok(())
}

/// Tries the objects of an XR. A Usage that goes has the deletions done that it has refused, so Usages are tried before what they
/// are of; and an Ingress takes its Usages along.
async fn tried(plane: &ControlPlane, namespace: &str, xr: &Xr) -> Result<BTreeSet<Row>> {
    xr.ready(plane, namespace).await?;
    let mut children = xr.children(plane, namespace).await?;
    children.sort_by_key(|(kind, _)| match kind.kind.as_str() {
        "Usage" => 0,
        "Ingress" => 1,
        _ => 2,
    });
    let usages = children.iter().filter(|(kind, _)| kind.kind == "Usage");
    let usages: Vec<_> = usages.filter_map(|(_, usage)| usage.metadata.name.clone()).collect();
    let mut rows = BTreeSet::new();
    for (kind, object) in children {
        let name = object.metadata.name.context("it has no name")?;
        let row = one(plane, namespace, &kind, &name).await;
        let [field, owned, theirs, deleted] = row.with_context(|| format!("{} {name}", kind.kind))?;
        rows.insert([xr.kind.kind.clone(), kind.kind, field, owned, theirs, deleted]);
        xr.ready(plane, namespace).await?;
        for usage in &usages {
            plane.until_true(kinds::usage(), namespace, usage, "Ready", READY_LIMIT).await?;
        }
    }
    Ok(rows)
}

/// Edits an object, and deletes it.
async fn one(plane: &ControlPlane, namespace: &str, kind: &ApiResource, name: &str) -> Result<[String; 4]> {
    let (field, value) = edit(&kind.kind).context("no field of the kind is known")?;
    let before =
        plane.until(kind.clone(), namespace, name, "is there", READY_LIMIT, |o| uid(o).is_some()).await?;
    let pointer = format!("/{}", field.replace('.', "/"));
    let owned = before.data.pointer(&pointer).with_context(|| format!("it has no {field}"))?.clone();
    ensure!(owned != value, "{field} is {value} anyway");

    let mut edited = field.rsplit('.').fold(value, |value, key| json!({ key: value }));
    edited["metadata"] = json!({"annotations": {THEIRS: "was here"}});
    let edited = objects::merge(plane.client(), kind, namespace, name, &edited).await?;
    ensure!(edited.data.pointer(&pointer) != Some(&owned), "{field} was not edited");
    let is_back = |object: &DynamicObject| object.data.pointer(&pointer) == Some(&owned);
    let what = format!("has {field} as before");
    let back = plane.until(kind.clone(), namespace, name, &what, READY_LIMIT, is_back).await?;
    let stays = back.metadata.annotations.as_ref().is_some_and(|all| all.contains_key(THEIRS));
    let theirs = if stays { "left" } else { "taken away" };

    // Crossplane keeps a Usage until what uses is gone, and an XR of which something is going is not Ready until then.
    if before.data["spec"]["by"].is_object() {
        return Ok([field, "put back", theirs, "not tried"].map(str::to_owned));
    }
    let deleted = if refusal(plane, kind, namespace, name).await?.is_some() {
        "refused: in use"
    } else {
        made_again(plane, namespace, kind, name, &before).await?;
        "made again"
    };
    Ok([field, "put back", theirs, deleted].map(str::to_owned))
}

async fn made_again(
    plane: &ControlPlane,
    namespace: &str,
    kind: &ApiResource,
    name: &str,
    before: &DynamicObject,
) -> Result<()> {
    wait::until(&format!("{name} is made again"), READY_LIMIT, async || {
        let now = objects::get(plane.client(), kind, namespace, name).await?;
        Ok(now.filter(|now| uid(now).is_some() && uid(now) != uid(before)).map(drop))
    })
    .await
}

fn uid(object: &DynamicObject) -> Option<&str> {
    object.metadata.uid.as_deref().filter(|_| object.metadata.deletion_timestamp.is_none())
}

/// A field of a kind that golden paths own, and what somebody writes there.
fn edit(kind: &str) -> Option<(&'static str, Value)> {
    Some(match kind {
        "Deployment" => ("spec.revisionHistoryLimit", json!(1)),
        "ExternalSecret" => ("spec.refreshInterval", json!("9h0m0s")),
        "GoldenPathDatabase" => ("spec.upgrade.allowMajor", json!(true)),
        "HorizontalPodAutoscaler" => ("spec.maxReplicas", json!(99)),
        "Ingress" => ("spec.ingressClassName", json!("theirs")),
        "KongConsumer" => ("username", json!("somebody")),
        "KongPlugin" => ("disabled", json!(true)),
        "NetworkPolicy" => ("spec.podSelector", json!({"matchLabels": {"app": "theirs"}})),
        "PodDisruptionBudget" => ("spec.maxUnavailable", json!("50%")),
        "PodMonitor" | "ServiceMonitor" => ("spec.jobLabel", json!("theirs")),
        "PrometheusRule" => ("spec.groups", json!([])),
        "ScaledObject" => ("spec.maxReplicaCount", json!(99)),
        "Secret" => ("data.group", json!("dGhlaXJz")),
        "Service" => ("spec.selector", json!({"app": "theirs"})),
        "ServiceAccount" => ("automountServiceAccountToken", json!(true)),
        "Usage" => ("spec.replayDeletion", json!(true)),
        _ => return None,
    })
}

fn table(rows: &BTreeSet<Row>) -> String {
    let head = ["OF", "KIND", "EDITED", "WHAT IS OWNED", "AN ANNOTATION OF SOMEBODY", "DELETED"];
    let head: Row = head.map(str::to_owned);
    let lines: Vec<&Row> = [&head].into_iter().chain(rows).collect();
    let width = |column: usize| lines.iter().map(|line| line[column].len()).max().unwrap_or_default();
    let widths: Vec<_> = (0..head.len()).map(width).collect();
    let line = |line: &&Row| {
        let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("   ").trim_end())
    };
    lines.iter().map(line).collect()
}
