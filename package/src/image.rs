//! An image with a package in it, as `crossplane xpkg push` reads it: an archive of Docker's.
//!
//! Such an archive has no annotations, so the layer with the package is marked by a label of the image's configuration,
//! of which the push makes the annotation that Crossplane looks for.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use crate::layer::{File, Layer, Mode, digest, header};

/// Marks the layer with `package.yaml`.
const PACKAGE: &str = "io.crossplane.xpkg";
/// Whom Crossplane runs packages as.
const USER: &str = "2000:2000";
/// As registries name the processor that the program was built for.
const ARCHITECTURE: &str = if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" };

/// Layers, and what is said of them.
#[derive(Debug)]
pub(crate) struct Image {
    layers: Vec<Layer>,
    entrypoint: Option<String>,
}

/// The configuration of an image. It has no time.
#[derive(Serialize)]
struct Configuration<'a> {
    architecture: &'a str,
    os: &'a str,
    config: Runtime<'a>,
    rootfs: RootFs<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Runtime<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entrypoint: Option<[&'a str; 1]>,
    labels: BTreeMap<String, &'a str>,
}

#[derive(Serialize)]
struct RootFs<'a> {
    r#type: &'a str,
    diff_ids: Vec<&'a str>,
}

/// The one entry of an archive's `manifest.json`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    config: String,
    repo_tags: Vec<String>,
    layers: Vec<String>,
}

// === impl Image ===

impl Image {
    /// An image that is a package and nothing else.
    pub(crate) fn of_package(package: &str) -> Result<Self> {
        Ok(Self { layers: vec![package_layer(package)?], entrypoint: None })
    }

    /// An image that runs a program on nothing but these files, and is a package.
    pub(crate) fn of_program(name: &str, files: &[File<'_>], package: &str) -> Result<Self> {
        let layers = vec![Layer::of(files)?, package_layer(package)?];
        Ok(Self { layers, entrypoint: Some(format!("/{name}")) })
    }

    /// The size of all layers.
    pub(crate) fn compressed(&self) -> usize {
        self.layers.iter().map(|layer| layer.compressed.len()).sum()
    }

    /// Names the content, wherever it is stored: it is the digest of the configuration, which names every layer.
    pub(crate) fn digest(&self) -> Result<String> {
        Ok(digest(&self.configuration()?))
    }

    /// The file that is pushed.
    pub(crate) fn archive(&self) -> Result<Vec<u8>> {
        let configuration = self.configuration()?;
        let config = digest(&configuration);
        let layers: Vec<String> =
            self.layers.iter().map(|layer| format!("{}.tar.gz", layer.digest())).collect();
        let entry = Entry { config: config.clone(), repo_tags: Vec::new(), layers: layers.clone() };
        let manifest = serde_json::to_vec(&[entry])?;

        let mut archive = tar::Builder::new(Vec::new());
        let stored = self.layers.iter().map(|layer| layer.compressed.as_slice());
        let files = layers.iter().map(String::as_str).zip(stored);
        for (path, content) in
            files.chain([(config.as_str(), configuration.as_slice()), ("manifest.json", &manifest)])
        {
            let mut header = header(content, Mode::Data);
            archive.append_data(&mut header, path, content)?;
        }
        Ok(archive.into_inner()?)
    }

    fn configuration(&self) -> Result<Vec<u8>> {
        // The package is in the last layer.
        let package = self.layers.last().map(|layer| (format!("{PACKAGE}:{}", layer.digest()), "base"));
        Ok(serde_json::to_vec(&Configuration {
            architecture: ARCHITECTURE,
            os: "linux",
            config: Runtime {
                user: self.entrypoint.as_ref().map(|_| USER),
                entrypoint: self.entrypoint.as_deref().map(|program| [program]),
                labels: package.into_iter().collect(),
            },
            rootfs: RootFs {
                r#type: "layers",
                diff_ids: self.layers.iter().map(|layer| layer.diff.as_str()).collect(),
            },
        })?)
    }
}

fn package_layer(package: &str) -> Result<Layer> {
    Layer::of(&[File { path: "package.yaml", mode: Mode::Data, content: package.as_bytes() }])
}
