//! The connections that all clients share (R212).

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{self, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// One pool of connections, through a proxy if there is one for the address. The SDK's own client supports no proxy.
pub(super) fn through(proxy: ProxyConfig, trust: Option<TrustStore>) -> SharedHttpClient {
    // A context without additions is always valid.
    let context = trust.and_then(|trust| TlsContext::builder().with_trust_store(trust).build().ok());
    let context = context.unwrap_or_default();
    Builder::new().build_with_connector_fn(move |settings, components| {
        let provider = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc);
        let connector = Connector::builder().proxy_config(proxy.clone()).tls_provider(provider);
        let mut connector = connector.tls_context(context.clone());
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
    use crate::client::environment::Environment;
    use crate::testing::{self, FakeObjects};

    /// Whom a call of STS connects to.
    async fn asked(variables: &[(&str, &str)]) -> String {
        let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", proxy.local_addr().unwrap());
        let config = testing::cluster_config(&json!({"credentials": {"source": "None"}}));
        let mut clients = Clients::new(FakeObjects::default().with(&config), testing::CLUSTER);
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        clients.environment = Environment::of(variable);
        clients.http = through(ProxyConfig::https(address).unwrap(), None);
        let asked = tokio::spawn(async move {
            let (stream, _) = proxy.accept().await.unwrap();
            let mut line = String::new();
            BufReader::new(stream).read_line(&mut line).await.unwrap();
            line
        });
        let services = clients.services(&testing::instance()).await.unwrap();
        let fault = services.account().await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Transient, "the proxy has hung up");
        asked.await.unwrap()
    }

    #[tokio::test]
    async fn calls_go_to_the_addresses_that_the_environment_asks_for() {
        for (name, address) in [
            ("", "sts.eu-central-1.amazonaws.com"),
            ("AWS_USE_FIPS_ENDPOINT", "sts-fips.eu-central-1.amazonaws.com"),
            ("AWS_USE_DUALSTACK_ENDPOINT", "sts.eu-central-1.api.aws"),
        ] {
            assert_eq!(
                Box::pin(asked(&[(name, "true")])).await,
                format!("CONNECT {address}:443 HTTP/1.1\r\n")
            );
        }
    }

    #[tokio::test]
    async fn a_mistake_in_the_environment_is_told_of_every_object() {
        let config = testing::cluster_config(&json!({"credentials": {"source": "None"}}));
        let mut clients = Clients::new(FakeObjects::default().with(&config), testing::CLUSTER);
        clients.environment =
            Environment::of(|name| (name == "AWS_CA_BUNDLE").then(|| "/nowhere".to_owned()));
        let fault = clients.services(&testing::instance()).await.unwrap_err();
        assert_eq!((fault.kind, fault.reason), (FaultKind::User, "EnvironmentInvalid"));
    }

    #[tokio::test]
    async fn calls_go_through_the_proxy() {
        assert_eq!(Box::pin(asked(&[])).await, "CONNECT sts.eu-central-1.amazonaws.com:443 HTTP/1.1\r\n");
    }
}
