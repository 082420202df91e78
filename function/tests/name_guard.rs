//! Nobody's name is taken: what holds of every composed resource of every golden path before it is made.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "tests read files; the library may not")]

#[path = "golden/case.rs"]
mod case;

use std::collections::BTreeSet;

use function_sdk_rust::proto::v1::{
    Capability, Resource, ResourceSelector, Resources, RunFunctionRequest, RunFunctionResponse, Severity,
    resource_selector::Match,
};
use function_sdk_rust::resource::{json_to_struct, struct_to_json};
use goldenpath_function::service::run;
use serde_json::{Value, json};

use case::Case;

/// What begins the names of the lookups.
const SAME_NAME: &str = "same-name";
/// Kinds that teams do not write: what such an object does to AWS, or to who may delete what, is the platform's.
const OF_THE_PLATFORM: [&str; 4] = ["Instance", "ParameterGroup", "Secret.secretsmanager", "Usage"];

/// Every case that is answered and looks nothing else up, before Crossplane has looked anything up.
fn cases() -> impl Iterator<Item = (&'static str, RunFunctionRequest)> {
    let is_fatal =
        |case: &Case| case.response().results.iter().any(|result| result.severity() == Severity::Fatal);
    let looks_up = |case: &Case| {
        let found = case.request.required_resources.values().any(|found| !found.items.is_empty());
        let spec = xr(&case.request)["spec"].clone();
        let observed = case.request.observed.iter().flat_map(|state| state.resources.keys());
        // The Secrets of copies that are there, for their hashes.
        let hashes =
            !spec["secrets"].is_null() && observed.into_iter().any(|key| key.starts_with("external-secret-"));
        let is_lent = !spec["source"]["database"].is_null();
        found || hashes || is_lent || !spec["allowedNamespaces"].is_null()
    };
    Case::all().iter().filter(move |case| !is_fatal(case) && !looks_up(case)).map(|case| {
        let mut request = case.request.clone();
        request.required_schemas.clear();
        request.meta.get_or_insert_default().capabilities.clear();
        (case.name.as_str(), request)
    })
}

fn object_of(resource: &Resource) -> Value {
    resource.resource.as_ref().map(struct_to_json).unwrap_or_default()
}

fn xr(request: &RunFunctionRequest) -> Value {
    let xr = request.observed.as_ref().unwrap().composite.as_ref().unwrap().resource.as_ref().unwrap();
    struct_to_json(xr)
}

/// The keys of what is about to be made.
fn new_ones(request: &RunFunctionRequest) -> BTreeSet<String> {
    let keys = |state: Option<&function_sdk_rust::proto::v1::State>| -> BTreeSet<String> {
        state.into_iter().flat_map(|state| state.resources.keys().cloned()).collect()
    };
    let there = &keys(request.observed.as_ref()) | &keys(request.desired.as_ref());
    &keys(run(request).desired.as_ref()) - &there
}

/// What Crossplane does: calls until the requirements stay the same. Returns the names that were looked up, too.
fn settled(
    request: &RunFunctionRequest,
    there: impl Fn(&str, &ResourceSelector) -> Option<Value>,
) -> (RunFunctionResponse, BTreeSet<String>) {
    let mut request = request.clone();
    request.meta.get_or_insert_default().capabilities =
        vec![Capability::Capabilities.into(), Capability::RequiredResources.into()];
    let mut response = run(&request);
    for _ in 0..5 {
        let asked = response.requirements.clone().unwrap_or_default().resources;
        let answer = |(name, selector): (&String, &ResourceSelector)| {
            let object = name.starts_with(SAME_NAME).then(|| there(name, selector)).flatten();
            let resource = object
                .map(|o| Resource { resource: o.as_object().map(json_to_struct), ..Resource::default() });
            (name.clone(), Resources { items: resource.into_iter().collect() })
        };
        request.required_resources = asked.iter().map(answer).collect();
        let next = run(&request);
        if next.requirements == response.requirements {
            let names = asked.into_keys().filter(|name| name.starts_with(SAME_NAME));
            return (next, names.collect());
        }
        response = next;
    }
    panic!("the requirements do not settle");
}

/// The object that a lookup is for, as somebody else has made it.
fn foreign(selector: &ResourceSelector) -> Value {
    let Some(Match::MatchName(name)) = &selector.r#match else { panic!("not by name: {selector:?}") };
    json!({
        "apiVersion": selector.api_version, "kind": selector.kind,
        "metadata": {"name": name, "namespace": selector.namespace(), "uid": "somebody-elses"},
        "data": {"keep": "bWU="},
    })
}

fn controlled_by(mut object: Value, api_version: &str, kind: &str, name: &str, uid: &str) -> Value {
    object["metadata"]["ownerReferences"] =
        json!([{"apiVersion": api_version, "kind": kind, "name": name, "uid": uid, "controller": true}]);
    object
}

