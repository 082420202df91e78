//! The network of Services: Crossplane calls a function by its Service's name, and this knows which processes are behind it.
//!
//! It is a proxy for TLS (`CONNECT`). gRPC leaves it to such a proxy to look a name up, so neither the machine's hosts file
//! nor its port 9443 is needed, and runs work side by side.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Host by host, the addresses behind it.
type Endpoints = Arc<Mutex<BTreeMap<String, Vec<String>>>>;

/// The network; it ends with its last copy.
#[derive(Clone, Debug)]
pub(super) struct Services {
    endpoints: Endpoints,
    address: String,
    _serving: Arc<Serving>,
}

#[derive(Debug)]
struct Serving(JoinHandle<()>);

// === impl Services ===

impl Services {
    pub(super) async fn start() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?.to_string();
        let endpoints = Endpoints::default();
        let known = Arc::clone(&endpoints);
        let serving = tokio::spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                // One that fails is tried again by who calls.
                tokio::spawn(connect(caller, Arc::clone(&known)));
            }
        });
        Ok(Self { endpoints, address, _serving: Arc::new(Serving(serving)) })
    }

    /// Where it listens, as `HTTPS_PROXY` has it.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Says which addresses are behind every host.
    pub(super) fn set(&self, endpoints: BTreeMap<String, Vec<String>>) {
        *self.endpoints.lock().unwrap_or_else(PoisonError::into_inner) = endpoints;
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Answers one caller, who says `CONNECT host:port HTTP/1.1`.
async fn connect(caller: TcpStream, endpoints: Endpoints) -> Result<()> {
    let mut caller = BufReader::new(caller);
    let mut request = String::new();
    caller.read_line(&mut request).await?;
    let mut header = String::new();
    while caller.read_line(&mut header).await? > 2 {
        header.clear();
    }
    let target = request.split(' ').nth(1).context("no target")?;
    let host = target.rsplit_once(':').map_or(target, |(host, _)| host);
    let behind = endpoints.lock().unwrap_or_else(PoisonError::into_inner).get(host).cloned();
    for address in behind.unwrap_or_default() {
        let Ok(mut process) = TcpStream::connect(&address).await else { continue };
        caller.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
        copy_bidirectional(&mut caller, &mut process).await?;
        return Ok(());
    }
    caller.write_all(b"HTTP/1.1 503 Service Unavailable\r\n\r\n").await?;
    bail!("nothing is behind {host}")
}
