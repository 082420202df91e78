//! The provider of this repository, outside the cluster as it runs inside: a kubeconfig instead of a service account.

use std::time::Duration;

use anyhow::{Result, bail};

use crate::apiserver::ApiServer;
use crate::ports::Port;
use crate::process::{Launch, Process};
use crate::{crossplane, repository, workdir::Workdir};

/// Its name, in packages.
pub(crate) const NAME: &str = "provider-goldenpath-aws";

#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) process: Process,
    metrics: Port,
    _health: Port,
}

impl Provider {
    /// Starts it. `poll` is how often it looks for drift; leader election is on, as in production.
    pub(crate) async fn start(run: &Workdir, api: &ApiServer, poll: Duration) -> Result<Self> {
        let binary = repository::product(NAME);
        if !binary.is_file() {
            bail!("{} is missing: cargo build --release -p goldenpath-provider", binary.display());
        }
        let (metrics, health) = (Port::reserve()?, Port::reserve()?);
        let launch = Launch::new(binary)
            .args(["--metrics-bind-address".into(), metrics.address()])
            .args(["--health-probe-bind-addr".into(), health.address()])
            .args(["--poll".into(), format!("{}ms", poll.as_millis())])
            // A killed leader is followed within seconds, and one on a busy machine still keeps its lease.
            .args(["--leader-election-lease-duration", "10s", "--leader-election-renew-deadline", "8s"])
            .args(["--leader-election-retry-period", "1s"])
            .arg("--debug")
            .env("KUBECONFIG", api.kubeconfig.display().to_string())
            .env("POD_NAMESPACE", crossplane::NAMESPACE)
            // A hostname that does not answer would cost every start a second; credentials come from the cluster.
            .env("AWS_EC2_METADATA_DISABLED", "true");
        let process = Process::start_new(NAME, &run.logs(), launch)?;
        // Not that it leads, which takes longer: that it has not ended over a flag or a missing right.
        let address = health.address();
        process.until_ready(Duration::from_secs(30), || crate::wait::listens(&address)).await?;
        Ok(Self { process, metrics, _health: health })
    }

    pub(crate) fn metrics(&self) -> String {
        format!("{}/metrics", self.metrics.url())
    }
}
