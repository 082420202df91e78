//! What holds of every response, whatever the request.

use std::collections::BTreeSet;

use function_sdk_rust::proto::v1::{
    Ready, Resource, RunFunctionRequest, RunFunctionResponse, Severity, Status,
};
use function_sdk_rust::resource::struct_to_json;
use goldenpath_function::claims;
use goldenpath_function::observed::owned::last_desired;
use goldenpath_function::paths::ALL;
use goldenpath_function::paths::database::api::GoldenPathDatabase;
use goldenpath_function::paths::database::{INSTANCE, NETWORK_POLICY, SECRET, SECURITY_GROUP_POLICY, USAGE};
use goldenpath_function::service::run;
use goldenpath_function::{platform, wire};
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
    // The network's policies are the platform's to ask for; one that cannot be read asks for nothing to go.
    let network = platform::of(request).map(|platform| platform.network).ok();
    let pods_go_out = network.as_ref().is_none_or(|network| !network.database_cidrs.is_empty());
    let pods_join = network.as_ref().is_none_or(|network| !network.client_security_group_ids.is_empty());
    let policies = [(NETWORK_POLICY, pods_go_out), (SECURITY_GROUP_POLICY, pods_join)];
    let policies = policies.into_iter().filter(|(_, asked)| !asked).map(|(key, _)| key);
    let unprotected = if is_claim(request) { is_told_unprotected(request) } else { unprotected };
    let may_go: BTreeSet<_> = unprotected.then_some(USAGE).into_iter().chain(policies).collect();
    check(dropped.is_subset(&may_go), || format!("{dropped:?} dropped"))
}

fn is_claim(request: &RunFunctionRequest) -> bool {
    composite(request)["kind"] == "XDatabaseClaim"
}

/// A claim may be deleted when the database says that it may.
fn is_told_unprotected(request: &RunFunctionRequest) -> bool {
    let database = observed(request).find(|(key, _)| *key == claims::XR).map(|(_, r)| json(Some(r)));
    let conditions = database.map(|database| database["status"]["conditions"].clone()).unwrap_or_default();
    let says = |c: &Value| c["type"] == "DeletionBlocked" && c["reason"] == "NotProtected";
    conditions.as_array().is_some_and(|all| all.iter().any(says))
}

fn last_good(request: &RunFunctionRequest, response: &RunFunctionResponse) -> Result<(), String> {
    let xr = request.observed.as_ref().and_then(|state| state.composite.as_ref());
    let is_readable = xr.is_some_and(|xr| wire::decode::<GoldenPathDatabase>(wire::object(xr)).is_ok());
    if is_fatal(response) || (is_readable && platform::of(request).is_ok()) {
        return Ok(());
    }
    check(is_refused(response), || "it is not refused".to_owned())?;
    observed(request).try_for_each(|(key, resource)| {
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
    [SECRET, INSTANCE].into_iter().try_for_each(|key| {
        let seen = observed(request)
            .find(|(observed, _)| *observed == key)
            .map(|(_, resource)| json(Some(resource)));
        let Some(resource) = desired(response, key) else { return Ok(()) };
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
