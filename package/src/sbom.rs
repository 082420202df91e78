//! What a program is made of, as `CycloneDX` tells it: the crates that Cargo links into it, with versions and licences.
//!
//! Written here and not by `cargo cyclonedx`, which would have to be installed first. There is no time and no serial number in
//! it: the same tree has the same list.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde::Serialize;

use crate::crates::{Crate, Crates};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::struct_field_names, reason = "the format's own name")]
struct Bom<'a> {
    bom_format: &'a str,
    spec_version: &'a str,
    version: u8,
    metadata: About<'a>,
    components: Vec<Component<'a>>,
    dependencies: Vec<Edges>,
}

#[derive(Serialize)]
struct About<'a> {
    component: Component<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Component<'a> {
    r#type: &'a str,
    #[serde(rename = "bom-ref")]
    reference: String,
    name: &'a str,
    version: &'a str,
    purl: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    licenses: Vec<License<'a>>,
}

#[derive(Serialize)]
struct License<'a> {
    expression: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Edges {
    r#ref: String,
    depends_on: Vec<String>,
}

/// The list of a crate's program.
pub(crate) fn of(crate_name: &str) -> Result<Vec<u8>> {
    let crates = Crates::read()?;
    let program = crates.named(crate_name).with_context(|| format!("there is no crate {crate_name}"))?;
    let linked = linked(&crates, program);
    let others = linked.keys().filter(|id| **id != program.id);
    let mut components: Vec<_> = others.map(|id| component("library", crates.of(id))).collect();
    components.sort_by(|a, b| a.purl.cmp(&b.purl));
    let reference = |id: &&str| purl(crates.of(id));
    let edges = linked
        .iter()
        .map(|(id, on)| Edges { r#ref: reference(id), depends_on: on.iter().map(reference).collect() });
    let mut dependencies: Vec<_> = edges.collect();
    dependencies.sort_by(|a, b| a.r#ref.cmp(&b.r#ref));
    Ok(serde_json::to_vec_pretty(&Bom {
        bom_format: "CycloneDX",
        spec_version: "1.5",
        version: 1,
        metadata: About { component: component("application", program) },
        components,
        dependencies,
    })?)
}

/// The crates that are linked into a program, each with those that it needs itself. Build scripts and macros are not.
fn linked<'a>(crates: &'a Crates, program: &'a Crate) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let mut open = vec![program.id.as_str()];
    let mut linked = BTreeMap::new();
    while let Some(id) = open.pop() {
        if linked.contains_key(id) {
            continue;
        }
        let on: BTreeSet<&str> = crates.linked_to(id).filter(|on| !crates.of(on).is_macro()).collect();
        open.extend(&on);
        linked.insert(id, on);
    }
    linked
}

fn component<'a>(r#type: &'a str, of: &'a Crate) -> Component<'a> {
    Component {
        r#type,
        reference: purl(of),
        name: &of.name,
        version: &of.version,
        purl: purl(of),
        licenses: of.license.iter().map(|expression| License { expression }).collect(),
    }
}

fn purl(of: &Crate) -> String {
    format!("pkg:cargo/{}@{}", of.name, of.version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_what_is_linked_and_nothing_else() {
        let list: serde_json::Value = serde_json::from_slice(&of("goldenpath-function").unwrap()).unwrap();
        let names: BTreeSet<&str> =
            list["components"].as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap()).collect();
        for linked in ["tonic", "serde", "goldenpath-provider-api"] {
            assert!(names.contains(linked), "{linked} is missing");
        }
        for other in ["aws-sdk-rds", "kube-derive", "insta", "goldenpath-function"] {
            assert!(!names.contains(other), "{other} is not linked");
        }
        assert_eq!(list["metadata"]["component"]["name"], "goldenpath-function");
    }
}
