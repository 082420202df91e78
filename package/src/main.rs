//! `package`: what is shipped, as Crossplane packages, without Docker.
//!
//! ```text
//! cargo build ─► static programs ─► runtime layer ─┐
//! package/, xrds/, compositions/ ─► package.yaml ──┴► image ─► target/packages/NAME.xpkg
//! package/base/, package/policies/ ──────────────────────────► target/packages/base.yaml
//! package/chart/, and those two ──────────────────────────► target/packages/goldenpath-VERSION.tgz
//! cargo metadata ────────────────────────────────────────────► target/packages/NAME.cdx.json
//! ```
//!
//! The same tree gives the same bytes, wherever and whenever it is packed: no layer has a time, an owner or a path of
//! the machine in it.

mod chart;
mod crates;
mod image;
mod layer;
mod manifests;
mod packages;
mod programs;
mod registry;
mod release;
mod repository;
mod sbom;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Parser;

use packages::Package;
use registry::Registry;
use release::{Release, Version};

/// Packs the function, the provider and the configuration for a registry.
#[derive(Parser)]
struct Arguments {
    /// Where the packages will be pushed to: a host, and a path if you like.
    #[arg(long, env = "REGISTRY", default_value = "registry.example.org/goldenpath")]
    registry: Registry,
    /// The version of the packages.
    #[arg(long, default_value = Version::OF_THE_TREE)]
    version: Version,
    /// Where the packages are written.
    #[arg(long)]
    out: Option<PathBuf>,
}

fn main() -> Result<()> {
    let Arguments { registry, version, out } = Arguments::parse();
    let release = Release { registry, version };
    let out = out.unwrap_or_else(|| repository::target().join("packages"));
    fs::create_dir_all(&out).with_context(|| format!("cannot create {}", out.display()))?;
    let programs = programs::build()?;
    let mut report = Vec::new();
    for package in packages::all(&programs, &release)? {
        report.push(pack(&package, &out, &release)?);
    }
    for program in packages::PROGRAMS {
        let file = out.join(format!("{}.cdx.json", program.name));
        write(&file, &sbom::of(program.crate_name)?)?;
    }
    write(&out.join("base.yaml"), manifests::base(&release)?.as_bytes())?;
    write(&out.join(chart::file(&release.version)), &chart::archive(&release)?)?;
    let mut screen = std::io::stdout();
    writeln!(screen, "{}\n", report.join("\n"))?;
    writeln!(screen, "packed into {}; docs/install.md says what to do with it", out.display())?;
    Ok(())
}

/// Writes one package, and tells its sizes.
fn pack(package: &Package, out: &Path, release: &Release) -> Result<String> {
    let image = package.image()?;
    let file = out.join(format!("{}.xpkg", package.name));
    write(&file, &image.archive()?)?;
    Ok(format!(
        "{}:{}\n  image {} compressed, program {}; {}",
        release.registry.package(package.name),
        release.version,
        mebibytes(image.compressed()),
        package.program.as_ref().map_or_else(|| "none".to_owned(), |program| mebibytes(program.len())),
        image.digest()?,
    ))
}

fn write(file: &Path, content: &[u8]) -> Result<()> {
    fs::write(file, content).with_context(|| format!("cannot write {}", file.display()))
}

fn mebibytes(bytes: usize) -> String {
    // In hundredths, rounded up: a size that is compared with a goal is not flattered.
    let hundredths = (bytes * 100).div_ceil(1 << 20);
    format!("{}.{:02} MiB", hundredths / 100, hundredths % 100)
}
