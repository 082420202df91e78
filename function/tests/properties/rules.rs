//! What holds of every response, whatever the request.

use std::collections::BTreeSet;

use function_sdk_rust::proto::v1::{
    Ready, Resource, RunFunctionRequest, RunFunctionResponse, Severity, Status,
};
use function_sdk_rust::resource::struct_to_json;
use goldenpath_function::observed::owned::last_desired;
use goldenpath_function::paths::ALL;
use goldenpath_function::paths::database::{INSTANCE, SECRET, USAGE};
use goldenpath_function::service::run;
use prost::Message;
use serde_json::Value;

/// A rule: the reason why it does not hold, if it does not.
type Rule = fn(&RunFunctionRequest, &RunFunctionResponse) -> Result<(), String>;

/// Every rule, with its name.
pub(crate) const RULES: &[(&str, Rule)] = &[
    ("only a request that no golden path serves is fatal", fatal),
    ("the response has the request's tag", tag),
    ("nothing observed is dropped unless the spec asks for it", keeps),
    ("a refused spec keeps exactly what was desired last", last_good),
    ("no condition is Crossplane's own", conditions),
    ("a resource is as ready as it says of its present generation", readiness),
    ("an existing database keeps its name and place", identity),
    ("equal requests have equal responses, whatever the order of their maps", deterministic),
    ("nothing desired is null", no_nulls),
    ("the response fits into a message", size),
];

/// What Crossplane keeps for itself.
const RESERVED: [&str; 5] = ["Ready", "Synced", "Healthy", "UpToDate", "Responsive"];

pub(crate) fn is_fatal(response: &RunFunctionResponse) -> bool {
    response.results.iter().any(|result| result.severity() == Severity::Fatal)
}

fn check(holds: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(why()) }
}

fn json(resource: Option<&Resource>) -> Value {
    resource.and_then(|resource| resource.resource.as_ref()).map(struct_to_json).unwrap_or_default()
}

fn composite(request: &RunFunctionRequest) -> Value {
    json(request.observed.as_ref().and_then(|state| state.composite.as_ref()))
}

fn observed(request: &RunFunctionRequest) -> impl Iterator<Item = (&String, &Resource)> {
    request.observed.iter().flat_map(|state| &state.resources)
}

fn desired<'a>(response: &'a RunFunctionResponse, key: &str) -> Option<&'a Resource> {
    response.desired.as_ref()?.resources.get(key)
}

fn fatal(request: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    let xr = composite(request);
    let served =
        ALL.iter().any(|path| (path.kind)() == xr["kind"] && (path.api_version)() == xr["apiVersion"]);
    check(is_fatal(response) != served, || format!("{:?}", response.results))
}

fn tag(request: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    let (asked, told) = (request.meta.as_ref().map(|m| &m.tag), response.meta.as_ref().map(|m| &m.tag));
    check(asked == told, || format!("{told:?} for {asked:?}"))
}

fn is_ours(object: &Value) -> bool {
    object["metadata"]["labels"]
        .as_object()
        .is_some_and(|labels| labels.contains_key("goldenpath.io/managed"))
}

