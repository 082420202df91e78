//! What holds of every response to a way through the gateway, besides the rules of every golden path.

use function_sdk_rust::proto::v1::{RunFunctionRequest, RunFunctionResponse};
use goldenpath_function::paths::ingress_request::SERVICE;

use crate::gateway;
use crate::rules::{Rule, check, desired, observed};

/// Every rule, with its name.
pub(crate) const RULES: &[(&str, Rule)] = &[
    ("nothing is open for want of what guards it", gateway::closed),
    ("its Service stays whatever becomes of the one that is asked for", keeps),
];

fn keeps(request: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    let is_there = observed(request).any(|(key, _)| key == SERVICE);
    check(!is_there || desired(response, SERVICE).is_some(), || "its Service is dropped".to_owned())
}
