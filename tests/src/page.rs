//! A page of the documentation as a list of what it has its reader type, and what it says is printed then.
//!
//! ````text
//! <!-- refused -->            or `<!-- not run: WHY -->`, or nothing
//! ```bash
//! kubectl get gpdb
//! ```
//! ```text
//! NAME        PHASE           what is printed, line by line; `…` is any text
//! ```
//! ````

mod block;
mod shell;

use anyhow::{Context, Result, bail};

use crate::progress::say;
use crate::repository;
pub use block::Block;
use block::Expected;
pub use shell::Shell;

/// One page.
#[derive(Debug)]
pub struct Page {
    file: String,
    /// In their order.
    pub blocks: Vec<Block>,
}

// === impl Page ===

impl Page {
    /// Reads a page, by its path from the root.
    pub fn read(file: &str) -> Result<Self> {
        let text =
            std::fs::read_to_string(repository::path(file)).with_context(|| format!("cannot read {file}"))?;
        let blocks = block::all(&text).with_context(|| format!("cannot read the blocks of {file}"))?;
        Ok(Self { file: file.to_owned(), blocks })
    }

    /// Types every block, and compares what is printed with what the page says. Says which blocks are not typed, and why.
    pub async fn walk(&self, shell: &Shell) -> Result<()> {
        for block in &self.blocks {
            let place = format!("{}:{}", self.file, block.line);
            if let Expected::NotRun(why) = &block.expected {
                say(&format!("{place} is not run: {why}"));
                continue;
            }
            shell.type_in(block).await.with_context(|| format!("{place} does not do as it says"))?;
        }
        let run = self.blocks.iter().filter(|block| !matches!(block.expected, Expected::NotRun(_))).count();
        if run == 0 {
            bail!("{} has nothing to run", self.file);
        }
        say(&format!("{}: {run} of {} blocks were run as they stand", self.file, self.blocks.len()));
        Ok(())
    }
}
