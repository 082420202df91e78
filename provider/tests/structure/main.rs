//! How the files of each crate depend on each other: downwards, and never in a circle; and which words are gone for good.
//! That no shared file of the function names a golden path, and no kind another, is in `function/tests/structure.rs`.

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
const CRATES: [&str; 9] = [
    "function",
    "package",
    "provider",
    "provider/api",
    "provider/aws",
    "provider/core",
    "provider/runtime",
    "tests",
    "tests/aws-sim",
];

/// The circles that stay, each with its reason. The list is exact: a new one fails, and one that was opened has to leave it.
const KNOWN: &[(&str, &str)] = &[];

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
    let known: Vec<_> = KNOWN.iter().map(|(circle, _)| (*circle).to_owned()).collect();
    assert_eq!(circles.collect::<Vec<_>>(), known);
}

#[test]
fn imports_run_downwards() {
    for (name, layers) in
        [("function", layers::FUNCTION), ("provider/aws", layers::AWS), ("provider/runtime", layers::RUNTIME)]
    {
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
