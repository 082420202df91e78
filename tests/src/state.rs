//! What a running control plane tells others about itself, so that a second terminal can use it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use serde::{Deserialize, Serialize};

use crate::{kubeconfig, repository};

/// The file's name in the run's folder.
pub(crate) const FILE: &str = "state.json";

/// Addresses and files of one run.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct State {
    /// The process that owns the run.
    pub owner: u32,
    /// The run's folder.
    pub folder: PathBuf,
    /// For kubectl.
    pub kubeconfig: PathBuf,
    /// A kubectl that fits.
    pub kubectl: PathBuf,
    /// The AWS endpoint.
    pub aws: String,
    /// etcd's client address.
    pub etcd: String,
    /// Pages with metrics, by component.
    pub metrics: Vec<(String, String)>,
}

impl State {
    /// Writes it for others.
    pub(crate) fn write(&self) -> Result<()> {
        fs::write(self.folder.join(FILE), serde_json::to_vec_pretty(self)?)
            .context("cannot write the run's state")
    }

    /// Reads that of a run's folder.
    pub fn read(folder: &Path) -> Result<Self> {
        Ok(serde_json::from_slice(&fs::read(folder.join(FILE))?)?)
    }

    /// What kubectl prints.
    pub async fn kubectl(&self, arguments: &[&str]) -> Result<String> {
        let mut command = tokio::process::Command::new(&self.kubectl);
        command.env("KUBECONFIG", &self.kubeconfig).args(arguments);
        let output = command.output().await.context("cannot run kubectl")?;
        if !output.status.success() {
            bail!("kubectl {arguments:?} failed: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// The newest run that lives.
    pub fn newest() -> Result<Self> {
        let mut folders: Vec<PathBuf> = fs::read_dir(repository::runs())
            .map(|entries| entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect())
            .unwrap_or_default();
        folders.sort();
        let living = folders.iter().rev().filter_map(|folder| Self::read(folder).ok()).find(Self::is_alive);
        living.context("no control plane is running; start one with `make control-plane`")
    }

    /// A client with all rights.
    pub async fn client(&self) -> Result<kube::Client> {
        kubeconfig::connect(&self.kubeconfig).await
    }

    /// Whether the owner is there.
    pub fn is_alive(&self) -> bool {
        is_alive(self.owner)
    }

    /// The run's folder of logs.
    pub fn logs(&self) -> PathBuf {
        self.folder.join("logs")
    }

    /// Asks the owner to stop everything, and waits until it has.
    pub async fn stop(&self, limit: Duration) -> Result<()> {
        let pid = i32::try_from(self.owner).ok().and_then(Pid::from_raw).context("not a process id")?;
        kill_process(pid, Signal::TERM)?;
        let begun = std::time::Instant::now();
        while self.is_alive() {
            if begun.elapsed() > limit {
                bail!("the control plane did not stop within {limit:?}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }
}

/// Removes the folders of all runs that have ended.
pub fn clean() -> Result<()> {
    prune(0)
}

/// Removes all but the newest of the runs that have ended.
pub(crate) fn prune(kept: usize) -> Result<()> {
    let runs = repository::runs();
    if !runs.is_dir() {
        return Ok(());
    }
    let mut ended: Vec<PathBuf> = fs::read_dir(runs)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|run| !State::read(run).is_ok_and(|state| state.is_alive()))
        // A run that is just starting has no state yet; its owner's id is in its name.
        .filter(|run| !is_alive(owner(run)))
        .collect();
    ended.sort();
    for run in ended.iter().rev().skip(kept) {
        // Another run may be pruning as well.
        let _ = fs::remove_dir_all(run);
    }
    Ok(())
}

fn owner(run: &Path) -> u32 {
    let name = run.file_name().unwrap_or_default().to_string_lossy();
    name.rsplit('-').next().and_then(|pid| pid.parse().ok()).unwrap_or(0)
}

/// Whether a process exists.
pub(crate) fn is_alive(pid: u32) -> bool {
    i32::try_from(pid).ok().and_then(Pid::from_raw).is_some_and(|pid| test_kill_process(pid).is_ok())
}
