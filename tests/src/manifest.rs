//! YAML files as Kubernetes objects.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use kube::core::DynamicObject;
use serde_json::Value;

/// The objects of a YAML text, in its order; empty documents are skipped.
pub fn parse(text: &str) -> Result<Vec<DynamicObject>> {
    let documents: Vec<Value> =
        serde_saphyr::from_multiple_with_options(text, options()).context("not valid YAML")?;
    documents
        .into_iter()
        .filter(|document| !document.is_null())
        .map(|document| serde_json::from_value(document).context("not a Kubernetes object"))
        .collect()
}

/// A CRD is larger than what a parser's default budget against hostile input lets pass.
fn options() -> serde_saphyr::Options {
    serde_saphyr::options! { budget: None }
}

/// The objects of a file.
pub fn read(path: &Path) -> Result<Vec<DynamicObject>> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(&text).with_context(|| path.display().to_string())
}

/// The YAML files of a folder, sorted; none when there is no folder.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    files.sort();
    Ok(files)
}

/// The objects of all files of a folder.
pub fn read_folder(folder: &Path) -> Result<Vec<DynamicObject>> {
    let mut objects = Vec::new();
    for file in files(folder)? {
        objects.extend(read(&file)?);
    }
    Ok(objects)
}

/// YAML for people.
pub fn show(value: &impl serde::Serialize) -> String {
    serde_saphyr::to_string(value).unwrap_or_else(|error| format!("(cannot be shown: {error})"))
}
