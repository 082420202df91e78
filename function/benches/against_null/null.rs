//! The least that a function can do on the SDK.

use std::time::Duration;

use function_sdk_rust::proto::v1::function_runner_service_server::FunctionRunnerService;
use function_sdk_rust::proto::v1::{RunFunctionRequest, RunFunctionResponse, State};
use function_sdk_rust::{Args, response};
use tonic::{Request, Response, Status};

/// How little it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Null {
    /// Answers what earlier steps desire: in a pipeline of one step, nothing.
    Silent,
    /// Answers what it was given: what is observed is desired.
    Echo,
}

// === impl Null ===

impl Null {
    pub(crate) const ALL: [Self; 2] = [Self::Silent, Self::Echo];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Echo => "echo",
        }
    }

    /// What it does, in words.
    pub(crate) fn does(self) -> &'static str {
        match self {
            Self::Silent => "answers nothing",
            Self::Echo => "decodes and echoes",
        }
    }

    pub(crate) fn of(name: &str) -> Self {
        Self::ALL.into_iter().find(|null| null.name() == name).unwrap()
    }

    pub(crate) fn answer(self, mut request: RunFunctionRequest) -> RunFunctionResponse {
        let mut response = response::to(&request, Duration::ZERO);
        if self == Self::Echo {
            let State { composite, resources } = request.observed.take().unwrap_or_default();
            response.desired = Some(State { composite, resources });
        }
        response
    }

    pub(crate) async fn serve(self, address: String) {
        let args = Args {
            debug: false,
            address,
            tls_certs_dir: None,
            insecure: true,
            max_recv_message_size: None,
            metrics_address: String::new(),
        };
        function_sdk_rust::serve(self, &args).await.unwrap();
    }
}

#[tonic::async_trait]
impl FunctionRunnerService for Null {
    async fn run_function(
        &self,
        request: Request<RunFunctionRequest>,
    ) -> Result<Response<RunFunctionResponse>, Status> {
        Ok(Response::new(self.answer(request.into_inner())))
    }
}
