//! What Crossplane makes of a claim, for a renderer that knows XRs only.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use kube::core::DynamicObject;
use serde_json::{Value, json};

use crate::{manifest, repository};

/// A file with the XR that an example stands for: itself, or, if it is a claim, one that is written to the folder.
pub(super) fn composite(example: &Path, folder: &Path) -> Result<PathBuf> {
    let claim = manifest::read(example)?.into_iter().next().context("an empty file")?;
    let Some(kind) = composite_kind(&claim)? else { return Ok(example.to_owned()) };
    let file = folder.join(example.file_name().context("a file has a name")?);
    std::fs::write(&file, manifest::show(&bound(claim, &kind)?))?;
    Ok(file)
}

/// The kind of the XR, if an XRD says that the object is a claim.
fn composite_kind(object: &DynamicObject) -> Result<Option<String>> {
    let kind = object.types.as_ref().map(|types| types.kind.as_str());
    let xrds = manifest::read_folder(&repository::path("xrds"))?;
    let of_claim = xrds.into_iter().find(|xrd| xrd.data["spec"]["claimNames"]["kind"].as_str() == kind);
    Ok(of_claim.and_then(|xrd| xrd.data["spec"]["names"]["kind"].as_str().map(str::to_owned)))
}

/// The XR: the claim's labels and spec, under a name that is made up, bound to the claim.
fn bound(claim: DynamicObject, kind: &str) -> Result<Value> {
    let DynamicObject { types, metadata, data } = claim;
    let types = types.context("an object has a kind")?;
    let name = metadata.name.context("a claim has a name")?;
    let mut spec = data["spec"].clone();
    spec["claimRef"] = json!({
        "apiVersion": types.api_version, "kind": types.kind, "namespace": metadata.namespace, "name": name,
    });
    Ok(json!({
        "apiVersion": types.api_version,
        "kind": kind,
        "metadata": {"name": format!("{name}-x7k2p"), "labels": metadata.labels},
        "spec": spec,
    }))
}
