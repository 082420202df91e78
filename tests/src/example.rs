//! The runtime's example provider (`provider/runtime/examples/files.rs`), beside this repository's own.

use std::path::Path;

use anyhow::Result;

use crate::process::Launch;
use crate::{ControlPlane, Process, printed, repository};

/// Its name, as Cargo knows it.
const NAME: &str = "files";

impl ControlPlane {
    /// Starts it, to keep its files in a folder.
    pub fn start_example(&self, folder: &Path) -> Result<Process> {
        let launch = Launch::new(repository::example(NAME)?)
            .arg(folder.display().to_string())
            .env("KUBECONFIG", self.state().kubeconfig.display().to_string());
        Process::start_new(NAME, &self.logs(), launch)
    }
}

/// Its CRD, as it prints it.
pub async fn crd() -> Result<String> {
    printed::by_example(NAME, "crd").await
}
