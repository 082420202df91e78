//! What is asked of Crossplane, in every case as if it could be asked.

use function_sdk_rust::proto::v1::{
    Capability, Requirements, Resource, RunFunctionRequest, RunFunctionResponse, Schema,
};
use function_sdk_rust::resource::{json_to_struct, struct_to_json};
use goldenpath_function::kinds::needs_operator;
use goldenpath_function::service::run;
use kube::core::TypeMeta;
use serde_json::json;

use crate::case::Case;
use crate::{is_fatal, status};

/// Whether an operator brings the kind of a composed resource.
fn is_of_an_operator(resource: &Resource) -> bool {
    let object = resource.resource.as_ref().map(struct_to_json).unwrap_or_default();
    let text = |key: &str| object[key].as_str().unwrap_or_default().to_owned();
    needs_operator(&TypeMeta { api_version: text("apiVersion"), kind: text("kind") })
}

/// Every case that is answered, by a Crossplane that can be asked for schemas and has not been asked yet.
fn asked() -> impl Iterator<Item = (String, RunFunctionRequest)> {
    let cases = Case::all().iter().filter(|case| !is_fatal(&case.response()));
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
        request.required_schemas = schemas.map(|name| (name.clone(), answer.clone())).collect();
        let next = run(&request);
        if next.requirements == response.requirements {
            return (calls + 1, next);
        }
        response = next;
    }
    unreachable!("the loop ends by returning")
}

fn codes(response: &RunFunctionResponse) -> Vec<String> {
    let status = status(response);
    let problems = status["problems"].as_array().cloned().unwrap_or_default();
    problems.iter().map(|p| p["code"].as_str().unwrap().to_owned()).collect()
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
fn only_what_is_rendered_for_the_first_time_is_asked_for() {
    let asking: Vec<_> =
        asked().filter(|(_, request)| run(request).requirements.is_some()).map(|(name, _)| name).collect();
    for (name, request) in asked() {
        let unasked = run(&RunFunctionRequest { meta: None, ..request.clone() }).desired.unwrap();
        let observed = request.observed.unwrap();
        let mut renders = unasked.resources.iter().filter(|(key, _)| !observed.resources.contains_key(*key));
        assert_eq!(
            asking.contains(&name),
            renders.any(|(_, resource)| is_of_an_operator(resource)),
            "{name}"
        );
    }
    assert!(!asking.is_empty());
}

#[test]
fn a_missing_operator_is_one_warning_and_takes_nothing_else_away() {
    let unknown = Schema { openapi_v3: None };
    for (name, request) in asked() {
        let unasked = run(&RunFunctionRequest { meta: None, ..request.clone() });
        let asks = run(&request).requirements.is_some();
        let (_, response) = settled(&name, request, &unknown);
        let mut expected = codes(&unasked);
        expected.extend(asks.then(|| "OperatorMissing".to_owned()));
        let mut told = codes(&response);
        expected.sort();
        told.sort();
        assert_eq!(told, expected, "{name}");

        let mut left = unasked.desired.unwrap().resources;
        left.retain(|_, resource| !asks || !is_of_an_operator(resource));
        assert_eq!(response.desired.unwrap().resources, left, "{name}");
    }
}

/// Nobody tells Crossplane that an operator was installed or that a consumer came; everything else wakes it.
#[test]
fn only_a_missing_operator_and_a_lookup_make_a_response_age() {
    for case in Case::all() {
        let response = case.response();
        let missing = codes(&response).contains(&"OperatorMissing".to_owned());
        let looks_up = response.requirements.as_ref().is_some_and(|r| !r.resources.is_empty());
        let ttl = response.meta.unwrap().ttl.map(|ttl| ttl.seconds);
        assert_eq!(ttl, (missing || looks_up).then_some(60), "{}", case.name);
    }
}