fn is_refused(response: &RunFunctionResponse) -> bool {
    let accepted = response.conditions.iter().find(|condition| condition.r#type == "Accepted");
    accepted.is_some_and(|condition| condition.status() == Status::ConditionFalse)
}

fn keeps(request: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    if is_fatal(response) {
        return Ok(());
    }
    let dropped: BTreeSet<_> = observed(request)
        .filter(|(key, resource)| desired(response, key).is_none() && is_ours(&json(Some(resource))))
        .map(|(key, _)| key.as_str())
        .collect();
    let unprotected = composite(request)["spec"]["deletion"]["protection"] == Value::Bool(false);
    let may_go: BTreeSet<_> = unprotected.then_some(USAGE).into_iter().collect();
    check(dropped.is_subset(&may_go), || format!("{dropped:?} dropped"))
}

fn last_good(request: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    // A problem of one resource refuses that resource alone; without a decision nothing can be compared.
    let composed = desired(response, SECRET).is_some() && !observed(request).any(|(key, _)| key == SECRET);
    if is_fatal(response) || !is_refused(response) || composed {
        return Ok(());
    }
    observed(request).try_for_each(|(key, resource)| {
        let object = resource.resource.clone().unwrap_or_default();
        let kept = desired(response, key).and_then(|resource| resource.resource.as_ref());
        let told = || format!("{key} is {kept:?}");
        // A refusal that comes from a child's problem composes all the same.
        let whole = refuses_everything(response);
        check(!whole || kept == Some(&last_desired(&object)), told)
    })
}

fn refuses_everything(response: &RunFunctionResponse) -> bool {
    let accepted = response.conditions.iter().find(|condition| condition.r#type == "Accepted");
    accepted
        .is_some_and(|condition| ["InvalidSpec", "InvalidPlatformInput"].contains(&condition.reason.as_str()))
}

fn conditions(_: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    let reserved = response.conditions.iter().find(|c| RESERVED.contains(&c.r#type.as_str()));
    check(reserved.is_none(), || format!("{reserved:?}"))
}

/// Of managed resources, by a second reading of their conditions.
fn readiness(request: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    [SECRET, INSTANCE].into_iter().try_for_each(|key| {
        let seen = observed(request)
            .find(|(observed, _)| *observed == key)
            .map(|(_, resource)| json(Some(resource)));
        let Some(resource) = desired(response, key) else { return Ok(()) };
        let is_ready = resource.ready() == Ready::True;
        let Some(object) = seen else {
            return check(!is_ready, || format!("{key} is not there and ready"));
        };
        let is = |r#type: &str, status: &str| {
            let all = object["status"]["conditions"].as_array();
            let first = all.into_iter().flatten().find(|condition| condition["type"] == r#type);
            first.is_some_and(|condition| condition["status"] == status)
        };
        check(!is_ready || is("Ready", "True"), || format!("{key} is not Ready"))?;
        check(!is_ready || !is("Synced", "False"), || format!("{key} is not Synced"))?;
        let gone = &object["metadata"]["deletionTimestamp"];
        check(!is_ready || gone.is_null(), || format!("{key} is being deleted"))
    })
}

fn identity(request: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    // What is refused is kept as far as it is owned.
    if is_fatal(response) || is_refused(response) {
        return Ok(());
    }
    let region = |object: &Value| object["spec"]["forProvider"]["region"].as_str().map(str::to_owned);
    let seen = observed(request).find(|(key, _)| *key == INSTANCE).map(|(_, resource)| json(Some(resource)));
    // What cannot be read as an Instance says nothing.
    let readable = seen.filter(|object| {
        serde_json::from_value::<goldenpath_provider_api::rds::Instance>(object.clone()).is_ok()
    });
    let Some((before, kept)) =
        readable.and_then(|object| Some((region(&object)?, desired(response, INSTANCE)?)))
    else {
        return Ok(());
    };
    let after = region(&json(Some(kept)));
    check(after.as_ref() == Some(&before), || format!("it was in {before} and is in {after:?}"))
}

fn deterministic(request: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    // Each map gets a new order.
    let again: RunFunctionRequest = serde_json::from_value(serde_json::to_value(request).unwrap()).unwrap();
    let other = run(&again);
    let bytes = |response: &RunFunctionResponse| serde_json::to_value(response).unwrap().to_string();
    check(bytes(&other) == bytes(response), || "the second response is another".to_owned())
}

fn no_nulls(_: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    let composed = [SECRET, INSTANCE].into_iter().filter_map(|key| desired(response, key));
    // What is kept is kept with what it has.
    let ours = composed.map(|resource| json(Some(resource))).filter(|_| !is_refused(response));
    ours.into_iter().try_for_each(|object| check(!has_null(&object), || object.to_string()))
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(map) => map.values().any(has_null),
        Value::Array(items) => items.iter().any(has_null),
        _ => false,
    }
}

fn size(_: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    let bytes = response.encoded_len();
    check(bytes <= 4 << 20, || format!("{bytes} bytes"))
}