fn problems(response: &RunFunctionResponse) -> Vec<Value> {
    let xr = response.desired.as_ref().unwrap().composite.as_ref().unwrap().resource.as_ref().unwrap();
    let status = struct_to_json(xr)["status"].clone();
    status["problems"].as_array().cloned().unwrap_or_default()
}

fn taken(response: &RunFunctionResponse) -> Vec<Value> {
    problems(response)
        .into_iter()
        .filter(|problem| problem["code"] == "NameTaken" && problem["type"] == "Error")
        .collect()
}

/// The key that a lookup is for.
fn key_of<'a>(lookup: &'a str, new: &'a BTreeSet<String>) -> &'a str {
    // A claim asks for its XR itself.
    let key = lookup.trim_start_matches(SAME_NAME).trim_start_matches('/').split('/').next().unwrap();
    if key.is_empty() { new.get("xr").map_or("xr", String::as_str) } else { key }
}

#[test]
fn where_every_name_is_free_nothing_differs_from_a_crossplane_without_lookups() {
    for (name, request) in cases() {
        let (response, looked_up) = settled(&request, |_, _| None);
        let unasked = run(&request);
        assert_eq!(
            response.desired.as_ref().map(|state| &state.resources),
            unasked.desired.as_ref().map(|state| &state.resources),
            "{name}"
        );
        let new = new_ones(&request);
        let guarded: BTreeSet<_> = looked_up.iter().map(|lookup| key_of(lookup, &new).to_owned()).collect();
        assert!(guarded.is_superset(&new), "{name}: {new:?} are made and {guarded:?} looked up");
    }
}

#[test]
fn what_somebody_else_has_is_not_desired_and_reported() {
    let mut tried = BTreeSet::new();
    for (name, request) in cases() {
        let new = new_ones(&request);
        let (_, lookups) = settled(&request, |_, _| None);
        let unasked = run(&request).desired.unwrap().resources;
        for lookup in lookups.iter().filter(|lookup| new.contains(key_of(lookup, &new))) {
            let key = key_of(lookup, &new);
            let owned = |object| controlled_by(object, "apps/v1", "Deployment", "theirs", "another");
            let labelled = |mut object: Value| {
                object["metadata"]["labels"] =
                    json!({"goldenpath.io/managed": "true", "crossplane.io/composite": "another"});
                object
            };
            let ways: [&dyn Fn(Value) -> Value; 3] = [&|object| object, &owned, &labelled];
            for way in ways {
                let (response, _) =
                    settled(&request, |asked, selector| (asked == lookup).then(|| way(foreign(selector))));
                let mut rest = unasked.clone();
                rest.remove(key);
                let state = response.desired.clone().unwrap();
                // What waits for the one may not be there either.
                assert!(!state.resources.contains_key(key), "{name}: {key} is desired");
                assert!(rest.iter().all(|(key, one)| state.resources.get(key) == Some(one)), "{name}: {key}");
                let [problem] = &taken(&response)[..] else {
                    panic!("{name}: {key}: {:?}", problems(&response))
                };
                assert_eq!(problem["type"], "Error");
                assert!(problem["field"].is_string() && problem["remedy"].is_string(), "{problem}");
                assert_eq!(
                    response.meta.unwrap().ttl.unwrap().seconds,
                    60,
                    "{name}: nothing tells when it is free"
                );
                let said = serde_json::to_string(&response.desired).unwrap();
                assert!(!said.contains("bWU="), "{name}: what a foreign Secret keeps is told");
            }
            tried.insert(lookup.clone());
        }
    }
    let all = [
        "instance",
        "secret",
        "external-secret",
        "external-secret/Secret",
        "external-secret-api-keys",
        "external-secret-api-keys/Secret",
        "external-secret-db-credentials",
        "external-secret-db-credentials/Secret",
        "external-secret-old",
        "external-secret-old/Secret",
        "external-secret-partner",
        "external-secret-partner/Secret",
        "parameter-group-8.4",
        "parameter-group-13",
        "parameter-group-16",
        "parameter-group-17",
        "network-policy",
        "security-group-policy",
        "service-account",
        "database",
        "deployment",
        "hpa",
        "scaled-object",
        "pdb",
        "service-monitor",
        "pod-monitor",
        "prometheus-rule",
        "service",
        "usage",
        "xr-usage",
        "acl-of-consumer-partner",
        "acl-of-consumer-web",
        "consumer-partner",
        "consumer-web",
        "ingress-b32f53549c02eda2",
        "ingress-f671d43d9f839924",
        "ingress-open",
        "key-of-consumer-partner",
        "key-of-consumer-partner/Secret",
        "key-of-consumer-web",
        "key-of-consumer-web/Secret",
        "kong-plugin-acl",
        "kong-plugin-cors",
        "kong-plugin-http-log",
        "kong-plugin-key-auth",
        "kong-plugin-rate-limiting",
        "probe-28be29bd9e03c705",
        "probe-41384a5db91d6e7f",
        "probe-b32f53549c02eda2",
        "release-0112ee1d",
        "release-a88ac845",
        "release-bd6d556e",
        "release-c487fe8f",
        "usage-database",
        "usage-drain-f671d43d9f839924",
        "usage-guard-jwt-f671d43d9f839924",
    ];
    let expected = all.iter().map(|key| format!("{SAME_NAME}/{key}")).chain([SAME_NAME.to_owned()]).collect();
    assert_eq!(tried, expected, "every kind of every golden path");
}

