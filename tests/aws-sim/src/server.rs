//! The state machine over HTTP: AWS's protocols on every path, the side path below `/_goldenpath/`.

mod exchange;

use std::convert::Infallible;
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::{Cloud, Record};

/// What all connections share.
pub struct Server {
    cloud: Mutex<Cloud>,
    /// Where each call is told as it ends.
    trace: Option<Mutex<Box<dyn Write + Send>>>,
    /// How far the clock here is ahead, in milliseconds: time that a test let pass.
    ahead: Mutex<Duration>,
    /// Counts the withdrawals of faults, which let hanging calls go.
    withdrawals: watch::Sender<u64>,
}

// === impl Server ===

impl Server {
    /// A server of this AWS, which tells of each call as it ends.
    pub fn new(cloud: Cloud, trace: Option<Box<dyn Write + Send>>) -> Arc<Self> {
        Arc::new(Self {
            cloud: Mutex::new(cloud),
            trace: trace.map(Mutex::new),
            ahead: Mutex::new(Duration::ZERO),
            withdrawals: watch::Sender::new(0),
        })
    }

    /// Serves until the process ends.
    pub async fn serve(self: Arc<Self>, listener: TcpListener) -> std::io::Result<()> {
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let server = Arc::clone(&self);
            let service = service_fn(move |request| {
                let server = Arc::clone(&server);
                async move { server.exchange(request).await }
            });
            // A connection that ends in an error is one that a fault has cut, or whose client has left.
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    }

    fn cloud(&self) -> MutexGuard<'_, Cloud> {
        self.cloud.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Enters a call that has ended.
    fn enter(&self, record: Record) {
        if let Some(trace) = &self.trace {
            let line = serde_json::to_string(&record).unwrap_or_default();
            // Whoever no longer reads the trace still has the log.
            let _ = writeln!(trace.lock().unwrap_or_else(PoisonError::into_inner), "{line}");
        }
        self.cloud().log.enter(record);
    }

    /// The time, as this AWS has it.
    fn now(&self) -> Timestamp {
        Timestamp::now() + *self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pass(&self, time: Duration) {
        *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) += time;
    }
}

/// The connection is to be closed without an answer.
#[derive(Debug)]
struct Closed;

impl std::fmt::Display for Closed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the answer is withheld")
    }
}

impl std::error::Error for Closed {}

impl From<Infallible> for Closed {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}
