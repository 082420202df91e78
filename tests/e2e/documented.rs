//! Texts that the documentation shows, held against what users really see.

use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail};
use goldenpath_tests::{repository, wait};
use similar::TextDiff;

use crate::request::SHORT_LIMIT;

/// A document that shows such texts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Document {
    Drift,
    GoldenPaths,
    Security,
}

/// Stories run at once, and `UPDATE=1` has each of them write its own part of the file.
static WRITING: Mutex<()> = Mutex::new(());

/// Asks for a text until it is what a document shows. One look is not enough: Crossplane writes the conditions that it has
/// read before those that it has found, so an old `Ready` can be seen for a moment.
pub(crate) async fn settles(
    document: Document,
    name: &str,
    mut see: impl AsyncFnMut() -> Result<String>,
) -> Result<()> {
    let what = format!("{} shows {name} as it is", document.file());
    wait::until(&what, SHORT_LIMIT, async || compare(document, name, &see().await?).map(Some)).await
}

/// Compares a text with the block behind `<!-- seen: NAME -->`; `UPDATE=1` writes it instead.
pub(crate) fn compare(document: Document, name: &str, seen: &str) -> Result<()> {
    let _turn = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let file = document.file();
    let path = repository::path(file);
    let document = std::fs::read_to_string(&path).with_context(|| format!("cannot read {file}"))?;
    let mark = format!("<!-- seen: {name} -->\n```\n");
    let (before, rest) =
        document.split_once(&mark).with_context(|| format!("{file} does not show {name}"))?;
    let (shown, after) =
        rest.split_once("```\n").with_context(|| format!("the block {name} does not end"))?;
    if shown == seen {
        return Ok(());
    }
    if std::env::var_os("UPDATE").is_some() {
        return Ok(std::fs::write(&path, format!("{before}{mark}{seen}```\n{after}"))?);
    }
    let difference = TextDiff::from_lines(shown, seen);
    bail!("{file} shows {name} as it is not; UPDATE=1 rewrites it\n{}", difference.unified_diff())
}

// === impl Document ===

impl Document {
    fn file(self) -> &'static str {
        match self {
            Self::Drift => "docs/drift.md",
            Self::GoldenPaths => "docs/golden-paths.md",
            Self::Security => "docs/security.md",
        }
    }
}
