//! What holds of every response, whatever the request.

use function_sdk_rust::proto::v1::{
    Ready, Resource, RunFunctionRequest, RunFunctionResponse, Severity, Status,
};
use function_sdk_rust::resource::struct_to_json;
use goldenpath_function::condition::RESERVED;
use goldenpath_function::entry::Entry;
use goldenpath_function::keys::Known;
use goldenpath_function::observed::owned::last_desired;
use goldenpath_function::paths::ALL;
use goldenpath_function::platform::PlatformInput;
use goldenpath_function::service::run;
use goldenpath_function::wire;
use prost::Message;
use serde_json::Value;

/// A rule: the reason why it does not hold, if it does not.
pub(crate) type Rule = fn(&RunFunctionRequest, &RunFunctionResponse) -> Result<(), String>;

/// Every rule, with its name.
pub(crate) const RULES: &[(&str, Rule)] = &[
    ("only a request that no golden path serves is fatal", fatal),
    ("the response has the request's tag", tag),
    ("nothing observed is dropped unless the spec asks for it", keeps),
    ("a refused spec keeps exactly what was desired last", last_good),
    ("no condition is Crossplane's own", conditions),
    ("a resource is as ready as it says of its present generation", readiness),
    ("equal requests have equal responses, whatever the order of their maps", deterministic),
    ("nothing desired is null", no_nulls),
    ("the response fits into a message", size),
];

pub(crate) fn is_fatal(response: &RunFunctionResponse) -> bool {
    response.results.iter().any(|result| result.severity() == Severity::Fatal)
}

pub(crate) fn check(holds: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(why()) }
}

pub(crate) fn json(resource: Option<&Resource>) -> Value {
    resource.and_then(|resource| resource.resource.as_ref()).map(struct_to_json).unwrap_or_default()
}

pub(crate) fn composite(request: &RunFunctionRequest) -> Value {
    json(request.observed.as_ref().and_then(|state| state.composite.as_ref()))
}

pub(crate) fn observed(request: &RunFunctionRequest) -> impl Iterator<Item = (&String, &Resource)> {
    request.observed.iter().flat_map(|state| &state.resources)
}

pub(crate) fn desired<'a>(response: &'a RunFunctionResponse, key: &str) -> Option<&'a Resource> {
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

pub(crate) fn is_ours(object: &Value) -> bool {
    object["metadata"]["labels"]
        .as_object()
        .is_some_and(|labels| labels.contains_key("goldenpath.io/managed"))
}

pub(crate) fn is_refused(response: &RunFunctionResponse) -> bool {
    let accepted = response.conditions.iter().find(|condition| condition.r#type == "Accepted");
    accepted.is_some_and(|condition| condition.status() == Status::ConditionFalse)
}

/// The golden path of a request's XR.
pub(crate) fn path(request: &RunFunctionRequest) -> Option<&'static Entry> {
    let xr = composite(request);
    ALL.iter().find(|path| (path.kind)() == xr["kind"] && (path.api_version)() == xr["apiVersion"])
}

/// Whether an observed resource is this function's, by its key or by its label.
fn is_composed_here(request: &RunFunctionRequest, key: &str, resource: &Resource) -> bool {
    let is_known = path(request).is_some_and(|path| path.keys.iter().any(|known| known.covers(key)));
    let is_earlier = request.desired.as_ref().is_some_and(|state| state.resources.contains_key(key));
    is_known || (is_ours(&json(Some(resource))) && !is_earlier)
}

/// Only what a path declares as optional, or as a member of a list, ever goes, and only by a spec that is accepted.
fn keeps(request: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    let Some(path) = path(request) else { return Ok(()) };
    let mut dropped = observed(request).filter(|(key, resource)| {
        desired(response, key).is_none() && is_composed_here(request, key, resource)
    });
    dropped.try_for_each(|(key, resource)| {
        let comes_and_goes = |known: &Known| !matches!(known, Known::Always(_)) && known.covers(key);
        let may_go = path.keys.iter().any(comes_and_goes) && !is_refused_as_a_whole(request, path);
        let is_in_use = !json(Some(resource))["metadata"]["labels"]["crossplane.io/in-use"].is_null();
        check(may_go && !is_in_use, || format!("{key} dropped"))
    })
}

/// What the platform says in a request.
pub(crate) fn platform_input(request: &RunFunctionRequest) -> PlatformInput {
    Entry::input(ALL, request)
}

