//! The administrative endpoints: `/healthz`, `/readyz` and `/metrics`, over plain HTTP.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, header};
use hyper_util::rt::TokioIo;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// What an endpoint answers.
#[derive(Clone, Debug)]
pub enum Endpoint {
    /// `/healthz` and `/readyz`, each also check by check: that there is an answer is the good news, and the token,
    /// once cancelled, says that this process is ready for nothing more (R232).
    Health(CancellationToken),
    /// `/metrics`: what is registered.
    Metrics(Arc<Registry>),
}

/// Serves an endpoint until the process ends; returns once the address is bound.
pub async fn serve(address: SocketAddr, endpoint: Endpoint) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind(address).await?;
    let bound = listener.local_addr()?;
    tokio::spawn(accept(listener, endpoint));
    Ok(bound)
}

async fn accept(listener: TcpListener, endpoint: Endpoint) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors: wait for some to be given back.
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            continue;
        };
        let endpoint = endpoint.clone();
        let service = service_fn(move |request: Request<_>| {
            let response = answer(&endpoint, request.uri().path());
            async move { Ok::<_, Infallible>(response) }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

fn answer(endpoint: &Endpoint, path: &str) -> Response<Full<Bytes>> {
    match (endpoint, path.trim_end_matches('/')) {
        (Endpoint::Health(_), "/healthz" | "/healthz/ping" | "/readyz/ping") => {
            response("text/plain", "ok".into())
        }
        (Endpoint::Health(shutdown), "/readyz" | "/readyz/shutdown") if shutdown.is_cancelled() => {
            status(StatusCode::INTERNAL_SERVER_ERROR)
        }
        (Endpoint::Health(_), "/readyz" | "/readyz/shutdown") => response("text/plain", "ok".into()),
        (Endpoint::Metrics(registry), "/metrics") => {
            let mut text = String::new();
            match encode(&mut text, registry) {
                Ok(()) => response("application/openmetrics-text; version=1.0.0; charset=utf-8", text),
                Err(_) => status(StatusCode::INTERNAL_SERVER_ERROR),
            }
        }
        _ => status(StatusCode::NOT_FOUND),
    }
}

fn response(content_type: &'static str, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body));
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(content_type));
    response
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests;
