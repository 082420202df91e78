//! Looks for a ready binary: `KUBEBUILDER_ASSETS`, then `PATH`, then our cache.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::catalog::{Accept, Tool};
use super::stamp;

/// A binary that will do.
pub(super) struct Found {
    pub(super) path: PathBuf,
    /// Not ours: worth telling.
    pub(super) elsewhere: bool,
}

pub(super) fn find(tool: &Tool, cache: &Path) -> Result<Option<Found>> {
    if tool.accept != Accept::Pinned {
        // Whoever sets this variable has chosen; no version check second-guesses it.
        if let Some(assets) = std::env::var_os("KUBEBUILDER_ASSETS") {
            let path = Path::new(&assets).join(tool.name);
            if is_program(&path) {
                return Ok(Some(Found { path, elsewhere: true }));
            }
        }
        let on_path = std::env::var_os("PATH").and_then(|paths| {
            std::env::split_paths(&paths).map(|folder| folder.join(tool.name)).find(|p| is_program(p))
        });
        if let Some(path) = on_path.filter(|path| fits(path, tool.accept)) {
            return Ok(Some(Found { path, elsewhere: true }));
        }
    }
    let path = cache.join(tool.name);
    let current = is_program(&path) && stamp::matches(&stamp::file(&path), &stamp::of(tool)?);
    Ok(current.then_some(Found { path, elsewhere: false }))
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

fn fits(path: &Path, accept: Accept) -> bool {
    match accept {
        Accept::Any => true,
        Accept::Pinned => false,
        Accept::Version(wanted) => Command::new(path)
            .arg("--version")
            .output()
            .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(wanted)),
    }
}
