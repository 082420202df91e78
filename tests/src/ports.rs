//! Ports of our own on loopback.
//!
//! A port is chosen below the range from which the kernel takes ports for outgoing connections, locked through a file
//! that every run of this checkout respects, and probed. The lock is held for as long as the run lives: between a
//! restart's end and begin, nobody else takes it.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU16, Ordering};

use anyhow::{Context, Result, bail};

use crate::repository;

const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

/// A reserved port; free again when dropped.
#[derive(Debug)]
pub(crate) struct Port {
    number: u16,
    _lock: File,
}

impl Port {
    /// Reserves a port that nobody listens on.
    pub(crate) fn reserve() -> Result<Self> {
        // Runs start looking at different places, so that they rarely meet.
        static NEXT: AtomicU16 = AtomicU16::new(0);
        let folder = repository::cache().join("ports");
        fs::create_dir_all(&folder)?;
        let offset = u16::try_from(std::process::id() % u32::from(COUNT))?;
        for _ in 0..COUNT {
            let step = NEXT.fetch_add(1, Ordering::Relaxed);
            let number = FIRST + (offset.wrapping_mul(37).wrapping_add(step)) % COUNT;
            let path = folder.join(number.to_string());
            let lock = File::create(&path).with_context(|| format!("cannot create {}", path.display()))?;
            if lock.try_lock().is_ok() && TcpListener::bind((Ipv4Addr::LOCALHOST, number)).is_ok() {
                return Ok(Self { number, _lock: lock });
            }
        }
        bail!("no free port between {FIRST} and {}", FIRST + COUNT)
    }

    /// `127.0.0.1:PORT`.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.number)
    }

    /// `http://127.0.0.1:PORT`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// The bare number.
    pub(crate) fn number(&self) -> String {
        self.number.to_string()
    }
}
