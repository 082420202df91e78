//! A composition function of the harness: it composes what the Composition's input lists, and nothing else.
//!
//! With it a story decides what an XR owns, and everything else about that XR is core's own doing.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use function_sdk_rust::proto::v1::function_runner_service_server::{
    FunctionRunnerService, FunctionRunnerServiceServer,
};
use function_sdk_rust::proto::v1::{RunFunctionRequest, RunFunctionResponse};
use function_sdk_rust::{request, resource, response};
use kube::Client;
use serde_json::{Map, Value};
use tokio::task::JoinHandle;
use tonic::transport::{Certificate, Identity, Server, ServerTlsConfig};
use tonic::{Request, Response, Status};

use crate::ports::Port;
use crate::{crossplane, wait, workdir::Workdir};

/// A running function; it ends when dropped.
#[derive(Debug)]
pub struct Composer {
    serving: JoinHandle<Result<(), tonic::transport::Error>>,
    _port: Port,
}

struct Listed;

impl Composer {
    /// What a Composition calls it.
    pub const NAME: &str = "function-composer";

    pub(crate) async fn start(run: &Workdir, client: &Client) -> Result<Self> {
        let port = Port::reserve()?;
        let folder = crossplane::server_certificates(run, client, Self::NAME).await?;
        let read =
            |name: &str| std::fs::read(folder.join(name)).with_context(|| format!("cannot read {name}"));
        let tls = ServerTlsConfig::new()
            .identity(Identity::from_pem(read("tls.crt")?, read("tls.key")?))
            .client_ca_root(Certificate::from_pem(read("ca.crt")?));
        let address = port.address();
        let server = Server::builder()
            .tls_config(tls)?
            .add_service(FunctionRunnerServiceServer::new(Listed))
            .serve(address.parse()?);
        let composer = Self { serving: tokio::spawn(server), _port: port };
        wait::until("the composer listens", Duration::from_secs(10), async || {
            if composer.serving.is_finished() {
                bail!("the composer has ended");
            }
            Ok(wait::listens(&address).await.then_some(()))
        })
        .await?;
        crossplane::register(client, Self::NAME, &address).await?;
        Ok(composer)
    }

    /// The name of a composed resource within its XR: its kind.
    fn key(object: &Value) -> String {
        object["kind"].as_str().unwrap_or_default().to_lowercase()
    }
}

impl Drop for Composer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

#[tonic::async_trait]
impl FunctionRunnerService for Listed {
    async fn run_function(
        &self,
        asked: Request<RunFunctionRequest>,
    ) -> Result<Response<RunFunctionResponse>, Status> {
        let asked = asked.into_inner();
        let mut answer = response::to(&asked, Duration::from_mins(1));
        let input: Map<String, Value> =
            request::get_input(&asked).map_err(|error| Status::invalid_argument(error.to_string()))?;
        for object in input.get("resources").and_then(Value::as_array).into_iter().flatten() {
            let composed = response::desired_composed(&mut answer, Composer::key(object));
            resource::update(composed, object).map_err(|error| Status::internal(error.to_string()))?;
        }
        Ok(Response::new(answer))
    }
}
