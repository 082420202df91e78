//! Composition functions as core calls them, over mutual TLS: the one of this repository, and the example of one's own.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use kube::Client;

use crate::ports::Port;
use crate::process::{Launch, Process};
use crate::{crossplane, printed, repository, workdir::Workdir};

/// The name of this repository's, in packages and compositions.
pub(crate) const NAME: &str = "function-goldenpath";

/// The example (`function/examples/routes.rs`), as Cargo knows it.
const EXAMPLE: &str = "routes";

/// A running function; it ends when dropped.
#[derive(Debug)]
pub struct Function {
    pub(crate) process: Process,
    metrics: Port,
    port: Port,
}

impl Function {
    /// What a Composition calls the example.
    pub const EXAMPLE: &str = "function-routes";

    pub(crate) async fn start(run: &Workdir, client: &Client) -> Result<Self> {
        let function = Self::serve(NAME, NAME, repository::product(NAME)?, run, client).await?;
        function.register(client).await?;
        Ok(function)
    }

    pub(crate) async fn start_example(run: &Workdir, client: &Client) -> Result<Self> {
        let binary = repository::example(EXAMPLE)?;
        let function = Self::serve(Self::EXAMPLE, Self::EXAMPLE, binary, run, client).await?;
        crossplane::register(client, Self::EXAMPLE, &function.port.address()).await?;
        Ok(function)
    }

    /// From now on Crossplane calls this one where a Composition names this repository's.
    pub(crate) async fn register(&self, client: &Client) -> Result<()> {
        crossplane::register(client, NAME, &self.port.address()).await
    }

    /// Starts a program under the name of a function, without telling Crossplane of it.
    pub(crate) async fn serve(
        log: &str,
        name: &str,
        binary: PathBuf,
        run: &Workdir,
        client: &Client,
    ) -> Result<Self> {
        let (port, metrics) = (Port::reserve()?, Port::reserve()?);
        let certificates = crossplane::server_certificates(run, client, name).await?;
        let launch = Launch::new(binary)
            .args(["--address".into(), port.address(), "--metrics-address".into(), metrics.address()])
            .args(["--tls-certs-dir".into(), certificates.display().to_string()]);
        let process = Process::start_new(log, &run.logs(), launch)?;
        let address = port.address();
        process.until_ready(Duration::from_secs(20), || crate::wait::listens(&address)).await?;
        Ok(Self { process, metrics, port })
    }

    pub(crate) fn metrics(&self) -> String {
        format!("{}/metrics", self.metrics.url())
    }
}

/// The XRD of the example, as it prints it.
pub async fn example_definition() -> Result<String> {
    printed::by_example(EXAMPLE, "--definition").await
}
