//! What holds of every response to a claim, besides the rules of every golden path.

use function_sdk_rust::proto::v1::{RunFunctionRequest, RunFunctionResponse};
use goldenpath_function::claims;
use serde_json::Value;

use crate::rules::{Rule, check, desired, json, observed};

/// Every rule, with its name.
pub(crate) const RULES: &[(&str, Rule)] =
    &[("its Usage goes only when what it became says that it may be deleted", keeps)];

fn keeps(request: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    let goes =
        observed(request).any(|(key, _)| key == claims::USAGE) && desired(response, claims::USAGE).is_none();
    check(!goes || is_reported_unprotected(request), || "its Usage is dropped".to_owned())
}

fn is_reported_unprotected(request: &RunFunctionRequest) -> bool {
    let xr = observed(request).find(|(key, _)| *key == claims::XR).map(|(_, xr)| json(Some(xr)));
    let conditions = xr.map(|xr| xr["status"]["conditions"].clone()).unwrap_or_default();
    let says = |c: &Value| c["type"] == "DeletionBlocked" && c["reason"] == "NotProtected";
    conditions.as_array().is_some_and(|all| all.iter().any(says))
}
