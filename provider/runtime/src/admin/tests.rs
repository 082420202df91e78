use k8s_openapi::jiff::SignedDuration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::Metrics;
use crate::metrics::Kind;
use crate::testing::Thing;

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
async fn metrics_have_the_names_and_labels_of_crossplane() {
    let mut registry = Registry::default();
    let metrics = Metrics::new(&mut registry);
    let (store, mut writer) = kube::runtime::reflector::store::<Thing>();
    let thing = serde_json::from_value(crate::testing::thing(&serde_json::json!({}))).unwrap();
    writer.apply_watcher_event(&kube::runtime::watcher::Event::Apply(thing));
    metrics.watch(store);
    let (kind, took) = (Kind::of::<Thing>(), SignedDuration::from_secs(7));
    metrics.first_reconcile(&kind, took);
    metrics.first_readiness(&kind, took);
    metrics.deletion(&kind, took);
    metrics.drift(&kind, took);

    let address = serve("127.0.0.1:0".parse().unwrap(), Endpoint::Metrics(Arc::new(registry))).await.unwrap();
    let page = get(address, "/metrics").await;
    let label = r#"{gvk="test.goldenpath.io/v1, Kind=Thing"}"#;
    for line in [
        format!("crossplane_managed_resource_exists{label} 1"),
        format!("crossplane_managed_resource_ready{label} 0"),
        format!("crossplane_managed_resource_synced{label} 0"),
        format!("crossplane_managed_resource_first_time_to_reconcile_seconds_sum{label} 7.0"),
        format!("crossplane_managed_resource_first_time_to_readiness_seconds_sum{label} 7.0"),
        format!("crossplane_managed_resource_deletion_seconds_sum{label} 7.0"),
        format!("crossplane_managed_resource_drift_seconds_sum{label} 7.0"),
    ] {
        assert!(page.lines().any(|l| l == line), "{line} is not in\n{page}");
    }
}
