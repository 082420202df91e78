//! A registry on loopback: packages are pushed to it and pulled from it, and are gone with it.

use std::time::Duration;

use anyhow::Result;

use crate::ports::Port;
use crate::process::{Launch, Process};
use crate::{Tools, workdir::Workdir};

#[derive(Debug)]
pub(super) struct Registry {
    _process: Process,
    port: Port,
}

// === impl Registry ===

impl Registry {
    pub(super) async fn start(tools: &Tools, run: &Workdir) -> Result<Self> {
        let port = Port::reserve()?;
        let launch =
            Launch::new(tools.program("crane")).args(["registry", "serve", "--address", &port.address()]);
        let process = Process::start_new("registry", &run.logs(), launch)?;
        let root = format!("{}/v2/", port.url());
        process.until_ready(Duration::from_secs(20), || crate::wait::answers(&root)).await?;
        Ok(Self { _process: process, port })
    }

    /// A host with a dot, as Crossplane asks for.
    pub(super) fn address(&self) -> String {
        self.port.address()
    }
}
