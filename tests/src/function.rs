//! The composition function of this repository, as core calls it: over mutual TLS.

use anyhow::{Result, bail};
use kube::Client;

use crate::ports::Port;
use crate::process::{Launch, Process};
use crate::{crossplane, repository, workdir::Workdir};

/// Its name, in packages and compositions.
pub(crate) const NAME: &str = "function-goldenpath";

#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) process: Process,
    metrics: Port,
    _port: Port,
}

impl Function {
    pub(crate) async fn start(run: &Workdir, client: &Client) -> Result<Self> {
        let binary = repository::product(NAME);
        if !binary.is_file() {
            bail!("{} is missing: cargo build --release -p goldenpath-function", binary.display());
        }
        let (port, metrics) = (Port::reserve()?, Port::reserve()?);
        let certificates = crossplane::server_certificates(run, client, NAME).await?;
        let launch = Launch::new(binary)
            .args(["--address".into(), port.address(), "--metrics-address".into(), metrics.address()])
            .args(["--tls-certs-dir".into(), certificates.display().to_string()]);
        let process = Process::start_new(NAME, &run.logs(), launch)?;
        let address = port.address();
        process.until_ready(std::time::Duration::from_secs(20), || crate::wait::listens(&address)).await?;
        crossplane::register(client, NAME, &port.address()).await?;
        Ok(Self { process, metrics, _port: port })
    }

    pub(crate) fn metrics(&self) -> String {
        format!("{}/metrics", self.metrics.url())
    }
}