/// Whether nothing of a request can be acted on: its XR cannot be read, or the platform's input.
fn is_refused_as_a_whole(request: &RunFunctionRequest, path: &Entry) -> bool {
    let xr = request.observed.as_ref().and_then(|state| state.composite.as_ref());
    !xr.is_some_and(|xr| (path.reads)(wire::object(xr), &platform_input(request)))
}

fn last_good(request: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    let Some(path) = path(request).filter(|path| is_refused_as_a_whole(request, path)) else { return Ok(()) };
    check(is_refused(response), || format!("{} is not refused", (path.kind)()))?;
    let mut ours = observed(request).filter(|(key, resource)| is_composed_here(request, key, resource));
    ours.try_for_each(|(key, resource)| {
        let last = last_desired(wire::object(resource));
        let kept = desired(response, key).and_then(|resource| resource.resource.as_ref());
        check(kept == Some(&last), || format!("{key} is {kept:?}"))
    })
}

fn conditions(_: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    let reserved = response.conditions.iter().find(|c| RESERVED.contains(&c.r#type.as_str()));
    check(reserved.is_none(), || format!("{reserved:?}"))
}

/// Of managed resources, by a second reading of their conditions.
fn readiness(request: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    let all = response.desired.iter().flat_map(|state| &state.resources);
    let earlier = request.desired.as_ref().map(|state| &state.resources);
    let mut ours = all.filter(|(key, _)| !earlier.is_some_and(|earlier| earlier.contains_key(*key)));
    ours.try_for_each(|(key, resource)| {
        let seen = observed(request).find(|(seen, _)| *seen == key).map(|(_, resource)| json(Some(resource)));
        let is_ready = resource.ready() == Ready::True;
        let Some(object) = seen else {
            return check(!is_ready, || format!("{key} is not there and ready"));
        };
        // What is of another kind has its own rules.
        let group = object["apiVersion"].as_str().unwrap_or_default();
        // serde reads a list as a struct as well, field by field; no API server serves such a status.
        let conditions = object["status"]["conditions"].as_array();
        let is_plain = conditions.is_some_and(|all| all.iter().all(Value::is_object));
        if !group.contains(".aws.m.goldenpath.io/") || !is_plain {
            return Ok(());
        }
        let is = |r#type: &str, status: &str| {
            let first = conditions.into_iter().flatten().find(|condition| condition["type"] == r#type);
            first.is_some_and(|condition| condition["status"] == status)
        };
        check(!is_ready || is("Ready", "True"), || format!("{key} is not Ready"))?;
        let waits = object["status"]["problem"]["waiting"] == Value::Bool(true);
        check(!is_ready || waits || !is("Synced", "False"), || format!("{key} is not Synced"))?;
        let gone = &object["metadata"]["deletionTimestamp"];
        check(!is_ready || gone.is_null(), || format!("{key} is being deleted"))
    })
}

fn deterministic(request: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    // Each map gets a new order.
    let again: RunFunctionRequest = serde_json::from_value(serde_json::to_value(request).unwrap()).unwrap();
    let other = run(&again);
    let json = |response: &RunFunctionResponse| serde_json::to_value(response).unwrap();
    match difference("", &json(response), &json(&other)) {
        Some(difference) => Err(difference),
        None => Ok(()),
    }
}

/// The first place where two values differ.
fn difference(at: &str, one: &Value, other: &Value) -> Option<String> {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) if one.len() == other.len() => {
            one.iter().find_map(|(key, one)| {
                difference(&format!("{at}.{key}"), one, other.get(key).unwrap_or(&Value::Null))
            })
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let pairs = one.iter().zip(other).enumerate();
            pairs.into_iter().find_map(|(i, (one, other))| difference(&format!("{at}[{i}]"), one, other))
        }
        _ => (one != other).then(|| format!("{at}: {one} and {other}")),
    }
}

/// But for what is kept, which is kept with what it has.
fn no_nulls(request: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    let all = response.desired.iter().flat_map(|state| &state.resources);
    let earlier = request.desired.as_ref().map(|state| &state.resources);
    let mut ours = all.filter(|(key, _)| !earlier.is_some_and(|earlier| earlier.contains_key(*key)));
    ours.try_for_each(|(key, resource)| {
        let seen = observed(request).find(|(seen, _)| *seen == key);
        let is_kept =
            seen.is_some_and(|(_, seen)| Some(last_desired(wire::object(seen))) == resource.resource);
        check(is_kept || !has_null(&json(Some(resource))), || format!("{key}: {}", json(Some(resource))))
    })
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
