//! Builds one program from its Go module.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::{Tool, stamp};
use crate::progress::Progress;
use crate::repository;

/// The oldest Go that the modules ask for. Kyverno's asks for a patch release of it, which `go` says before it builds.
const GO: (u32, u32) = (1, 26);

/// Names what is missing, and how to get it, before minutes are spent.
pub(crate) fn check_prerequisites() -> Result<()> {
    let how = format!(
        "install Go {}.{} or newer (https://go.dev/dl or your package manager: `golang`)",
        GO.0, GO.1
    );
    let Ok(output) = Command::new("go").args(["env", "GOVERSION"]).env("GOTOOLCHAIN", "local").output()
    else {
        bail!("the control plane's programs are built with Go, and no `go` is on the PATH: {how}");
    };
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let mut numbers =
        version.trim_start_matches("go").split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    if (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) < GO {
        bail!("the control plane's programs need Go {}.{}, this is {version}: {how}", GO.0, GO.1);
    }
    Ok(())
}

/// A `go` command in a module of `tests/controlplane/`.
pub(super) fn go(module: &str) -> Command {
    go_in(&repository::path("tests/controlplane").join(module))
}

/// A `go` command in a folder; nothing of the caller's Go settings that changes the result gets in.
pub(crate) fn go_in(folder: &Path) -> Command {
    let mut command = Command::new("go");
    command
        .current_dir(folder)
        .env("CGO_ENABLED", "0")
        .env("GOTOOLCHAIN", "local")
        .env("GOFLAGS", "-buildvcs=false")
        .env("GOWORK", "off");
    command
}

/// Builds and stamps; the binary appears whole or not at all.
pub(super) fn build(tool: &Tool, bin: &Path, number: usize, of: usize) -> Result<PathBuf> {
    let path = bin.join(tool.name);
    let partial = bin.join(format!("{}.partial", tool.name));
    let log = bin.join(format!("{}.log", tool.name));
    let mut progress = Progress::new(format!("building {} ({number} of {of})", tool.name));
    let output = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
    let mut child = go(tool.module)
        .args(["build", "-trimpath", "-tags", tool.tags, "-ldflags", &format!("-s -w {}", tool.stamps), "-o"])
        .arg(&partial)
        .arg(tool.package)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(output)
        .spawn()
        .context("cannot run go")?;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        progress.tick();
        std::thread::sleep(Duration::from_millis(200));
    };
    if !status.success() {
        bail!("building {} failed:\n{}", tool.name, fs::read_to_string(&log).unwrap_or_default());
    }
    fs::rename(&partial, &path)?;
    fs::write(stamp::file(&path), stamp::of(tool)?)?;
    fs::remove_file(&log)?;
    progress.done(&format!("built {}", tool.name));
    Ok(path)
}
