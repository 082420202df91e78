//! Any JSON as a request: specs, observed objects, inputs and contexts. Every rule of the property tests holds of every
//! answer.
#![no_main]

#[path = "../../tests/properties/rules.rs"]
mod rules;

use function_sdk_rust::proto::v1::RunFunctionRequest;
use goldenpath_function::service::run;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(mut request) = serde_json::from_slice::<RunFunctionRequest>(bytes) else { return };
    request.meta.get_or_insert_default();
    // What earlier steps desire is theirs, and no rule is about it.
    request.desired = None;
    // A panic ends the process here, although the function would catch it.
    let response = run(&request);
    for (rule, holds) in rules::RULES {
        if let Err(why) = holds(&request, &response) {
            panic!("{rule}: {why}");
        }
    }
});
