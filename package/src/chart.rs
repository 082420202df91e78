//! The chart for Helm: the files that base.yaml is made of, a template that goes over their objects, and values.
//!
//! Its folder has no copy of these files: they come in here.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::layer::{File, Layer, Mode};
use crate::release::{Release, Version};
use crate::repository;

/// Its name, and the folder in its archive.
pub(crate) const NAME: &str = "goldenpath";
/// Of the chart itself.
const OWN: &[&str] =
    &["Chart.yaml", "values.yaml", "values.schema.json", "templates/_changes.tpl", "templates/objects.yaml"];
/// Whose objects it has; the last one only where it is asked for.
const FILES: &[&str] = &["base", "policies", "monitoring"];
/// A file beside them: a part of another program's configuration.
const NOT_OBJECTS: &str = "alertmanager.yaml";

/// The file that Helm installs.
pub(crate) fn file(version: &Version) -> String {
    format!("{NAME}-{}.tgz", version.number())
}

/// The archive.
pub(crate) fn archive(Release { registry, version }: &Release) -> Result<Vec<u8>> {
    let mut files = Vec::new();
    for path in OWN {
        let text = read(&format!("chart/{path}"))?;
        let stamped = text
            .replace("registry: REGISTRY", &format!("registry: {registry}"))
            .replace(": VERSION", &format!(": {}", version.number()));
        files.push((format!("{NAME}/{path}"), stamped));
    }
    for folder in FILES {
        for name in names(folder)? {
            files.push((format!("{NAME}/files/{folder}/{name}"), read(&format!("{folder}/{name}"))?));
        }
    }
    let packed: Vec<_> =
        files.iter().map(|(path, text)| File { path, mode: Mode::Data, content: text.as_bytes() }).collect();
    Ok(Layer::of(&packed)?.compressed)
}

/// The YAML files of a folder that have objects, sorted.
fn names(folder: &str) -> Result<Vec<String>> {
    let entries = fs::read_dir(repository::root().join("package").join(folder))
        .with_context(|| format!("cannot read package/{folder}"))?;
    let mut names = Vec::new();
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if Path::new(&name).extension().is_some_and(|ending| ending == "yaml") && name != NOT_OBJECTS {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn read(path: &str) -> Result<String> {
    let file = repository::root().join("package").join(path);
    fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
}
