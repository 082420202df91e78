//! The binary, over real connections.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(
    clippy::disallowed_methods,
    reason = "tests start the binary and read the clock; the library may not"
)]

#[path = "serve/port.rs"]
mod port;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use function_sdk_rust::proto::v1::function_runner_service_client::FunctionRunnerServiceClient;
use function_sdk_rust::proto::v1::{RequestMeta, Resource, RunFunctionRequest, Severity, State};
use function_sdk_rust::resource::json_to_struct;
use prost::Message;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use serde_json::json;
use tonic::Code;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity};

/// A running binary; ends with the test.
struct Function {
    process: Child,
    port: u16,
}

// === impl Function ===

impl Function {
    fn start(args: &[&str]) -> Self {
        let port = port::free();
        let process = Command::new(env!("CARGO_BIN_EXE_function-goldenpath"))
            .args(["--address", &format!(":{port}"), "--metrics-address", ""])
            .args(args)
            .env_remove("TLS_SERVER_CERTS_DIR")
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { process, port }
    }

    fn endpoint(&self, scheme: &str) -> Endpoint {
        Channel::from_shared(format!("{scheme}://127.0.0.1:{}", self.port)).unwrap()
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn connected(endpoint: Endpoint) -> FunctionRunnerServiceClient<Channel> {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        match endpoint.connect().await {
            Ok(channel) => return FunctionRunnerServiceClient::new(channel),
            Err(error) => assert!(Instant::now() < until, "no connection: {error:?}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn request(padding: usize) -> RunFunctionRequest {
    let xr = json!({
        "apiVersion": "goldenpath.io/v1alpha1", "kind": "GoldenPathDatabase",
        "metadata": {"name": "orders-db", "namespace": "payments", "annotations": {"padding": "x".repeat(padding)}},
        "spec": {"version": "16"},
    });
    let input = json!({
        "apiVersion": "function.goldenpath.io/v1alpha1", "kind": "Platform",
        "region": "eu-central-1", "environment": "dev",
    });
    RunFunctionRequest {
        input: input.as_object().map(json_to_struct),
        meta: Some(RequestMeta { tag: "tag".into(), ..RequestMeta::default() }),
        observed: Some(State {
            composite: Some(Resource { resource: xr.as_object().map(json_to_struct), ..Resource::default() }),
            ..State::default()
        }),
        ..RunFunctionRequest::default()
    }
}

#[tokio::test]
async fn a_call_is_answered() {
    let function = Function::start(&["--insecure"]);
    let mut client = connected(function.endpoint("http")).await;
    let response = client.run_function(request(0)).await.unwrap().into_inner();
    assert_eq!(response.meta.unwrap().tag, "tag");
    assert_eq!(response.desired.unwrap().resources.len(), 3);
}

#[tokio::test]
async fn a_bug_is_a_fatal_result_and_no_error_of_the_protocol() {
    let function = Function::start(&["--insecure"]);
    let mut client = connected(function.endpoint("http")).await;
    let response = client.run_function(RunFunctionRequest::default()).await.unwrap().into_inner();
    assert_eq!(response.results[0].severity(), Severity::Fatal);
}

/// Of exactly so many bytes.
fn of_size(bytes: usize) -> RunFunctionRequest {
    let around = request(bytes).encoded_len() - bytes;
    let request = request(bytes - around);
    assert_eq!(request.encoded_len(), bytes, "lengths in front of the padding have as many digits");
    request
}

#[tokio::test]
async fn a_request_of_sixteen_mebibytes_is_read_and_one_of_a_byte_more_is_not() {
    let function = Function::start(&["--insecure"]);
    let mut client = connected(function.endpoint("http")).await;
    let response = client.run_function(of_size(16 << 20)).await.unwrap().into_inner();
    assert_eq!(response.desired.unwrap().resources.len(), 3);
    let refused = client.run_function(of_size((16 << 20) + 1)).await.unwrap_err();
    assert_eq!(refused.code(), Code::OutOfRange, "{refused}");
}

#[tokio::test]
async fn the_limit_of_a_message_is_reported_in_mebibytes() {
    let function = Function::start(&["--insecure", "--max-recv-message-size", "1"]);
    let mut client = connected(function.endpoint("http")).await;
    assert!(client.run_function(of_size(1 << 20)).await.is_ok());
    assert!(client.run_function(of_size((1 << 20) + 1)).await.is_err());
}

#[tokio::test]
async fn sigterm_ends_it_with_success_although_a_connection_is_open() {
    let mut function = Function::start(&["--insecure"]);
    let mut client = connected(function.endpoint("http")).await;
    client.run_function(request(0)).await.unwrap();
    let pid = function.process.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let until = Instant::now() + Duration::from_secs(20);
    let status = loop {
        if let Some(status) = function.process.try_wait().unwrap() {
            break status;
        }
        assert!(Instant::now() < until, "it does not end");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(status.success(), "{status}");
}

#[test]
fn it_does_not_start_without_credentials() {
    let output = Command::new(env!("CARGO_BIN_EXE_function-goldenpath"))
        .env_remove("TLS_SERVER_CERTS_DIR")
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("--tls-certs-dir"));
}

struct Authority(CertifiedIssuer<'static, KeyPair>);

// === impl Authority ===

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "test");
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// A certificate and its key, in PEM.
    fn issue(&self) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["127.0.0.1".into(), "localhost".into()]).unwrap();
        (params.signed_by(&key, &self.0).unwrap().pem(), key.serialize_pem())
    }

    fn write(&self, folder: &Path) {
        let (certificate, key) = self.issue();
        for (file, text) in [("ca.crt", self.0.pem()), ("tls.crt", certificate), ("tls.key", key)] {
            fs::write(folder.join(file), text).unwrap();
        }
    }

    fn trusted(&self) -> ClientTlsConfig {
        ClientTlsConfig::new().ca_certificate(Certificate::from_pem(self.0.pem())).domain_name("localhost")
    }
}

#[tokio::test]
async fn only_a_caller_with_a_certificate_of_the_authority_is_answered() {
    let folder = std::env::temp_dir().join(format!("goldenpath-function-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let authority = Authority::new();
    authority.write(&folder);
    let function = Function::start(&["--tls-certs-dir", folder.to_str().unwrap()]);

    let (certificate, key) = authority.issue();
    let known = authority.trusted().identity(Identity::from_pem(certificate, key));
    let mut client = connected(function.endpoint("https").tls_config(known).unwrap()).await;
    assert!(client.run_function(request(0)).await.is_ok());

    let (certificate, key) = Authority::new().issue();
    let strangers = [authority.trusted(), authority.trusted().identity(Identity::from_pem(certificate, key))];
    for stranger in strangers {
        let channel = function.endpoint("https").tls_config(stranger).unwrap().connect_lazy();
        assert!(FunctionRunnerServiceClient::new(channel).run_function(request(0)).await.is_err());
    }
    fs::remove_dir_all(&folder).unwrap();
}
