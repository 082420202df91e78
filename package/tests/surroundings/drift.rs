//! What becomes of an edit: docs/drift.md has the fields that golden paths own, as the golden cases have them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;

use serde_json::Value;

use crate::tree;

const PAGE: &str = "docs/drift.md";
/// What follows is what an end-to-end story has seen, which writes it itself.
const SEEN: &str = "<!-- seen: edits -->\n";

/// The fields that are owned of each kind.
fn owned() -> BTreeMap<String, BTreeSet<String>> {
    let mut owned = BTreeMap::<_, BTreeSet<String>>::new();
    for (_, response) in tree::GOLDENS.iter() {
        for (_, resource) in response["desired"]["resources"].as_object().into_iter().flatten() {
            let object = &resource["resource"];
            owned.entry(name(object)).or_default().extend(fields(object));
        }
    }
    owned
}

/// Two kinds are called Secret, and this is the managed one.
fn name(object: &Value) -> String {
    let (group, kind) = (object["apiVersion"].as_str().unwrap(), object["kind"].as_str().unwrap());
    if group.contains(".aws.m.") { format!("{kind} (AWS)") } else { kind.to_owned() }
}

/// The fields below `spec`; of a managed resource, those below `forProvider`, which are AWS's.
fn fields(object: &Value) -> BTreeSet<String> {
    let keys = |of: &Value| -> Vec<String> {
        of.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect()
    };
    let outside = keys(object)
        .into_iter()
        .filter(|key| !["apiVersion", "kind", "metadata", "spec"].contains(&key.as_str()));
    let spec = &object["spec"];
    let inside = keys(spec).into_iter().filter(|key| key != "forProvider");
    outside.chain(inside).chain(keys(&spec["forProvider"])).collect()
}

#[test]
fn the_page_has_the_fields_that_are_owned() {
    let mut page = String::from(HEAD);
    let owned = owned();
    assert!(owned.len() > 12, "{owned:?}");
    for (kind, fields) in owned {
        let fields: Vec<_> = fields.iter().map(|field| format!("`{field}`")).collect();
        writeln!(page, "| {kind} | {} |", fields.join(" ")).unwrap();
    }
    let before = fs::read_to_string(tree::path(PAGE)).unwrap_or_default();
    let seen = before.split_once(SEEN).map_or("```\n```\n", |(_, seen)| seen);
    write!(page, "{TRIED}{SEEN}{seen}").unwrap();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(tree::path(PAGE), &page).unwrap();
    }
    assert_eq!(
        fs::read_to_string(tree::path(PAGE)).unwrap_or_default(),
        page,
        "out of date; run `make update`"
    );
}

const HEAD: &str = "\
# What becomes of an edit

What is authoritative is the XR or the claim, and for it, Git. Whatever a golden path composes is applied by Crossplane, field by field
(server-side apply). Written by `UPDATE=1 cargo test -p goldenpath-package --test surroundings`.

| somebody | what happens |
|---|---|
| changes a field in the cluster that is owned | Crossplane puts it back as soon as it sees the change |
| sets a field in the cluster that is not owned | it stays: it is theirs |
| adds to a list in the cluster that is a set, such as `allowedNamespaces` of an app's database | what is owned stays, and so does what they add, until they take it away |
| deletes an object in the cluster that is composed | it is made again, unless the XR is being deleted; a managed resource whose deletion AWS protects stays until it may go, and a managed Secret goes and comes half a minute later, with the value that it had |
| changes something in AWS that is owned | the provider puts it back when it looks next, and an event of the managed resource says what it was; what costs downtime waits for its window |
| changes something in AWS that is not owned | it stays, as do tags that others have set |
| lets AWS grow the storage, or upgrade to a newer minor version | it stays: both are floors |
| deletes or renames a database in AWS | it is reported and not made again (`ExternallyDeleted`, `Renamed`) |
| replaces a database in AWS by another of its name | it is reported and left alone (`IdentityChanged`) |
| changes the password in AWS without the secret | nobody sees it; a new version of the secret is what sets a password |

## Which fields are owned

Fields below `spec`; of managed resources also those below `forProvider`. Each only where the XR or the platform asks for it. Labels
and annotations that golden paths set are owned as well, and all others are not.

| kind | fields |
|---|---|
";

const TRIED: &str = "
## As it was tried

Every object of apps, routes and copies of secrets that ask for whatever they can, edited and deleted by somebody with all rights.
What is in use is refused until what uses it is gone: a plugin while it guards a route, pods while a route leads to them, a database
while pods use it. A Usage that names what uses is not deleted here: Crossplane keeps it, and what it protects, until that is gone. Probes
of the gateway are there for moments, and are left out. Written by
`UPDATE=1 cargo test -p goldenpath-tests --test e2e -- --ignored edits`.

";
