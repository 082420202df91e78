//! What holds of every response to a Secret that follows the secret store, besides the rules of every golden path.

use function_sdk_rust::proto::v1::{RunFunctionRequest, RunFunctionResponse};
use goldenpath_function::paths::secret_sync::EXTERNAL_SECRET;
use serde_json::Value;

use crate::rules::{Rule, check, composite, desired, json, observed, platform_input};

/// Every rule, with its name.
pub(crate) const RULES: &[(&str, Rule)] = &[
    ("its ExternalSecret stays whatever becomes of its source", keeps),
    ("a new one reads no folder of another namespace but that of a database that lets it", reads),
];

fn keeps(request: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    let is_there = observed(request).any(|(key, _)| key == EXTERNAL_SECRET);
    check(!is_there || desired(response, EXTERNAL_SECRET).is_some(), || "its Secret is dropped".to_owned())
}

fn reads(request: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    let xr = composite(request);
    let is_new = !observed(request).any(|(key, _)| key == EXTERNAL_SECRET);
    let is_earlier =
        request.desired.as_ref().is_some_and(|state| state.resources.contains_key(EXTERNAL_SECRET));
    let Some(resource) = desired(response, EXTERNAL_SECRET).filter(|_| is_new && !is_earlier) else {
        return Ok(());
    };
    let object = json(Some(resource));
    let namespace = xr["metadata"]["namespace"].as_str().unwrap_or_default();
    let spec = &object["spec"];
    let whole = list(&spec["dataFrom"]).map(|from| &from["extract"]["key"]);
    let keys = list(&spec["data"]).map(|data| &data["remoteRef"]["key"]);
    let paths: Vec<_> = whole.chain(keys).filter_map(Value::as_str).collect();
    let of_database = request.required_resources.get("database").and_then(|found| found.items.first());
    let lent = json(of_database);
    let lent = lent["status"]["secretPath"].as_str();
    let own = |path: &str| path.split('/').nth(2) == Some(namespace);
    let input = platform_input(request);
    let opened = |path: &str| {
        let platform = input.platform::<goldenpath_function::platform::NoPolicy>(None);
        platform.is_ok_and(|platform| platform.may_read(namespace, path))
    };
    let stray = paths.iter().find(|path| !own(path) && Some(**path) != lent && !opened(path));
    check(stray.is_none(), || format!("{namespace} reads {stray:?}"))
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
