//! The files of this repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::Value;

/// A file or a folder, by its path from the root.
pub(crate) fn path(from_root: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(from_root)
}

/// The text of a file.
pub(crate) fn text(from_root: &str) -> String {
    fs::read_to_string(path(from_root)).unwrap_or_else(|e| panic!("{from_root}: {e}"))
}

/// The YAML documents of a file.
pub(crate) fn documents(from_root: &str) -> Vec<Value> {
    parsed(&text(from_root)).unwrap_or_else(|e| panic!("{from_root}: {e}"))
}

/// The YAML documents of a text.
pub(crate) fn parsed(text: &str) -> Result<Vec<Value>, serde_saphyr::Error> {
    serde_saphyr::from_multiple_with_options(text, serde_saphyr::options! { budget: None })
}

/// The files of a folder with an ending, sorted, by their paths from the root.
pub(crate) fn files(folder: &str, ending: &str) -> Vec<String> {
    let entries = fs::read_dir(path(folder)).unwrap_or_else(|e| panic!("{folder}: {e}"));
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut files: Vec<_> =
        names.filter(|name| name.ends_with(ending)).map(|name| format!("{folder}/{name}")).collect();
    files.sort();
    assert!(!files.is_empty(), "{folder} has no *{ending}");
    files
}

/// What the function answers in its golden cases: each file with its response. Read once, for there are hundreds.
pub(crate) static GOLDENS: LazyLock<Vec<(String, Value)>> = LazyLock::new(|| {
    let folders =
        ["app", "database", "databaseclaim"].map(|path| format!("function/tests/golden/{path}/snapshots"));
    let files = folders.iter().flat_map(|folder| files(folder, ".snap"));
    files
        .map(|file| {
            let response = documents(&file).pop().unwrap();
            (file, response)
        })
        .collect()
});
