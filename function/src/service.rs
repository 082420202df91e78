//! The protocol: one request, one response.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use function_sdk_rust::proto::v1::function_runner_service_server::FunctionRunnerService;
use function_sdk_rust::proto::v1::{Ready, RunFunctionRequest, RunFunctionResponse};
use function_sdk_rust::{request, response};
use pbjson_types::Struct;
use prost::Message;
use tonic::{Request, Response, Status};

use crate::entry::Entry;
use crate::error::Error;
use crate::events::PreviousStatus;
use crate::observed::Observed;
use crate::outdated_definition;
use crate::paths;
use crate::rendering::Outcome;
use crate::requirements::RequiredSchemas;
use crate::wire;
use crate::xr::Xr;

/// grpc-go's default limit, which Crossplane does not raise.
const LARGEST_RESPONSE: usize = 4 << 20;

/// Serves golden paths: those of this repository, or others of one's own.
#[derive(Clone, Copy)]
pub struct Function(&'static [Entry]);

impl Function {
    /// A function of these golden paths.
    pub const fn of(paths: &'static [Entry]) -> Self {
        Self(paths)
    }
}

#[tonic::async_trait]
impl FunctionRunnerService for Function {
    async fn run_function(
        &self,
        request: Request<RunFunctionRequest>,
    ) -> Result<Response<RunFunctionResponse>, Status> {
        Ok(Response::new(run_with(self.0, &request.into_inner())))
    }
}

/// Answers a request. Total: a bug is a fatal result that names it, and never an error of the protocol.
pub fn run(request: &RunFunctionRequest) -> RunFunctionResponse {
    run_with(paths::ALL, request)
}

/// As [`run`], with golden paths of one's own.
pub fn run_with(paths: &[Entry], request: &RunFunctionRequest) -> RunFunctionResponse {
    catch_unwind(AssertUnwindSafe(|| compose(paths, request)))
        .unwrap_or_else(|_| Ok(fatal(request, "the function has panicked; this is a bug")))
        .unwrap_or_else(|bug| fatal(request, &bug.to_string()))
}

fn compose(paths: &[Entry], request: &RunFunctionRequest) -> Result<RunFunctionResponse, Error> {
    let composite = request::observed_composite(request).ok_or(Error::NoComposite)?;
    let object = wire::object(composite);
    let text = |key: &str| wire::text(object, key).unwrap_or_default();
    let (api_version, kind) = (text("apiVersion"), text("kind"));
    let path = paths
        .iter()
        .find(|path| (path.kind)() == kind && (path.api_version)() == api_version)
        .ok_or_else(|| Error::UnknownKind { api_version: api_version.to_owned(), kind: kind.to_owned() })?;
    let schemas = RequiredSchemas::of(request);
    let outcome = (path.render)(composite, &Entry::input(paths, request), Observed::of(request), schemas)?;
    let previous = PreviousStatus::of(object);
    let own = || wire::encode((path.definition)().schema()).unwrap_or_default();
    let outcome = outdated_definition::fit(outcome, Xr::new(object), &previous, own, schemas);
    let response = respond_with(request, object, &previous, outcome);
    match response.encoded_len() {
        bytes if bytes > LARGEST_RESPONSE => {
            Err(Error::TooLarge { bytes, limit: LARGEST_RESPONSE, largest: largest(&response) })
        }
        _ => Ok(response),
    }
}

/// The three largest resources, largest first. A step before this one may have made them.
fn largest(response: &RunFunctionResponse) -> Vec<(String, usize)> {
    let resources = response.desired.iter().flat_map(|state| &state.resources);
    let mut sizes: Vec<_> = resources.map(|(key, resource)| (key.clone(), resource.encoded_len())).collect();
    sizes.sort_by(|(a, of_a), (b, of_b)| of_b.cmp(of_a).then_with(|| a.cmp(b)));
    sizes.truncate(3);
    sizes
}

fn respond_with(
    request: &RunFunctionRequest,
    composite: &Struct,
    previous: &PreviousStatus,
    outcome: Outcome,
) -> RunFunctionResponse {
    let is_held_back = outcome.is_held_back();
    let Outcome { desired, complete: _, status, conditions, problems, requirements } = outcome;
    let mut response = empty(request);
    requirements.put_into(&mut response);
    response.results = previous.events(&conditions, &problems);
    response.conditions = conditions.into_iter().map(Into::into).collect();
    let state = response.desired.get_or_insert_default();
    for (key, (object, ready)) in desired {
        let slot = state.resources.entry(key).or_default();
        wire::merge(slot.resource.get_or_insert_default(), object);
        slot.ready = if ready { Ready::True } else { Ready::False }.into();
    }
    let xr = state.composite.get_or_insert_default();
    let identity = ["apiVersion", "kind"]
        .iter()
        .filter_map(|key| Some(((*key).to_owned(), composite.fields.get(*key)?.clone())));
    let mut over = Struct { fields: identity.collect() };
    over.fields.insert("status".into(), wire::into_value(status));
    wire::merge(xr.resource.get_or_insert_default(), over);
    if is_held_back {
        xr.ready = Ready::False.into();
    }
    response
}

fn fatal(request: &RunFunctionRequest, message: &str) -> RunFunctionResponse {
    let mut response = empty(request);
    response::fatal(&mut response, message);
    response
}

/// Carries what earlier steps of the pipeline have made. No time to live: nothing here ages but a missing operator.
fn empty(request: &RunFunctionRequest) -> RunFunctionResponse {
    let mut response = response::to(request, Duration::ZERO);
    if let Some(meta) = response.meta.as_mut() {
        meta.ttl = None;
    }
    response
}
