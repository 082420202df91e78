//! What is asked of Crossplane, in every case as if it could be asked.

use std::collections::BTreeSet;

use function_sdk_rust::proto::v1::{
    Capability, Requirements, Resource, RunFunctionRequest, RunFunctionResponse, Schema,
};
use function_sdk_rust::resource::{json_to_struct, struct_to_json};
use goldenpath_function::kinds::needs_operator;
use goldenpath_function::service::run;
use kube::core::TypeMeta;
use serde_json::{Map, Value, json};

use crate::case::Case;
use crate::{follows_a_refusal, is_fatal, status};

/// Kinds that every cluster with Crossplane has.
const THERE: [&str; 9] = [
    "Deployment",
    "HorizontalPodAutoscaler",
    "Ingress",
    "Job",
    "NetworkPolicy",
    "PodDisruptionBudget",
    "Service",
    "ServiceAccount",
    "Usage",
];

/// The kinds of what is about to be made, at once or later, and that a cluster may lack.
fn wanted(request: &RunFunctionRequest, response: &RunFunctionResponse) -> BTreeSet<String> {
    let observed = &request.observed.as_ref().unwrap().resources;
    // What a claim says of its resources is what its XR says of its own.
    if let Some(xr) = response.desired.as_ref().unwrap().resources.get("xr") {
        let kind =
            xr.resource.as_ref().map(struct_to_json).unwrap_or_default()["kind"].as_str().map(str::to_owned);
        return kind.filter(|_| !observed.contains_key("xr")).into_iter().collect();
    }
    let status = status(response);
    let all = status["resources"].as_array().into_iter().flatten();
    let new = all.filter(|resource| !observed.contains_key(resource["name"].as_str().unwrap()));
    // Kubernetes' own Secret, and not that of Secrets Manager.
    let new = new.filter(|resource| !resource["name"].as_str().unwrap().starts_with("acl-of-consumer-"));
    let kinds = new.map(|resource| resource["kind"].as_str().unwrap().to_owned());
    kinds.filter(|kind| !THERE.contains(&kind.as_str())).collect()
}

/// Whether an operator brings the kind of a composed resource.
fn is_of_an_operator(resource: &Resource) -> bool {
    let object = resource.resource.as_ref().map(struct_to_json).unwrap_or_default();
    let text = |key: &str| object[key].as_str().unwrap_or_default().to_owned();
    needs_operator(&TypeMeta { api_version: text("apiVersion"), kind: text("kind") })
}

/// Every case that is answered, by a Crossplane that can be asked for schemas and has not been asked yet.
fn asked() -> impl Iterator<Item = (String, RunFunctionRequest)> {
    let cases = Case::all().iter().filter(|case| !is_fatal(&case.response()) && !follows_a_refusal(case));
    cases.map(|case| {
        let mut request = case.request.clone();
        let meta = request.meta.get_or_insert_default();
        meta.capabilities = vec![Capability::Capabilities.into(), Capability::RequiredSchemas.into()];
        request.required_schemas.clear();
        (case.name.clone(), request)
    })
}

/// What Crossplane does: calls until the requirements stay the same, here with the same answer to every one.
fn settled(name: &str, mut request: RunFunctionRequest, answer: &Schema) -> (usize, RunFunctionResponse) {
    let mut response = run(&request);
    for calls in 1.. {
        assert!(calls <= 5, "{name} does not stabilize");
        let Some(requirements) = response.requirements.clone() else {
            return (calls, response);
        };
        assert_ne!(requirements, Requirements::default(), "{name}: empty requirements cost a call");
        let schemas = requirements.schemas.keys();
        // A kind that every cluster has is known to whoever can be asked.
        let known = Schema { openapi_v3: Some(json_to_struct(&Map::new())) };
        let answer = |name: &String| if name == "v1/Namespace" { &known } else { answer };
        request.required_schemas = schemas.map(|name| (name.clone(), answer(name).clone())).collect();
        let next = run(&request);
        if next.requirements == response.requirements {
            return (calls + 1, next);
        }
        response = next;
    }
    unreachable!("the loop ends by returning")
}

fn problems(response: &RunFunctionResponse) -> Vec<Value> {
    status(response)["problems"].as_array().cloned().unwrap_or_default()
}

