//! Where things are in this repository. Everything the harness writes is below `target/`.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

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

/// One of the two programs this repository ships, as `cargo build --release` leaves it.
pub fn product(name: &str) -> PathBuf {
    target().join("release").join(name)
}

/// An example of one of the crates, as `cargo test` leaves it.
pub(crate) fn example(name: &str) -> Result<PathBuf> {
    let binary = target().join("debug/examples").join(name);
    if !binary.is_file() {
        bail!("{} is missing: cargo build --example {name}", binary.display());
    }
    Ok(binary)
}
