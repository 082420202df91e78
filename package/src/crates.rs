//! The crates that Cargo would build, as `cargo metadata` lists them.
//!
//! Read here and not by the crate `cargo_metadata`: that asks `serde_json` for a feature, which every crate of the workspace
//! would then be compiled with.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::{programs, repository};

/// Every one, with what it is built of.
#[derive(Debug)]
pub(crate) struct Crates {
    by_id: BTreeMap<String, Crate>,
    needs: BTreeMap<String, Vec<Need>>,
}

/// One of them.
#[derive(Debug, Deserialize)]
pub(crate) struct Crate {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) license: Option<String>,
    targets: Vec<Target>,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    packages: Vec<Crate>,
    resolve: Resolve,
}

#[derive(Debug, Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Debug, Deserialize)]
struct Node {
    id: String,
    deps: Vec<Need>,
}

#[derive(Debug, Deserialize)]
struct Need {
    pkg: String,
    dep_kinds: Vec<Why>,
}

/// None of a crate that is linked; `build` and `dev` are others.
#[derive(Debug, Deserialize)]
struct Why {
    kind: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Target {
    kind: Vec<String>,
}

// === impl Crates ===

impl Crates {
    /// Asks Cargo.
    pub(crate) fn read() -> Result<Self> {
        let answer = Command::new(programs::cargo())
            .current_dir(repository::root())
            .args(["metadata", "--format-version=1", "--locked", "--filter-platform", programs::TARGET])
            .output()
            .context("cannot run cargo")?;
        ensure!(
            answer.status.success(),
            "cargo metadata failed: {}",
            String::from_utf8_lossy(&answer.stderr)
        );
        let Metadata { packages, resolve } = serde_json::from_slice(&answer.stdout)?;
        Ok(Self {
            by_id: packages.into_iter().map(|one| (one.id.clone(), one)).collect(),
            needs: resolve.nodes.into_iter().map(|node| (node.id, node.deps)).collect(),
        })
    }

    /// The one of a name in this workspace.
    pub(crate) fn named(&self, name: &str) -> Option<&Crate> {
        self.by_id.values().find(|one| one.name == name)
    }

    /// The one of an id that Cargo has given.
    pub(crate) fn of(&self, id: &str) -> &Crate {
        &self.by_id[id]
    }

    /// Those that one is linked with.
    pub(crate) fn linked_to(&self, id: &str) -> impl Iterator<Item = &str> {
        let linked = self.needs[id].iter().filter(|need| need.dep_kinds.iter().any(|why| why.kind.is_none()));
        linked.map(|need| need.pkg.as_str())
    }
}

// === impl Crate ===

impl Crate {
    /// Whether the compiler runs it, and nothing is linked with it.
    pub(crate) fn is_macro(&self) -> bool {
        self.targets.iter().any(|target| target.kind.iter().any(|kind| kind == "proc-macro"))
    }
}
