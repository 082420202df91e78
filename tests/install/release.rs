//! The workflow that makes releases.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{Tools, repository};

const WORKFLOW: &str = ".github/workflows/release.yaml";

pub(crate) fn the_workflow_is_sound() -> Result<()> {
    let tools = Tools::prepare_some(|name| name == "actionlint")?;
    let mut lint = Command::new(tools.program("actionlint"));
    let output = lint.arg(repository::path(WORKFLOW)).output().context("cannot run actionlint")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    Ok(())
}
