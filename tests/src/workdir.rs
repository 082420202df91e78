//! The folder of one run: logs, certificates, kubeconfigs, etcd's data.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};

use crate::{repository, state};

/// How many ended runs keep their logs.
const KEPT: usize = 5;

/// The folder; its logs outlive the run, its data does not.
#[derive(Debug)]
pub(crate) struct Workdir {
    path: PathBuf,
}

impl Workdir {
    /// Makes a new one and removes the oldest of ended runs.
    pub(crate) fn create() -> Result<Self> {
        let runs = repository::runs();
        fs::create_dir_all(&runs)?;
        state::prune(KEPT)?;
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let path = runs.join(format!("{seconds}-{}", std::process::id()));
        fs::create_dir_all(path.join("logs")).with_context(|| format!("cannot create {}", path.display()))?;
        Ok(Self { path })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn logs(&self) -> PathBuf {
        self.path.join("logs")
    }

    /// A folder in it, made.
    pub(crate) fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.path.join(name);
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// Writes a file and answers with its path as an argument for a command line.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> Result<String> {
        let path = self.path.join(name);
        fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path.display().to_string())
    }
}

impl Drop for Workdir {
    fn drop(&mut self) {
        // What is left is for reading; a leftover that cannot be removed is removed with the run.
        for data in ["etcd", "crossplane"] {
            let _ = fs::remove_dir_all(self.path.join(data));
        }
        let _ = fs::remove_file(self.path.join(state::FILE));
    }
}
