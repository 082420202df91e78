//! The programs, built so that they need nothing of the image that they run in.
//!
//! They are linked with glibc, statically, and not with musl: musl asks for a second C compiler for aws-lc, and its
//! allocator is several times slower with threads. Names are still looked up as `/etc/hosts` and `/etc/resolv.conf` say.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::packages::PROGRAMS;
use crate::repository;

/// What they are built for: this machine's processor.
pub(crate) const TARGET: &str =
    if cfg!(target_arch = "aarch64") { "aarch64-unknown-linux-gnu" } else { "x86_64-unknown-linux-gnu" };
/// As Cargo.toml has it.
const PROFILE: &str = "image";
/// Separates flags in `CARGO_ENCODED_RUSTFLAGS`, so that a folder may have a blank in its name.
const SEPARATOR: &str = "\u{1f}";

/// Builds them, and answers with their folder.
pub(crate) fn build() -> Result<PathBuf> {
    let mut command = Command::new(cargo());
    command
        .current_dir(repository::root())
        .args(["build", "--profile", PROFILE, "--locked", "--target", TARGET])
        .env("CARGO_ENCODED_RUSTFLAGS", flags()?);
    for program in PROGRAMS {
        command.args(["--package", program.crate_name]);
    }
    let status = command.status().context("cannot run cargo")?;
    ensure!(status.success(), "the programs were not built; what cargo says is above");
    Ok(repository::target().join(TARGET).join(PROFILE))
}

/// The Cargo that runs this, or that of the PATH.
pub(crate) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Static, and without a trace of where this checkout and Cargo's sources are.
fn flags() -> Result<String> {
    let home =
        std::env::var("CARGO_HOME").or_else(|_| std::env::var("HOME").map(|home| format!("{home}/.cargo")));
    let home = home.context("neither CARGO_HOME nor HOME is set")?;
    let flags = [
        "-Ctarget-feature=+crt-static".to_owned(),
        format!("--remap-path-prefix={}=/goldenpath", repository::root().display()),
        format!("--remap-path-prefix={home}=/cargo"),
    ];
    Ok(flags.join(SEPARATOR))
}
