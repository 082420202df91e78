//! A release: its sources, and the programs that are built of them.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, manifest, objects, repository};
use kube::core::ApiResource;

use crate::upgrade;

/// Names the checkout of the earlier release.
const NAMES_IT: &str = "UPGRADE_FROM";
const PROVIDER: &str = "provider-goldenpath-aws";
/// How long a provider may take to end its calls.
const DRAIN: Duration = Duration::from_secs(30);

/// Where a release is.
pub(super) struct Checkout {
    sources: PathBuf,
    programs: PathBuf,
}

/// Whether there is an earlier release to upgrade from.
pub(crate) fn is_named() -> bool {
    std::env::var_os(NAMES_IT).is_some()
}

// === impl Checkout ===

impl Checkout {
    /// The one that the environment names.
    pub(super) fn named() -> Result<Self> {
        let named = std::env::var_os(NAMES_IT);
        let sources: PathBuf = named.with_context(|| format!("{NAMES_IT} names no earlier release"))?.into();
        let sources = std::path::absolute(sources)?;
        let earlier = Self { programs: sources.join("target/debug"), sources };
        let (version, own) = (earlier.version()?, Self::this().version()?);
        ensure!(version != own, "both are of {own}: parts tell each other apart by their versions");
        Ok(earlier)
    }

    /// Of all its parts.
    fn version(&self) -> Result<String> {
        let workspace = self.sources.join("Cargo.toml");
        let text = std::fs::read_to_string(&workspace)
            .with_context(|| format!("cannot read {}", workspace.display()))?;
        let version = text.lines().find(|line| line.starts_with("version = "));
        version.map(str::to_owned).with_context(|| format!("{} has no version", workspace.display()))
    }

    /// This one.
    pub(super) fn this() -> Self {
        Self { sources: repository::root().to_owned(), programs: repository::programs() }
    }

    /// Whether it has an XRD of a kind.
    pub(super) fn defines(&self, kind: &ApiResource) -> bool {
        self.sources.join("xrds").join(format!("{}.{}.yaml", kind.plural, kind.group)).is_file()
    }

    /// One of its programs.
    pub(super) fn program(&self, name: &str) -> Result<PathBuf> {
        let program = self.programs.join(name);
        ensure!(program.is_file(), "{} is missing: build the earlier release", program.display());
        Ok(program)
    }

    /// Its CRDs, then its provider in the place of the one that runs.
    pub(super) async fn provider(&self, plane: &ControlPlane) -> Result<()> {
        let crds = manifest::read_folder(&self.sources.join("package/provider/crds"))?;
        objects::apply_all(plane.client(), &crds, None).await?;
        objects::established(plane.client(), &crds).await?;
        let provider = plane.provider()?;
        provider.terminate(DRAIN)?;
        provider.set_program(self.program(PROVIDER)?);
        provider.start()
    }

    /// Its XRDs, waiting until they are served, and its Compositions.
    pub(super) async fn configuration(&self, plane: &ControlPlane) -> Result<()> {
        for xrd in manifest::read_folder(&self.sources.join("xrds"))? {
            upgrade::serve(plane, &xrd).await?;
        }
        let compositions = manifest::read_folder(&self.sources.join("compositions"))?;
        objects::apply_all(plane.client(), &compositions, None).await
    }
}
