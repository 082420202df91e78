//! Finds or builds the programs of the control plane.
//!
//! A ready binary is taken where its version fits, then the cache below `target/`, and only then is one built from the
//! `go.mod` in `tests/controlplane/`. Several processes may do this at once: the cache is behind a file lock.

pub(crate) mod build;
mod catalog;
mod found;
mod manifests;
mod python;
mod stamp;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

pub use catalog::{CATALOG, Tool};
pub use python::Python;

use crate::{progress::say, repository};

/// Every program and file the harness starts from.
#[derive(Clone, Debug)]
pub struct Tools {
    programs: BTreeMap<&'static str, PathBuf>,
    /// Manifests that come out of the Go modules.
    pub manifests: PathBuf,
}

impl Tools {
    /// Finds or builds everything that a control plane and its stories need, moto as well; says which was taken.
    pub fn prepare() -> Result<Self> {
        let tools = Self::prepare_some(|name| !catalog::JUDGES.contains(&name))?;
        Python::prepare()?;
        Ok(tools)
    }

    /// As [`Tools::prepare`], without moto, and without what only packages, `crossplane render` and stories of the gateway
    /// need: four minutes of a first build.
    pub fn prepare_control_plane() -> Result<Self> {
        Self::prepare_without(&["crane", "crossplane-cli", "helm", "kong-ingress-controller"])
    }

    /// As [`Tools::prepare_control_plane`], with what stories of the gateway need.
    pub fn prepare_stories() -> Result<Self> {
        Self::prepare_without(&["crane", "crossplane-cli", "helm"])
    }

    /// Without those that judge what is around the packages, and without others.
    fn prepare_without(others: &[&str]) -> Result<Self> {
        Self::prepare_some(|name| !others.contains(&name) && !catalog::JUDGES.contains(&name))
    }

    /// As [`Tools::prepare`], for the programs that `wanted` names.
    pub fn prepare_some(wanted: impl Fn(&str) -> bool) -> Result<Self> {
        let bin = repository::cache().join("bin");
        fs::create_dir_all(&bin).with_context(|| format!("cannot create {}", bin.display()))?;
        let _lock = exclusive(&repository::cache().join("tools.lock"))?;
        let mut programs = BTreeMap::new();
        let mut missing = Vec::new();
        for tool in CATALOG.iter().filter(|tool| wanted(tool.name)) {
            match found::find(tool, &bin)? {
                Some(found) => {
                    if found.elsewhere {
                        say(&format!("{} taken from {}", tool.name, found.path.display()));
                    }
                    programs.insert(tool.name, found.path);
                }
                None => missing.push(tool),
            }
        }
        if !missing.is_empty() {
            build::check_prerequisites()?;
            say(&format!(
                "{} programs are built from source, once, in about a minute each on two cores",
                missing.len()
            ));
        }
        for (number, tool) in missing.iter().enumerate() {
            programs.insert(tool.name, build::build(tool, &bin, number + 1, missing.len())?);
        }
        let manifests = manifests::prepare()?;
        Ok(Self { programs, manifests })
    }

    /// The path of a program.
    ///
    /// # Panics
    /// When the name is not in the catalog or was not asked for: a mistake in the harness.
    pub fn program(&self, name: &str) -> &Path {
        self.programs.get(name).unwrap_or_else(|| unreachable!("{name} was not prepared"))
    }
}

/// Waits for a lock that ends with the value, or with the process.
fn exclusive(path: &Path) -> Result<File> {
    let file = File::create(path).with_context(|| format!("cannot create {}", path.display()))?;
    if file.try_lock().is_err() {
        say("another process prepares the tools; waiting for it");
        file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
    }
    Ok(file)
}
