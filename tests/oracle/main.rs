//! The vectors are what Crossplane's managed reconciler does. `UPDATE=1` writes what it says instead of comparing.

use std::fs;

use goldenpath_tests::{oracle, repository};

#[test]
fn the_vectors_are_what_crossplane_does() {
    let path = repository::path(oracle::FOLDER).join("vectors.jsonl");
    let said = oracle::vectors().unwrap();
    if std::env::var_os("UPDATE").is_some() {
        return fs::write(path, said).unwrap();
    }
    let written = fs::read_to_string(path).unwrap_or_default();
    let stale: Vec<_> = said.lines().filter(|line| !written.lines().any(|other| other == *line)).collect();
    assert_eq!(stale.first(), None, "{} cases are out of date; run `make update`", stale.len());
    assert_eq!(written.len(), said.len(), "cases are out of date; run `make update`");
}
