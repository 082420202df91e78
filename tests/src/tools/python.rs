//! A virtual environment with moto, pinned by `tests/aws/requirements.txt`.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::{exclusive, stamp};
use crate::progress::Progress;
use crate::repository;

const HOW: &str =
    "install Python 3.11 or newer with its venv module (Debian and Ubuntu: `apt install python3-venv`)";

/// The interpreter of the environment.
#[derive(Clone, Debug)]
pub struct Python(PathBuf);

impl Python {
    /// Makes the environment unless it is there and current. Several processes may do this at once.
    pub(crate) fn prepare() -> Result<Self> {
        let _lock = exclusive(&repository::cache().join("venv.lock"))?;
        let folder = repository::cache().join("venv");
        let requirements = repository::path("tests/aws/requirements.txt");
        let wanted = stamp::of_files(std::slice::from_ref(&requirements), &[])?;
        let python = folder.join("bin/python");
        if python.exists() && stamp::matches(&stamp::file(&folder), &wanted) {
            return Ok(Self(python));
        }
        check_prerequisites()?;
        let mut progress = Progress::new("making the Python environment with moto");
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder), &mut progress)?;
        run(
            Command::new(&python)
                .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
                .arg(&requirements),
            &mut progress,
        )?;
        fs::write(stamp::file(&folder), wanted)?;
        progress.done("made the Python environment with moto");
        Ok(Self(python))
    }

    /// Where the interpreter is.
    pub fn path(&self) -> &std::path::Path {
        &self.0
    }
}

fn check_prerequisites() -> Result<()> {
    let probe = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";
    match Command::new("python3").args(["-c", probe]).output() {
        Err(_) => bail!("moto runs on Python, and no `python3` is on the PATH: {HOW}"),
        Ok(output) if !output.status.success() => {
            bail!("this `python3` is too old or has no venv module: {HOW}")
        }
        Ok(_) => Ok(()),
    }
}

fn run(command: &mut Command, progress: &mut Progress) -> Result<()> {
    let log = repository::cache().join("venv.log");
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(File::create(&log)?)
        .spawn()
        .with_context(|| format!("cannot run {command:?}"))?;
    loop {
        if let Some(status) = child.try_wait()? {
            if !status.success() {
                bail!("{command:?} failed:\n{}", fs::read_to_string(&log).unwrap_or_default());
            }
            return Ok(());
        }
        progress.tick();
        std::thread::sleep(Duration::from_millis(200));
    }
}
