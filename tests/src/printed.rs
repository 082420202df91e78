//! What the examples of this repository print.

use std::process::Stdio;

use anyhow::{Context, Result, bail};
use tokio::process::Command;

use crate::repository;

/// What an example prints when it is started with one argument.
pub(crate) async fn by_example(name: &str, argument: &str) -> Result<String> {
    let mut command = Command::new(repository::example(name)?);
    let output = command.arg(argument).stderr(Stdio::inherit()).output().await.context("cannot run it")?;
    if !output.status.success() {
        bail!("`{name} {argument}` ended with {}", output.status);
    }
    Ok(String::from_utf8(output.stdout)?)
}
