//! Kong's admin API, as far as its ingress controller asks, without a database: no Kong is behind it.

use std::convert::Infallible;
use std::fs::File;
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use anyhow::{Context, Result};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::configuration::Configuration;
use super::refusal::{self, Refusal};
use crate::ports::Port;
use crate::workdir::Workdir;

/// Where each body is written, by line.
const FILE: &str = "kong-configurations.jsonl";
/// What a Kong has that was given no configuration yet.
const NO_CONFIGURATION: &str = "00000000000000000000000000000000";

/// One configuration that was posted.
#[derive(Clone, Debug)]
pub struct Posted {
    /// When.
    pub at: Instant,
    /// How often the controller had been started by then.
    pub start: usize,
    /// What it was answered.
    pub answer: Answer,
    /// What it says.
    pub configuration: Configuration,
}

/// What Kong says of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is served from now on.
    Accepted,
    /// What was served before still is.
    Refused(Vec<Refusal>),
}

/// The server; it ends when it is dropped.
pub(super) struct Admin {
    kept: Arc<Mutex<Kept>>,
    server: JoinHandle<()>,
    port: Port,
}

/// What it keeps.
struct Kept {
    starts: usize,
    posted: Vec<Arc<Posted>>,
    bodies: File,
}

// === impl Admin ===

impl Admin {
    pub(super) async fn start(run: &Workdir) -> Result<Self> {
        let path = run.path().join(FILE);
        let bodies = File::create(&path).with_context(|| format!("cannot create {}", path.display()))?;
        let kept = Arc::new(Mutex::new(Kept { starts: 0, posted: Vec::new(), bodies }));
        let port = Port::reserve()?;
        let listener = TcpListener::bind(port.address()).await?;
        let server = tokio::spawn(serve(listener, Arc::clone(&kept)));
        Ok(Self { kept, server, port })
    }

    pub(super) fn url(&self) -> String {
        self.port.url()
    }

    pub(super) fn posted(&self) -> Vec<Arc<Posted>> {
        lock(&self.kept).posted.clone()
    }

    pub(super) fn serves(&self) -> Option<Arc<Posted>> {
        let kept = lock(&self.kept);
        kept.posted.iter().rev().find(|posted| posted.answer == Answer::Accepted).cloned()
    }
}

impl Drop for Admin {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(listener: TcpListener, kept: Arc<Mutex<Kept>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let kept = Arc::clone(&kept);
        let service = service_fn(move |request| {
            let kept = Arc::clone(&kept);
            async move { Ok::<_, Infallible>(exchange(request, &kept).await) }
        });
        // A connection that ends in an error is one whose controller has ended.
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn exchange(request: Request<Incoming>, kept: &Mutex<Kept>) -> Response<Full<Bytes>> {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let body = match request.into_body().collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => return respond(StatusCode::BAD_REQUEST, &json!({"message": error.to_string()})),
    };
    let mut kept = lock(kept);
    match (method, path.as_str()) {
        (Method::GET, "/") => respond(StatusCode::OK, &kept.root()),
        (Method::GET, "/status") => respond(StatusCode::OK, &kept.status()),
        (Method::POST, "/config") => match serde_json::from_slice(&body) {
            Ok(body) => kept.take(&body),
            Err(error) => respond(StatusCode::BAD_REQUEST, &json!({"message": error.to_string()})),
        },
        (Method::GET, path) => schema(path.strip_prefix("/schemas/plugins/").unwrap_or_default()),
        (method, path) => {
            let message = format!("{method} {path} is not played");
            respond(StatusCode::NOT_FOUND, &json!({"message": message}))
        }
    }
}

/// The schema of a plugin; what its configuration may have is not played.
fn schema(r#type: &str) -> Response<Full<Bytes>> {
    if refusal::is_bundled(r#type) {
        let config = json!({"type": "record", "required": true, "fields": []});
        return respond(StatusCode::OK, &json!({"fields": [{"config": config}]}));
    }
    respond(StatusCode::NOT_FOUND, &json!({"message": format!("No plugin named '{type}'")}))
}

fn respond(status: StatusCode, body: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body.to_string()));
    *response.status_mut() = status;
    response
}

fn lock(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

// === impl Kept ===

impl Kept {
    /// What Kong is. A controller asks when it begins.
    fn root(&mut self) -> Value {
        let has_posted = self.posted.last().is_some_and(|posted| posted.start == self.starts);
        self.starts += usize::from(has_posted || self.starts == 0);
        json!({
            "version": "3.9.0", "node_id": "00000000-0000-4000-8000-000000000000",
            "configuration": {"database": "off", "router_flavor": "traditional_compatible"},
        })
    }

    fn status(&self) -> Value {
        let accepted = self.posted.iter().filter(|posted| posted.answer == Answer::Accepted).count();
        let hash = if accepted == 0 { NO_CONFIGURATION.to_owned() } else { format!("{accepted:032x}") };
        json!({"configuration_hash": hash, "server": {}, "memory": {}})
    }

    fn take(&mut self, body: &Value) -> Response<Full<Bytes>> {
        let configuration = Configuration::read(body);
        let refusals = refusal::of(&configuration);
        let (status, answered) = if refusals.is_empty() {
            (StatusCode::CREATED, json!({}))
        } else {
            (StatusCode::BAD_REQUEST, refusal::answer(&refusals))
        };
        // For whoever looks for the cause of a failure; a test reads what is kept here.
        let _ = writeln!(self.bodies, "{}", json!({"status": status.as_u16(), "body": body}));
        let answer = if refusals.is_empty() { Answer::Accepted } else { Answer::Refused(refusals) };
        let posted = Posted { at: Instant::now(), start: self.starts, answer, configuration };
        self.posted.push(Arc::new(posted));
        respond(status, &answered)
    }
}
