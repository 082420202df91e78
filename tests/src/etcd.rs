//! etcd: the one store of everything, and so the one place where a leak would lie.

use std::time::Duration;

use anyhow::Result;

use crate::ports::Port;
use crate::process::{Launch, Process};
use crate::{Tools, workdir::Workdir};

#[derive(Debug)]
pub(crate) struct Etcd {
    pub(crate) process: Process,
    client: Port,
    _peer: Port,
}

impl Etcd {
    pub(crate) async fn start(tools: &Tools, run: &Workdir) -> Result<Self> {
        let (client, peer) = (Port::reserve()?, Port::reserve()?);
        let data = run.folder("etcd")?;
        let launch = Launch::new(tools.program("etcd"))
            .args(["--data-dir".into(), data.display().to_string()])
            .args([
                "--listen-client-urls".into(),
                client.url(),
                "--advertise-client-urls".into(),
                client.url(),
            ])
            .args([
                "--listen-peer-urls".into(),
                peer.url(),
                "--initial-advertise-peer-urls".into(),
                peer.url(),
            ])
            .args(["--initial-cluster".into(), format!("default={}", peer.url())])
            // The data is gone with the run anyway; syncing it to disk would only make everything slower.
            .args(["--unsafe-no-fsync", "--log-level", "warn"]);
        let process = Process::start_new("etcd", &run.logs(), launch)?;
        let health = format!("{}/health", client.url());
        process.until_ready(Duration::from_mins(1), || crate::wait::answers(&health)).await?;
        Ok(Self { process, client, _peer: peer })
    }

    pub(crate) fn url(&self) -> String {
        self.client.url()
    }
}
