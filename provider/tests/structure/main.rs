//! How the files of each crate depend on each other: downwards, and never in a circle; and which words are gone for good.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod detector;
mod former;
mod graph;
mod layers;
mod source;

use std::path::{Path, PathBuf};

use graph::Graph;
use source::Source;

/// The crates of the workspace, by folder.
const CRATES: [&str; 8] = [
    "function",
    "provider",
    "provider/api",
    "provider/aws",
    "provider/core",
    "provider/runtime",
    "tests",
    "tests/aws-sim",
];

/// The circles that are still to be opened. The list is exact: a new one fails, and one that was opened has to leave it.
const KNOWN: &[&str] = &[
    "function: claims, definition",
    "function: name_guard, path, rendering, rendering::composed",
    "function: paths::app::api::defaults, paths::app::api::parts",
    "function: paths::app::container, paths::app::pod",
    "function: paths::database::api::defaults, paths::database::api::parts",
    "tests: apiserver, audit, crossplane, etcd, identity, provider, state, workdir",
    "tests: objects, wait",
    "tests/aws-sim: cloud, ec2, rds, rds::subnet_group",
    "tests/aws-sim: rds::instance, rds::side, rds::snapshot",
    "tests/aws-sim: rds::rules, rules, secretsmanager::rules, sts::rules",
    "tests/aws-sim: secretsmanager::check, secretsmanager::secret, secretsmanager::store, secretsmanager::tags",
];

/// The files of a crate.
fn sources(name: &str) -> Vec<Source> {
    let workspace: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned();
    let sources = source::of(&workspace.join(name).join("src"));
    assert!(sources.len() >= 3, "{name} has {} files", sources.len());
    sources
}

#[test]
fn no_files_depend_on_each_other_in_a_circle() {
    let circles = CRATES.iter().flat_map(|name| {
        let graph = Graph::of(&sources(name));
        let circles = graph.circles().into_iter().map(|circle| format!("{name}: {}", circle.join(", ")));
        circles.collect::<Vec<_>>()
    });
    assert_eq!(circles.collect::<Vec<_>>(), KNOWN);
}

#[test]
fn imports_run_downwards() {
    for (name, layers) in [("provider/runtime", layers::RUNTIME), ("provider/aws", layers::AWS)] {
        let sources = sources(name);
        let upwards = layers::upwards(&Graph::of(&sources), layers);
        assert_eq!(upwards, Vec::<String>::new(), "{name}");
    }
}

#[test]
fn no_former_word_is_back() {
    let found = former::WORDS.iter().flat_map(|(name, former, word)| {
        let says = sources(name).into_iter().filter(move |source| source.has_word(former));
        says.map(move |source| format!("{name}: {} has `{former}` for `{word}`", source.module))
    });
    assert_eq!(found.collect::<Vec<_>>(), Vec::<String>::new());
}
