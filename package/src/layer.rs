//! One layer of an image: files in a tar archive, compressed, the same bytes every time.

use std::io::Write;

use anyhow::Result;
use flate2::{Compression, GzBuilder};
use sha2::{Digest, Sha256};

/// Who may do what with a file.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mode {
    /// Everybody reads.
    Data,
    /// Everybody reads and runs.
    Program,
}

/// A file of a layer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct File<'a> {
    /// Below the root, without a slash before it.
    pub(crate) path: &'a str,
    pub(crate) mode: Mode,
    pub(crate) content: &'a [u8],
}

/// A layer as it is stored.
#[derive(Debug)]
pub(crate) struct Layer {
    pub(crate) compressed: Vec<u8>,
    /// Of what is compressed.
    pub(crate) diff: String,
}

// === impl Layer ===

impl Layer {
    /// Packs files, in their order.
    pub(crate) fn of(files: &[File<'_>]) -> Result<Self> {
        let mut archive = tar::Builder::new(Vec::new());
        for File { path, mode, content } in files {
            let mut header = header(content, *mode);
            archive.append_data(&mut header, path, *content)?;
        }
        let plain = archive.into_inner()?;
        // The host's name and the time are left out of the header, too.
        let mut compressor = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
        compressor.write_all(&plain)?;
        Ok(Self { compressed: compressor.finish()?, diff: digest(&plain) })
    }

    /// Names it in a registry.
    pub(crate) fn digest(&self) -> String {
        digest(&self.compressed)
    }
}

/// What an archive says of a file besides its path: it is of nobody, and of no time.
pub(crate) fn header(content: &[u8], mode: Mode) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    header.set_size(content.len() as u64);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_mode(match mode {
        Mode::Data => 0o644,
        Mode::Program => 0o755,
    });
    header
}

/// As registries write it.
pub(crate) fn digest(content: &[u8]) -> String {
    Sha256::digest(content).iter().fold("sha256:".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}
