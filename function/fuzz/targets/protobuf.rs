//! Any bytes as a message of the protocol: what can be decoded is answered, and the answer can be decoded.
#![no_main]

use function_sdk_rust::proto::v1::{RunFunctionRequest, RunFunctionResponse};
use goldenpath_function::service::run;
use libfuzzer_sys::fuzz_target;
use prost::Message;

fuzz_target!(|bytes: &[u8]| {
    let Ok(request) = RunFunctionRequest::decode(bytes) else { return };
    // A panic ends the process here, although the function would catch it.
    let response = run(&request);
    let (asked, told) = (request.meta.unwrap_or_default().tag, response.meta.clone().unwrap_or_default().tag);
    assert_eq!(asked, told, "the response has the request's tag");
    let composed = response.desired.as_ref().is_some_and(|desired| desired.composite.is_some());
    assert!(composed || !response.results.is_empty(), "an answer says something");
    RunFunctionResponse::decode(&response.encode_to_vec()[..]).expect("an answer is a message of the protocol");
});
