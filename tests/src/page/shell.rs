//! A reader's shell: the programs and the cluster that a page speaks of, at the root of the repository.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use super::block::{Block, Expected};
use crate::{repository, wait};

/// How long one command may take.
const COMMAND: Duration = Duration::from_mins(6);
/// How long what is printed may take to become what the page says: whoever types looks more than once.
const SETTLING: Duration = Duration::from_mins(3);

/// The shell, and what is put in place of the words of a page.
#[derive(Debug)]
pub struct Shell {
    path: String,
    kubeconfig: PathBuf,
    words: Vec<(String, String)>,
}

// === impl Shell ===

impl Shell {
    /// One with programs under the names that pages have, in a folder of the run.
    pub(crate) fn new(folder: &Path, kubeconfig: &Path, programs: &[(&str, &Path)]) -> Result<Self> {
        for (name, program) in programs {
            std::os::unix::fs::symlink(program, folder.join(name))
                .with_context(|| format!("cannot link {name}"))?;
        }
        let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
        Ok(Self { path, kubeconfig: kubeconfig.to_owned(), words: Vec::new() })
    }

    /// Puts another word in place of one that a page has as an example.
    #[must_use]
    pub fn with(mut self, word: &str, instead: &str) -> Self {
        self.words.push((word.to_owned(), instead.to_owned()));
        self
    }

    /// Types a block. What its last command prints is looked at again and again, until it is what the page says.
    pub(super) async fn type_in(&self, block: &Block) -> Result<()> {
        if block.shown.is_empty() || block.expected == Expected::Refusal {
            return judge(block, &self.run(&block.commands).await?);
        }
        let (first, last) = block.split();
        let output = self.run(&first).await?;
        ensure!(output.status.success(), "{}", told(&output));
        wait::until("it prints what the page says", SETTLING, async || {
            judge(block, &self.run(&last).await?).map(Some)
        })
        .await
    }

    async fn run(&self, commands: &str) -> Result<Output> {
        let mut commands = commands.to_owned();
        for (word, instead) in &self.words {
            commands = commands.replace(word, instead);
        }
        let mut bash = tokio::process::Command::new("bash");
        bash.args(["-euo", "pipefail", "-c", &commands])
            .current_dir(repository::root())
            .env("PATH", &self.path)
            .env("KUBECONFIG", &self.kubeconfig)
            .kill_on_drop(true);
        let output = tokio::time::timeout(COMMAND, bash.output()).await;
        output
            .with_context(|| format!("not ended within {COMMAND:?}:\n{commands}"))?
            .context("cannot run bash")
    }
}

/// Compares what a block has done with what the page says.
fn judge(block: &Block, output: &Output) -> Result<()> {
    ensure!(output.status.success() == (block.expected == Expected::Success), "{}", told(output));
    let printed = told(output);
    match block.missing_from(&printed) {
        Some(line) => bail!("it does not print {line:?}, but\n{printed}"),
        None => Ok(()),
    }
}

/// All that it has printed.
fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
