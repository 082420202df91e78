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
    pub(crate) fn start(run: &Workdir, api: &ApiServer, poll: Duration) -> Result<Self> {
        let binary = repository::product(NAME);
        if !binary.is_file() {
            bail!("{} is missing: cargo build --release -p goldenpath-provider", binary.display());
        }
        let (metrics, health) = (Port::reserve()?, Port::reserve()?);
        let launch = Launch::new(binary)
            .args(["--metrics-bind-address".into(), metrics.address()])
            .args(["--health-probe-bind-addr".into(), health.address()])
            .args(["--poll".into(), format!("{}ms", poll.as_millis())])
            // With production's 60 s, a story that kills the provider would wait a minute for the dead one's lease.
            .args(["--leader-election-lease-duration", "6s"])
            .args(["--leader-election-renew-deadline", "5s", "--leader-election-retry-period", "500ms"])
            .arg("--debug")
            .env("KUBECONFIG", api.kubeconfig.display().to_string())
            .env("POD_NAMESPACE", crossplane::NAMESPACE)
            // A hostname that does not answer would cost every start a second; credentials come from the cluster.
            .env("AWS_EC2_METADATA_DISABLED", "true");
        Ok(Self { process: Process::start_new(NAME, &run.logs(), launch)?, metrics, _health: health })
    }

    pub(crate) fn metrics(&self) -> String {
        format!("{}/metrics", self.metrics.url())
    }
}
