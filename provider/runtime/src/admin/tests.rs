use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::{Metrics, UpjetMetrics};

async fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn probes_are_answered_as_a_whole_and_check_by_check() {
    let shutdown = CancellationToken::new();
    let address = serve("127.0.0.1:0".parse().unwrap(), Endpoint::Health(shutdown.clone())).await.unwrap();
    for path in ["/healthz", "/healthz/ping", "/readyz", "/readyz/", "/readyz/ping", "/readyz/shutdown"] {
        assert!(get(address, path).await.starts_with("HTTP/1.1 200 OK"), "{path}");
    }
    for path in ["/metrics", "/", "/readyz/webhook"] {
        assert!(get(address, path).await.starts_with("HTTP/1.1 404"), "{path}");
    }

    shutdown.cancel();
    for path in ["/healthz", "/healthz/ping", "/readyz/ping"] {
        assert!(get(address, path).await.starts_with("HTTP/1.1 200 OK"), "{path} while draining");
    }
    for path in ["/readyz", "/readyz/shutdown"] {
        assert!(get(address, path).await.starts_with("HTTP/1.1 500"), "{path} while draining");
    }
}

#[tokio::test]
async fn metrics_are_what_is_registered() {
    let mut registry = Registry::default();
    let metrics = Metrics::new(&mut registry, UpjetMetrics::Omitted);
    metrics.leads("a", true);
    let address = serve("127.0.0.1:0".parse().unwrap(), Endpoint::Metrics(Arc::new(registry))).await.unwrap();
    let page = get(address, "/metrics").await;
    assert!(page.contains("content-type: application/openmetrics-text; version=1.0.0"), "{page}");
    assert!(page.contains("\nleader_election_master_status{name=\"a\"} 1\n"), "{page}");
    assert!(page.ends_with("# EOF\n"), "{page}");
}