#[test]
fn what_the_xr_controls_is_its_own() {
    for (name, request) in cases() {
        let mut request = request;
        let mut composite = xr(&request);
        composite["metadata"]["uid"] = json!("its-own");
        let slot = request.observed.as_mut().unwrap().composite.as_mut().unwrap();
        slot.resource = composite.as_object().map(json_to_struct);
        let text = |field: &str| composite[field].as_str().unwrap().to_owned();
        let own_name = composite["metadata"]["name"].as_str().unwrap();
        let observed = &request.observed.as_ref().unwrap().resources;
        let (response, _) = settled(&request, |lookup, selector| {
            // The operator's is owned by what it was made of.
            let maker = lookup.ends_with("/Secret").then_some(("external-secrets.io/v1", "ExternalSecret"));
            let object = foreign(selector);
            let Some(Match::MatchName(of)) = &selector.r#match else { unreachable!() };
            Some(match maker {
                Some((group, kind)) => {
                    let there = observed.get(lookup.split('/').nth(1).unwrap()).map(object_of);
                    let made_by = there
                        .map_or(of.clone(), |there| there["metadata"]["name"].as_str().unwrap().to_owned());
                    controlled_by(object, group, kind, &made_by, "es")
                }
                None => controlled_by(object, &text("apiVersion"), &text("kind"), own_name, "its-own"),
            })
        });
        assert_eq!(
            response.desired.map(|d| d.resources),
            run(&request).desired.map(|d| d.resources),
            "{name}"
        );
    }
}

#[test]
fn what_an_earlier_xr_has_left_is_waited_for_without_a_word() {
    for (name, request) in cases() {
        let composite = xr(&request);
        let text = |field: &str| composite[field].as_str().unwrap().to_owned();
        let own_name = composite["metadata"]["name"].as_str().unwrap();
        let new = new_ones(&request);
        let (response, lookups) = settled(&request, |lookup, selector| {
            (lookup != SAME_NAME && !lookup.ends_with("/Secret")).then(|| {
                controlled_by(foreign(selector), &text("apiVersion"), &text("kind"), own_name, "earlier")
            })
        });
        let held = new.iter().filter(|key| lookups.contains(&format!("{SAME_NAME}/{key}")));
        for key in held {
            assert!(!response.desired.as_ref().unwrap().resources.contains_key(key), "{name}: {key}");
            assert_eq!(response.meta.as_ref().unwrap().ttl.unwrap().seconds, 5, "{name}");
        }
        // A spec may give one name to two of its own, which is reported whoever else has it.
        assert_eq!(taken(&response), taken(&run(&request)), "{name}");
    }
}

#[test]
fn only_what_a_team_may_write_is_taken_over_and_only_where_it_is_asked_for() {
    for (name, request) in cases() {
        let mut request = request;
        let mut composite = xr(&request);
        let new = new_ones(&request);
        let all = new.iter().cloned().collect::<Vec<_>>().join(", ");
        composite["metadata"]["annotations"]["goldenpath.io/adopt"] = json!(all);
        let slot = request.observed.as_mut().unwrap().composite.as_mut().unwrap();
        slot.resource = composite.as_object().map(json_to_struct);
        let (response, lookups) =
            settled(&request, |lookup, selector| (lookup != SAME_NAME).then(|| foreign(selector)));
        let desired = response.desired.unwrap_or_default().resources;
        for lookup in
            lookups.iter().filter(|lookup| new.contains(key_of(lookup, &new)) && *lookup != SAME_NAME)
        {
            let key = key_of(lookup, &new);
            let object =
                struct_to_json(run(&request).desired.unwrap().resources[key].resource.as_ref().unwrap());
            let kind = object["kind"].as_str().unwrap();
            let group = object["apiVersion"].as_str().unwrap().split('.').next().unwrap();
            let is_of_the_platform = OF_THE_PLATFORM.contains(&kind)
                || OF_THE_PLATFORM.contains(&format!("{kind}.{group}").as_str());
            assert_eq!(desired.contains_key(key), !is_of_the_platform, "{name}: {key}");
        }
    }
}

/// A steady state takes one call, and is never called again for a name.
#[test]
fn what_is_observed_is_not_looked_up() {
    for case in Case::all().iter().filter(|case| case.name == "everything_is_ready") {
        let (response, lookups) = settled(&case.request, |_, _| None);
        assert_eq!(lookups, BTreeSet::new(), "{}", case.kind());
        // Who looks at objects of others is called again for them, and not for names.
        let ttl = response.meta.unwrap().ttl;
        assert!(ttl.is_none_or(|ttl| ttl.seconds >= 60), "{}: {ttl:?}", case.kind());
    }
}
