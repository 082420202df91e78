//! The provider of this repository, outside the cluster as it runs inside: a kubeconfig with its service account's token.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use crate::ports::Port;
use crate::process::{Launch, Process};
use crate::{names, repository, workdir::Workdir};

/// Its name, in packages.
pub(crate) const NAME: &str = "provider-goldenpath-aws";

/// A running replica.
#[derive(Debug)]
pub struct Provider {
    pub(crate) process: Process,
    metrics: Port,
    _health: Port,
}

/// How one replica is started.
#[derive(Clone, Debug)]
pub struct Replica {
    /// Of its log.
    pub name: String,
    /// How often it looks for drift.
    pub poll: Duration,
    /// How long others wait after the leader's last sign.
    pub lease_duration: Duration,
    /// How long the leader tries to give a sign.
    pub renew_deadline: Duration,
    /// How often it is tried.
    pub retry_period: Duration,
    /// Whether every other process comes first.
    pub is_nice: bool,
}

// === impl Replica ===

impl Replica {
    /// The one replica that most stories need. A killed leader is followed within seconds, and one on a busy machine
    /// still keeps its lease.
    pub(crate) fn only(poll: Duration) -> Self {
        Self {
            name: NAME.to_owned(),
            poll,
            lease_duration: Duration::from_secs(10),
            renew_deadline: Duration::from_secs(8),
            retry_period: Duration::from_secs(1),
            is_nice: false,
        }
    }
}

// === impl Provider ===

impl Provider {
    /// Starts it, with the rights of a kubeconfig; leader election is on, as in production.
    pub(crate) async fn start(run: &Workdir, kubeconfig: &Path, replica: &Replica) -> Result<Self> {
        let binary = repository::product(NAME)?;
        let (metrics, health) = (Port::reserve()?, Port::reserve()?);
        let launch = if replica.is_nice {
            Launch::new("nice").args(["-n", "19"]).arg(binary.display().to_string())
        } else {
            Launch::new(binary)
        };
        let go = |duration: Duration| format!("{}ms", duration.as_millis());
        let launch = launch
            .args(["--metrics-bind-address".into(), metrics.address()])
            .args(["--health-probe-bind-addr".into(), health.address()])
            .args(["--poll".into(), go(replica.poll)])
            .args(["--leader-election-lease-duration".into(), go(replica.lease_duration)])
            .args(["--leader-election-renew-deadline".into(), go(replica.renew_deadline)])
            .args(["--leader-election-retry-period".into(), go(replica.retry_period)])
            .arg("--debug")
            .env("KUBECONFIG", kubeconfig.display().to_string())
            .env("POD_NAMESPACE", names::CROSSPLANE)
            // A hostname that does not answer would cost every start a second; credentials come from the cluster.
            .env("AWS_EC2_METADATA_DISABLED", "true");
        let process = Process::start_new(&replica.name, &run.logs(), launch)?;
        // Not that it leads, which takes longer: that it has not ended over a flag or a missing right.
        let address = health.address();
        process.until_ready(Duration::from_secs(30), || crate::wait::listens(&address)).await?;
        Ok(Self { process, metrics, _health: health })
    }

    /// Its process.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// Where its metrics are.
    pub fn metrics(&self) -> String {
        format!("{}/metrics", self.metrics.url())
    }
}
