//! The packages, and what is in them.

use std::path::Path;

use anyhow::{Context, Result};

use crate::image::Image;
use crate::layer::{File, Mode};
use crate::manifests::{self, CONFIGURATION, FUNCTION, Sources};
use crate::release::Release;

/// A program that is shipped.
#[derive(Debug)]
pub(crate) struct Program {
    /// Its name, and its package's.
    pub(crate) name: &'static str,
    pub(crate) crate_name: &'static str,
    /// Whom it calls, and so what it needs besides itself.
    calls: Calls,
    sources: Sources,
}

/// Whom a program calls over TLS.
#[derive(Clone, Copy, Debug)]
enum Calls {
    /// Nobody but who brings the certificate along.
    Nobody,
    /// Whoever has a certificate that the world trusts.
    TheWorld,
}

/// Every one.
pub(crate) const PROGRAMS: &[Program] = &[
    Program {
        name: FUNCTION,
        crate_name: "goldenpath-function",
        calls: Calls::Nobody,
        sources: &["package/function/crossplane.yaml"],
    },
    Program {
        name: "provider-goldenpath-aws",
        crate_name: "goldenpath-provider",
        calls: Calls::TheWorld,
        sources: &["package/provider/crossplane.yaml", "package/provider/crds"],
    },
];

/// Where programs look for the authorities that they trust.
const AUTHORITIES: &str = "etc/ssl/certs/ca-certificates.crt";

/// One package.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: &'static str,
    /// The program that it runs.
    pub(crate) program: Option<Vec<u8>>,
    calls: Calls,
    manifests: String,
}

/// Every one, with the programs of a folder.
pub(crate) fn all(programs: &Path, release: &Release) -> Result<Vec<Package>> {
    let mut packages = Vec::new();
    for Program { name, crate_name: _, calls, sources } in PROGRAMS {
        let file = programs.join(name);
        let program = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let manifests = manifests::package(sources, release)?;
        packages.push(Package { name, program: Some(program), calls: *calls, manifests });
    }
    packages.push(Package {
        name: "configuration-goldenpath",
        program: None,
        calls: Calls::Nobody,
        manifests: manifests::package(CONFIGURATION, release)?,
    });
    Ok(packages)
}

// === impl Package ===

impl Package {
    /// As it is pushed.
    pub(crate) fn image(&self) -> Result<Image> {
        let Some(program) = &self.program else { return Image::of_package(&self.manifests) };
        let program = File { path: self.name, mode: Mode::Program, content: program };
        let authorities = authorities();
        let authorities = File { path: AUTHORITIES, mode: Mode::Data, content: authorities.as_bytes() };
        let files = match self.calls {
            Calls::Nobody => vec![program],
            Calls::TheWorld => vec![authorities, program],
        };
        Image::of_program(self.name, &files, &self.manifests)
    }
}

/// Mozilla's authorities, as PEM. Nothing else is in the image that could bring any.
fn authorities() -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};

    let mut text = String::new();
    for certificate in webpki_root_certs::TLS_SERVER_ROOT_CERTS {
        text.push_str("-----BEGIN CERTIFICATE-----\n");
        let encoded = STANDARD.encode(certificate);
        for line in encoded.as_bytes().chunks(64) {
            text.extend(line.iter().map(|byte| char::from(*byte)));
            text.push('\n');
        }
        text.push_str("-----END CERTIFICATE-----\n");
    }
    text
}

#[cfg(test)]
mod tests;
