//! Where things are in this repository. Everything the harness writes is below `target/`.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

/// Cargo's folder of the harness's own profile: what it starts is built as it is, so that nothing compiles twice.
const PROFILE: &str = if cfg!(debug_assertions) { "debug" } else { "release" };

/// The root of the workspace.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// A path below the root.
pub fn path(relative: impl AsRef<Path>) -> PathBuf {
    root().join(relative)
}

/// Cargo's output folder. `CARGO_TARGET_DIR` moves it, as it does for Cargo itself.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| path("target"), |moved| root().join(moved))
}

/// The harness's own part of the output folder: tools, manifests, runs.
pub fn cache() -> PathBuf {
    target().join("controlplane")
}

/// The folders of all runs.
pub(crate) fn runs() -> PathBuf {
    cache().join("run")
}

/// One of the programs that this repository ships, as `make product` leaves it.
///
/// # Errors
/// When it has not been built.
pub fn product(name: &str) -> Result<PathBuf> {
    built(programs().join(name))
}

/// The folder of what `make product` builds.
pub fn programs() -> PathBuf {
    target().join(PROFILE)
}

/// An example of one of the crates, as `make product` leaves it.
pub(crate) fn example(name: &str) -> Result<PathBuf> {
    built(programs().join("examples").join(name))
}

fn built(binary: PathBuf) -> Result<PathBuf> {
    if !binary.is_file() {
        bail!("{} is missing: make product", binary.display());
    }
    Ok(binary)
}