fn codes(response: &RunFunctionResponse) -> Vec<String> {
    problems(response).iter().map(|p| p["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn where_every_operator_is_there_nothing_differs_from_a_crossplane_that_cannot_be_asked() {
    let known = Schema { openapi_v3: json!({"type": "object"}).as_object().map(json_to_struct) };
    for (name, request) in asked() {
        let unasked = run(&RunFunctionRequest { meta: None, ..request.clone() });
        let (calls, response) = settled(&name, request, &known);
        assert_eq!(response.desired, unasked.desired, "{name}");
        assert_eq!(response.conditions, unasked.conditions, "{name}");
        assert_eq!(response.results, unasked.results, "{name}");
        assert_eq!(unasked.requirements, None, "{name}");
        assert!(calls <= 2, "{name} takes {calls} calls");
    }
}

#[test]
fn only_what_is_made_or_reported_for_the_first_time_is_asked_for() {
    let (mut asking, mut silent) = (0, 0);
    for (name, request) in asked() {
        let unasked = run(&RunFunctionRequest { meta: None, ..request.clone() });
        let is_first = is_reported_for_the_first_time(&request) || !wanted(&request, &unasked).is_empty();
        assert_eq!(run(&request).requirements.is_some(), is_first, "{name}");
        *(if is_first { &mut asking } else { &mut silent }) += 1;
    }
    assert!(asking > 0 && silent > 0, "{asking} ask, {silent} do not");
}

/// Whether this version has not written the XR's status yet.
fn is_reported_for_the_first_time(request: &RunFunctionRequest) -> bool {
    let composite = request.observed.as_ref().and_then(|observed| observed.composite.as_ref());
    let composite = composite.and_then(|xr| xr.resource.as_ref()).map(struct_to_json).unwrap_or_default();
    composite["status"]["functionVersion"] != env!("CARGO_PKG_VERSION")
}

#[test]
fn a_missing_operator_is_one_warning_a_kind_and_takes_nothing_else_away() {
    let unknown = Schema { openapi_v3: None };
    for (name, request) in asked() {
        let unasked = run(&RunFunctionRequest { meta: None, ..request.clone() });
        let wanted = wanted(&request, &unasked);
        let observed = request.observed.clone().unwrap().resources;
        let (_, response) = settled(&name, request, &unknown);
        let mut expected = codes(&unasked);
        expected.extend(wanted.iter().map(|_| "OperatorMissing".to_owned()));
        let mut told = codes(&response);
        expected.sort();
        told.sort();
        assert_eq!(told, expected, "{name}");

        let mut left = unasked.desired.unwrap().resources;
        left.retain(|key, resource| observed.contains_key(key) || !is_of_an_operator(resource));
        assert_eq!(response.desired.unwrap().resources, left, "{name}");
    }
}

/// Nobody tells Crossplane that an operator was installed, that a consumer came or that a name has become free; everything
/// else wakes it.
#[test]
fn only_what_nothing_wakes_for_makes_a_response_age() {
    for case in Case::all() {
        let response = case.response();
        let missing = codes(&response).contains(&"OperatorMissing".to_owned());
        let lookups = response.requirements.clone().unwrap_or_default().resources.into_keys();
        // The status of what makes a Secret changes with it, and a name is asked for again by what reports it.
        let follows = |lookup: &String| lookup.starts_with("same-name/") || lookup.starts_with("secret/");
        let looks_up = lookups.into_iter().any(|lookup| !follows(&lookup));
        let is_refused = problems(&response)
            .iter()
            .any(|problem| ["ApplyFailed", "ResourceInvalid"].iter().any(|code| problem["code"] == *code));
        let taken = problems(&response)
            .iter()
            .any(|problem| problem["code"] == "NameTaken" && problem["resource"].is_string());
        let ttl = response.meta.unwrap().ttl.map(|ttl| ttl.seconds);
        assert_eq!(ttl, (missing || looks_up || taken || is_refused).then_some(60), "{}", case.name);
    }
}

/// Crossplane calls again until the requirements are those of the call before, and gives up after five calls.
#[test]
fn requirements_settle() {
    for case in Case::all() {
        let mut request = case.request.clone();
        let answers = std::mem::take(&mut request.required_resources);
        let mut asked = None;
        let calls = (1..=5).find(|_| {
            let now = run(&request).requirements.unwrap_or_default().resources;
            let answer = |name: &String| (name.clone(), answers.get(name).cloned().unwrap_or_default());
            request.required_resources = now.keys().map(answer).collect();
            let is_settled = asked.as_ref() == Some(&now);
            asked = Some(now);
            is_settled
        });
        assert!(calls.is_some(), "{}: {asked:?}", case.name);
    }
}
