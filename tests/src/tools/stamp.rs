//! A mark beside each result in the cache: made from these inputs. A changed pin or source makes it again.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use super::catalog::Tool;
use crate::repository;

/// The stamp of a tool's inputs: its module, its own sources, its package, its version stamps and tags.
pub(super) fn of(tool: &Tool) -> Result<String> {
    let folder = repository::path("tests/controlplane").join(tool.module);
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .with_context(|| format!("cannot read {}", folder.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    let words = [tool.package, tool.stamps].into_iter().chain((!tool.tags.is_empty()).then_some(tool.tags));
    of_files(&files, &words.collect::<Vec<_>>())
}

/// The stamp of files and words.
pub(super) fn of_files(files: &[PathBuf], words: &[&str]) -> Result<String> {
    let mut hash = Sha256::new();
    for file in files {
        let content = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        hash.update(content.len().to_le_bytes());
        hash.update(content);
    }
    for word in words {
        hash.update([0]);
        hash.update(word.as_bytes());
    }
    Ok(hash.finalize().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}")))
}

/// Where the stamp of a result is.
pub(super) fn file(result: &Path) -> PathBuf {
    let mut name = result.as_os_str().to_owned();
    name.push(".stamp");
    name.into()
}

/// Whether the stamp on disk is this one.
pub(super) fn matches(file: &Path, stamp: &str) -> bool {
    fs::read_to_string(file).is_ok_and(|written| written == stamp)
}
