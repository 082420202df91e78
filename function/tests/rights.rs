//! Crossplane has the rights that golden paths need, and no more: `package/base/crossplane.yaml` is what the golden
//! requests are answered with. `UPDATE=1` rewrites it.
//!
//! Every kind that is composed or looked up is in one of them, because every field and switch has its case.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "tests read and write files; the library may not")]

#[path = "golden/case.rs"]
mod case;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use function_sdk_rust::resource::struct_to_json;
use kube::core::{ApiResource, GroupVersionKind};

use case::Case;

const HEAD: &str = "\
# What Crossplane may compose and look up besides what is its own or a package's. Without it, an XR says that Crossplane is
# forbidden to. Written by `UPDATE=1 cargo test -p goldenpath-function --test rights`.
";
const ALL: &str = "[get, list, watch, create, update, patch, delete]";
const READ: &str = "[get, list, watch]";

/// Group and resource, as RBAC names a kind.
type Name = (String, String);

#[test]
fn crossplane_may_do_what_golden_paths_ask_of_it() {
    let (mut composed, mut looked_up) = (BTreeSet::new(), BTreeSet::new());
    for case in Case::all() {
        let response = case.response();
        for resource in response.desired.iter().flat_map(|desired| desired.resources.values()) {
            let object = struct_to_json(resource.resource.as_ref().unwrap());
            let text = |field: &str| object[field].as_str().unwrap_or_default().to_owned();
            composed.extend(name(&text("apiVersion"), &text("kind")));
        }
        for asked in response.requirements.iter().flat_map(|requirements| requirements.resources.values()) {
            looked_up.extend(name(&asked.api_version, &asked.kind));
        }
    }
    assert!(composed.len() > 5 && !looked_up.is_empty(), "{composed:?} {looked_up:?}");
    let looked_up = &looked_up - &composed;
    let role = format!(
        "{HEAD}apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: \
         goldenpath:aggregate-to-crossplane\n  labels:\n    rbac.crossplane.io/aggregate-to-crossplane: \"true\"\nrules:\n{}{}",
        rules(&composed, ALL),
        rules(&looked_up, READ),
    );
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../package/base/crossplane.yaml");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&file, &role).unwrap();
    }
    assert_eq!(fs::read_to_string(&file).unwrap_or_default(), role, "out of date; run `make update`");
}

/// The kinds that are neither ours, for which packages bring rights along, nor Crossplane's own.
fn name(api_version: &str, kind: &str) -> Option<Name> {
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    if group.ends_with("goldenpath.io") || group.ends_with("crossplane.io") {
        return None;
    }
    let resource = ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, kind));
    Some((group.to_owned(), resource.plural))
}

/// One rule a group.
fn rules(names: &BTreeSet<Name>, verbs: &str) -> String {
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (group, resource) in names {
        groups.entry(group).or_default().push(resource);
    }
    let rules = groups.into_iter().map(|(group, resources)| {
        let group = if group.is_empty() { "\"\"" } else { group };
        format!("- apiGroups: [{group}]\n  resources: [{}]\n  verbs: {verbs}\n", resources.join(", "))
    });
    rules.collect()
}
