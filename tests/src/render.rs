//! `crossplane render`: the real CLI and the real engine over the function, without a cluster.

mod claim;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::ports::Port;
use crate::process::{Launch, Process};
use crate::{Tools, function, repository};

/// The function, served in plain text for the renderer.
#[derive(Debug)]
pub struct Renderer {
    _function: Process,
    _port: Port,
    core: PathBuf,
    cli: PathBuf,
    functions: PathBuf,
}

impl Renderer {
    /// Starts the function.
    pub async fn start(tools: &Tools) -> Result<Self> {
        let binary = repository::product(function::NAME)?;
        let folder = repository::cache().join("render").join(std::process::id().to_string());
        std::fs::create_dir_all(&folder)?;
        let port = Port::reserve()?;
        let launch =
            Launch::new(binary).args(["--address", &port.address(), "--insecure", "--metrics-address="]);
        let process = Process::start_new(function::NAME, &folder, launch)?;
        let address = port.address();
        process.until_ready(Duration::from_secs(20), || crate::wait::listens(&address)).await?;
        let functions = folder.join("functions.yaml");
        std::fs::write(
            &functions,
            format!(
                "apiVersion: pkg.crossplane.io/v1\nkind: Function\nmetadata:\n  name: {}\n  annotations:\n    \
                 render.crossplane.io/runtime: Development\n    \
                 render.crossplane.io/runtime-development-target: {address}\nspec: {{package: local}}\n",
                function::NAME
            ),
        )?;
        Ok(Self {
            _function: process,
            _port: port,
            core: tools.program("crossplane").to_owned(),
            cli: tools.program("crossplane-cli").to_owned(),
            functions,
        })
    }

    /// What the composition makes of an XR or a claim: the XR with its status, results, and every composed resource.
    pub fn render(&self, example: &Path, composition: &Path) -> Result<String> {
        let composite = claim::composite(example, self.folder())?;
        let output = Command::new(&self.cli)
            .args(["composition", "render"])
            .args([composite.as_path(), composition, self.functions.as_path()])
            .arg(format!("--crossplane-binary={}", self.core.display()))
            .args(["--include-function-results", "--include-full-xr"])
            .output()
            .context("cannot run the Crossplane CLI")?;
        if !output.status.success() {
            bail!("crossplane render failed: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(with_sorted_results(&String::from_utf8(output.stdout)?))
    }

    fn folder(&self) -> &Path {
        self.functions.parent().unwrap_or(Path::new("."))
    }
}

/// Core tells what is not ready in the order of a map, which differs from run to run.
fn with_sorted_results(rendered: &str) -> String {
    let is_result = |document: &&str| document.lines().any(|line| line == "kind: Result");
    let mut documents: Vec<&str> = rendered.split("---\n").filter(|document| !document.is_empty()).collect();
    let results = documents.iter().position(is_result).unwrap_or(documents.len());
    // Results come last; should that change, the order of everything else is not ours to touch.
    if documents[results..].iter().all(is_result) {
        documents[results..].sort_unstable();
    }
    documents.iter().fold(String::new(), |text, document| text + "---\n" + document)
}

impl Drop for Renderer {
    fn drop(&mut self) {
        if let Some(folder) = self.functions.parent() {
            // Left behind it is a few hundred bytes below target/.
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}
