//! What is applied before the packages, as objects to be compared.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{manifest, repository};
use serde_json::Value;

/// Objects by kind, namespace and name.
pub(crate) type Objects = BTreeMap<(String, String, String), Value>;

/// Those of base.yaml, as `make packages` has left it.
pub(crate) fn packed() -> Result<Objects> {
    let file = repository::target().join("packages/base.yaml");
    parsed(&std::fs::read_to_string(&file).with_context(|| format!("{}: make packages", file.display()))?)
}

/// Those of a text, in which none may be twice.
pub(crate) fn parsed(text: &str) -> Result<Objects> {
    let mut objects = Objects::new();
    for object in manifest::parse(text)? {
        let kind = object.types.as_ref().map(|types| types.kind.clone()).unwrap_or_default();
        let namespace = object.metadata.namespace.clone().unwrap_or_default();
        let name = object.metadata.name.clone().unwrap_or_default();
        let before = objects.insert((kind, namespace, name), serde_json::to_value(&object)?);
        ensure!(before.is_none(), "{before:?} is there twice");
    }
    ensure!(!objects.is_empty(), "there are no objects");
    Ok(objects)
}

/// Object by object, for whoever reads the failure.
pub(crate) fn same(found: &Objects, expected: &Objects) -> Result<()> {
    ensure!(found.keys().eq(expected.keys()), "{:?}\nis not\n{:?}", found.keys(), expected.keys());
    for (key, object) in found {
        ensure!(*object == expected[key], "{object:#}\nis not\n{:#}", expected[key]);
    }
    Ok(())
}
