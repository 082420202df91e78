//! The connections that all clients share (R212).

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::{Builder, Connector, tls};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// One pool of connections, through a proxy if there is one for the address. The SDK's own client supports no proxy.
pub(super) fn through(proxy: ProxyConfig) -> SharedHttpClient {
    Builder::new().build_with_connector_fn(move |settings, components| {
        let provider = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc);
        let mut connector = Connector::builder().proxy_config(proxy.clone()).tls_provider(provider);
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        connector.build()
    })
}

#[cfg(test)]
mod tests {
    use goldenpath_provider_core::FaultKind;
    use serde_json::json;
    use tokio::io::{AsyncBufReadExt, BufReader};
    use tokio::net::TcpListener;

    use super::*;
    use crate::client::Clients;
    use crate::testing::{self, FakeObjects};

    #[tokio::test]
    async fn calls_go_through_the_proxy() {
        let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", proxy.local_addr().unwrap());
        let config = testing::cluster_config(&json!({"credentials": {"source": "None"}}));
        let mut clients = Clients::new(FakeObjects::default().with(&config), testing::CLUSTER);
        clients.http = through(ProxyConfig::https(address).unwrap());
        let asked = tokio::spawn(async move {
            let (stream, _) = proxy.accept().await.unwrap();
            let mut line = String::new();
            BufReader::new(stream).read_line(&mut line).await.unwrap();
            line
        });
        let services = clients.services(&testing::instance()).await.unwrap();
        let fault = services.account().await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Transient, "the proxy has hung up");
        assert_eq!(asked.await.unwrap(), "CONNECT sts.eu-central-1.amazonaws.com:443 HTTP/1.1\r\n");
    }
}
