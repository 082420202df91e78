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
async fn a_probe_gets_an_answer() {
    let address = serve("127.0.0.1:0".parse().unwrap(), Endpoint::Health).await.unwrap();
    assert!(get(address, "/healthz").await.starts_with("HTTP/1.1 200 OK"));
    assert!(get(address, "/readyz").await.starts_with("HTTP/1.1 200 OK"));
    assert!(get(address, "/metrics").await.starts_with("HTTP/1.1 404"));
}

#[tokio::test]
async fn metrics_are_what_is_registered() {
    let mut registry = Registry::default();
    let metrics = Metrics::new(&mut registry, UpjetMetrics::Left);
    metrics.leads("a", true);
    let address = serve("127.0.0.1:0".parse().unwrap(), Endpoint::Metrics(Arc::new(registry))).await.unwrap();
    let page = get(address, "/metrics").await;
    assert!(page.contains("content-type: application/openmetrics-text; version=1.0.0"), "{page}");
    assert!(page.contains("\nleader_election_master_status{name=\"a\"} 1\n"), "{page}");
    assert!(page.ends_with("# EOF\n"), "{page}");
}
