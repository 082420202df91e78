//! The lines of the README about `crossplane composition render`, as they stand there.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use goldenpath_tests::{Tools, repository};

/// What begins the lines.
const SERVES: &str = "function-goldenpath --insecure";
const RENDERS: &str = "crossplane composition render";

/// Runs them in a shell, at the root of the repository, with the programs of this build under the names that are written.
pub(crate) fn run(tools: &Tools) -> Result<()> {
    let readme = std::fs::read_to_string(repository::path("README.md"))?;
    let lines = |beginning| readme.lines().filter(move |line| line.starts_with(beginning));
    let serves = lines(SERVES).next().context("the README does not say how the function is served")?;
    let (without, with): (Vec<_>, Vec<_>) = lines(RENDERS).partition(|line| line.contains("$CROSSPLANE"));
    ensure!(!without.is_empty() && !with.is_empty(), "with Docker and without: {with:?}, {without:?}");

    let folder = repository::cache().join("render-documented").join(std::process::id().to_string());
    let named = programs(tools, &folder)?;
    let mut failures = Vec::new();
    for line in without.into_iter().chain(with) {
        if !line.contains("$CROSSPLANE") && !has_docker() {
            eprintln!("not run, for there is no Docker here: {line}");
            continue;
        }
        failures.extend(shell(&format!("{serves}\n{line}"), &named, tools).err());
    }
    std::fs::remove_dir_all(&folder)?;
    match failures.pop() {
        Some(failure) => Err(failure),
        None => Ok(()),
    }
}

/// A folder in which the programs have the names that users know.
fn programs(tools: &Tools, folder: &Path) -> Result<String> {
    std::fs::create_dir_all(folder)?;
    let function = repository::product("function-goldenpath")?;
    for (name, program) in
        [("function-goldenpath", function.as_path()), ("crossplane", tools.program("crossplane-cli"))]
    {
        std::os::unix::fs::symlink(program, folder.join(name)).context("cannot link a program")?;
    }
    Ok(format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default()))
}

fn has_docker() -> bool {
    Command::new("docker").arg("info").output().is_ok_and(|output| output.status.success())
}

fn shell(script: &str, path: &str, tools: &Tools) -> Result<()> {
    let output = Command::new("bash")
        .args(["-euc", &format!("trap 'kill $(jobs -p)' EXIT\n{script}")])
        .current_dir(repository::root())
        .env("PATH", path)
        .env("CROSSPLANE", tools.program("crossplane"))
        .output()
        .context("cannot run bash")?;
    let rendered = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        bail!("{script}\nfailed: {}", String::from_utf8_lossy(&output.stderr));
    }
    for kind in ["Instance", "Secret", "Usage"] {
        ensure!(rendered.contains(&format!("kind: {kind}\n")), "{script}\nrenders no {kind}:\n{rendered}");
    }
    Ok(())
}
