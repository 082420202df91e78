//! Crossplane's own managed reconciler, asked what it does: the Go program in `tests/oracle/`.

use anyhow::{Context, Result, bail};

use crate::repository;
use crate::tools::build::{check_prerequisites, go_in};

/// The folder of the Go module, and of the vectors that it wrote last.
pub const FOLDER: &str = "tests/oracle";

/// What the program says today: one line a case.
pub fn vectors() -> Result<String> {
    check_prerequisites()?;
    let output = go_in(&repository::path(FOLDER)).args(["run", "."]).output().context("cannot run go")?;
    if !output.status.success() {
        bail!("the oracle failed:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    String::from_utf8(output.stdout).context("the oracle does not write UTF-8")
}
