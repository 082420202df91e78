//! The YAML that is packed, and what a release changes in it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::release::Release;
use crate::repository;

/// Files and folders, below the root, in their order.
pub(crate) type Sources = &'static [&'static str];

/// The configuration, which runs nothing.
pub(crate) const CONFIGURATION: Sources = &[
    "package/configuration/crossplane.yaml",
    "package/configuration/managed-resource-activation-policy.yaml",
    "xrds",
    "compositions",
];
/// The function, as Compositions in this tree call it.
pub(crate) const FUNCTION: &str = "function-goldenpath";
/// Beside the packages, which may have none of this in them.
const BASE: Sources = &["package/base", "package/policies"];

/// A package's `package.yaml`: what it is comes first.
pub(crate) fn package(sources: Sources, release: &Release) -> Result<String> {
    let mut stream = String::new();
    for source in sources {
        for file in files(source)? {
            for mut document in documents(&file)? {
                stamp(&mut document, release);
                stream.push_str("---\n");
                stream.push_str(&serde_saphyr::to_string(&document)?);
            }
        }
    }
    Ok(stream)
}

/// What an administrator applies before the packages; with its comments, for it is theirs to read and to change.
pub(crate) fn base(release: &Release) -> Result<String> {
    let mut texts = Vec::new();
    for source in BASE {
        for file in files(source)? {
            let text = read(&file)?;
            texts.push(stamped(&text, release).trim_end().to_owned() + "\n");
        }
    }
    Ok(texts.join("---\n"))
}

fn stamped(text: &str, release: &Release) -> String {
    let version = release.version.to_string();
    if text == "VERSION" {
        return version;
    }
    text.replace("REGISTRY/", &release.registry.package("")).replace(">=VERSION", &format!(">={version}"))
}

/// Names the registry's packages and the version, and the function as Crossplane will call it.
fn stamp(document: &mut Value, release: &Release) {
    match document {
        Value::String(text) => *text = stamped(text, release),
        Value::Array(items) => items.iter_mut().for_each(|item| stamp(item, release)),
        Value::Object(fields) => {
            for (name, value) in fields {
                if name == "functionRef" && value["name"] == FUNCTION {
                    value["name"] = release.registry.object(FUNCTION).into();
                } else {
                    stamp(value, release);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The file itself, or the YAML files of a folder, sorted.
fn files(source: &str) -> Result<Vec<PathBuf>> {
    let path = repository::root().join(source);
    if path.is_file() {
        return Ok(vec![path]);
    }
    let entries = fs::read_dir(&path).with_context(|| format!("cannot read {source}"))?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    Ok(files)
}

fn documents(file: &Path) -> Result<Vec<Value>> {
    // A CRD is larger than what a parser's default budget against hostile input lets pass.
    let options = serde_saphyr::options! { budget: None };
    serde_saphyr::from_multiple_with_options(&read(file)?, options)
        .with_context(|| format!("{} is not valid YAML", file.display()))
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

#[cfg(test)]
mod tests;
