//! What holds of golden paths of many children, with one of 20 children of 7 kinds: lists, gates, and completeness.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "many_children/path.rs"]
mod path;

use std::collections::BTreeSet;

use function_sdk_rust::proto::v1::{Ready, Resource, RunFunctionRequest, RunFunctionResponse, State};
use function_sdk_rust::resource::{json_to_struct, struct_to_json};
use goldenpath_function::entry::Entry;
use goldenpath_function::keys::Key;
use goldenpath_function::service::run_with;
use rstest::rstest;
use serde_json::{Value, json};

use path::{BACKEND, COPY, INSTANCE, PLUGIN, POLICY, SECRET, Stall, USAGE};

const PLUGINS: [&str; 8] = ["acl", "cors", "jwt", "key-auth", "ip", "bot", "cache", "size"];
const COPIES: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];

/// A namespace with one stall in it.
struct Market {
    xr: Value,
    observed: State,
}

fn names(names: impl IntoIterator<Item = &'static str>) -> Value {
    names.into_iter().collect()
}

fn resource(object: &Value) -> Resource {
    Resource { resource: object.as_object().map(json_to_struct), ..Resource::default() }
}

fn object(response: &RunFunctionResponse, key: &str) -> Value {
    let resource = &response.desired.as_ref().unwrap().resources[key];
    struct_to_json(resource.resource.as_ref().unwrap())
}

fn keys(response: &RunFunctionResponse) -> BTreeSet<String> {
    response.desired.iter().flat_map(|state| state.resources.keys().cloned()).collect()
}

fn status(response: &RunFunctionResponse) -> Value {
    let xr = response.desired.as_ref().unwrap().composite.as_ref().unwrap();
    struct_to_json(xr.resource.as_ref().unwrap())["status"].clone()
}

/// What is said of one composed resource.
fn said(response: &RunFunctionResponse, key: &str) -> Value {
    let resources = status(response)["resources"].as_array().cloned().unwrap_or_default();
    resources.into_iter().find(|resource| resource["name"] == key).unwrap_or_default()
}

/// Whether Crossplane concludes that the XR is ready, as it does when a pipeline has ended.
fn is_ready(response: &RunFunctionResponse) -> bool {
    let state = response.desired.as_ref().unwrap();
    state.composite.as_ref().unwrap().ready() != Ready::False
        && state.resources.values().all(|resource| resource.ready() == Ready::True)
}

/// An object as its operator leaves it: ready, whatever its kind.
fn served(mut object: Value) -> Value {
    object["status"] =
        json!({"conditions": [{"type": "Ready", "status": "True"}, {"type": "Synced", "status": "True"}]});
    let fields = |value: &Value| match value {
        Value::Object(map) => map.keys().map(|key| (format!("f:{key}"), json!({}))).collect(),
        _ => json!({}),
    };
    let owned = json!({"f:metadata": {"f:labels": fields(&object["metadata"]["labels"]),
        "f:annotations": fields(&object["metadata"]["annotations"])}, "f:spec": fields(&object["spec"])});
    object["metadata"]["managedFields"] = json!([{"manager": "apiextensions.crossplane.io/composed/x", "operation": "Apply", "fieldsV1": owned}]);
    object
}

// === impl Market ===

impl Market {
    fn new() -> Self {
        let spec = json!({"plugins": names(PLUGINS), "copies": names(COPIES)});
        let metadata = json!({"name": "stall", "namespace": "market", "generation": 7});
        let xr = json!({"apiVersion": "goldenpath.io/v1alpha1", "kind": "GoldenPathStall", "metadata": metadata, "spec": spec});
        Self { xr, observed: State::default() }
    }

    /// With everything there and ready.
    fn settled() -> Self {
        let mut market = Self::new();
        market.settle();
        market
    }

    fn request(&self) -> RunFunctionRequest {
        let observed = State { composite: Some(resource(&self.xr)), ..self.observed.clone() };
        let input = json!({"apiVersion": "function.goldenpath.io/v1alpha1", "kind": "Platform", "region": "eu-central-1", "environment": "dev"});
        let input = input.as_object().map(json_to_struct);
        RunFunctionRequest { observed: Some(observed), input, ..RunFunctionRequest::default() }
    }

    fn pass(&self) -> RunFunctionResponse {
        run_with(&[Entry::of::<Stall>()], &self.request())
    }

    /// Passes, each applied and made ready by whoever it is for, until nothing changes.
    fn settle(&mut self) {
        for _ in 0..5 {
            let response = self.pass();
            self.apply(&response);
        }
        assert_eq!(keys(&self.pass()), self.observed.resources.keys().cloned().collect());
    }

    fn apply(&mut self, response: &RunFunctionResponse) {
        let desired = keys(response);
        let objects = desired.into_iter().map(|key| {
            let resource = resource(&served(object(response, &key)));
            (key, resource)
        });
        self.observed.resources = objects.collect();
    }

    fn edit(&mut self, key: &str, edit: impl FnOnce(&mut Value)) {
        let slot = self.observed.resources.get_mut(key).unwrap();
        let mut object = struct_to_json(slot.resource.as_ref().unwrap());
        edit(&mut object);
        *slot = resource(&object);
    }
}

#[test]
fn twenty_children_of_seven_kinds_become_ready() {
    let market = Market::settled();
    let response = market.pass();
    assert_eq!(keys(&response).len(), 20);
    let kinds: BTreeSet<_> =
        keys(&response).iter().map(|key| object(&response, key)["kind"].to_string()).collect();
    assert_eq!(kinds.len(), 7, "{kinds:?}");
    assert!(is_ready(&response), "{}", status(&response));
}

#[test]
fn a_list_that_shrinks_removes_exactly_its_member() {
    let mut market = Market::settled();
    let before = keys(&market.pass());
    market.xr["spec"]["copies"] = names(COPIES.into_iter().filter(|name| *name != "d"));
    let after = keys(&market.pass());
    assert_eq!(before.difference(&after).collect::<Vec<_>>(), [&COPY.key("d")]);
    assert!(after.is_subset(&before));

    market.xr["spec"]["copies"] = json!([]);
    let gone: Vec<Key> = COPIES.map(|name| COPY.key(name)).into();
    assert_eq!(before.difference(&keys(&market.pass())).collect::<Vec<_>>(), gone.iter().collect::<Vec<_>>());
}

#[test]
fn a_change_behind_a_closed_gate_holds_the_object_as_it_is() {
    let mut market = Market::settled();
    let before = object(&market.pass(), POLICY);
    market.xr["spec"]["plugins"] = names(PLUGINS.into_iter().chain(["new"]));
    let held = market.pass();
    assert_eq!(object(&held, POLICY), before, "it names no plugin that is not there");
    assert!(!is_ready(&held), "what is asked for is not there");
    let said = said(&held, POLICY);
    assert_eq!((&said["ready"], &said["message"]), (&json!("Blocked"), &json!("waiting for the plugin new")));

    market.apply(&held);
    let open = market.pass();
    assert_eq!(
        object(&open, POLICY)["metadata"]["annotations"]["plugins"],
        format!("{}.new", PLUGINS.join("."))
    );
    market.settle();
    assert!(is_ready(&market.pass()));
}

#[test]
fn a_closed_gate_that_holds_no_change_takes_nothing_away() {
    let mut market = Market::settled();
    market.observed.resources.remove(PLUGIN.key("acl").as_ref());
    let held = market.pass();
    assert_eq!(said(&held, POLICY)["ready"], "True");
}

#[test]
fn nothing_is_created_behind_a_closed_gate() {
    let market = Market::new();
    let first = market.pass();
    assert!(!keys(&first).contains(POLICY));
    assert_eq!(said(&first, POLICY)["ready"], "Blocked");
}

#[test]
fn a_member_leaves_after_whoever_names_it_has_stopped() {
    let mut market = Market::settled();
    market.xr["spec"]["plugins"] = names(PLUGINS.into_iter().filter(|name| *name != "acl"));
    let first = market.pass();
    let acl = PLUGIN.key("acl");
    assert!(keys(&first).contains(acl.as_ref()), "the policy that is there names it");
    assert_eq!(said(&first, &acl)["message"], "waiting for the policy to stop naming it");
    market.apply(&first);
    assert!(!keys(&market.pass()).contains(acl.as_ref()));
}

#[test]
fn one_goes_after_the_other() {
    let mut market = Market::settled();
    market.xr["spec"]["open"] = json!(true);
    let first = market.pass();
    assert!(!keys(&first).contains(USAGE) && keys(&first).contains(POLICY));
    assert_eq!(said(&first, POLICY)["message"], "waiting for Usage/stall-usage to be gone");
    market.apply(&first);
    assert!(!keys(&market.pass()).contains(POLICY));
}

#[test]
fn what_is_in_use_is_not_taken_away() {
    let mut market = Market::settled();
    let used = COPY.key("d");
    market.edit(&used, |object| object["metadata"]["labels"]["crossplane.io/in-use"] = json!("true"));
    market.xr["spec"]["copies"] = json!([]);
    let response = market.pass();
    assert!(keys(&response).contains(used.as_ref()) && !keys(&response).contains(COPY.key("e").as_ref()));
    let problem = &status(&response)["problems"][0];
    assert_eq!(
        (&problem["code"], &problem["resource"]),
        (&json!("DeletionProtected"), &json!("ExternalSecret/stall-d"))
    );
}

/// Whatever the number of children, and whichever of them it is.
#[rstest]
#[case(17)]
#[case(20)]
#[case(64)]
#[case(80)]
fn one_child_that_is_not_ready_keeps_the_rest_from_being_enough(#[case] children: usize) {
    let mut market = Market::new();
    let copies: Vec<_> = (0..children - 13).map(|n| format!("copy-{n}")).collect();
    market.xr["spec"]["copies"] = copies.into();
    market.settle();
    assert_eq!(market.observed.resources.len(), children);
    assert!(is_ready(&market.pass()));
    for key in market.observed.resources.keys().filter(|key| ![POLICY, USAGE].contains(&key.as_str())) {
        if key.starts_with("plugin-") {
            continue;
        }
        let mut one_fails = Market { xr: market.xr.clone(), observed: market.observed.clone() };
        one_fails.edit(key, |object| object["status"]["conditions"][0]["status"] = json!("False"));
        let response = one_fails.pass();
        assert!(!is_ready(&response), "{key}");
        let resources = status(&response)["resources"].as_array().unwrap().clone();
        assert_eq!(resources.len(), children.min(64));
        assert_eq!(
            said(&response, key)["ready"],
            "False",
            "the worst are among those that there is room for"
        );
    }
    for key in market.observed.resources.keys() {
        let mut one_lacks = Market { xr: market.xr.clone(), observed: market.observed.clone() };
        one_lacks.observed.resources.remove(key);
        assert!(!is_ready(&one_lacks.pass()), "{key}");
    }
}

#[test]
fn a_problem_of_a_member_names_its_place_in_the_list() {
    let mut market = Market::settled();
    market.edit(INSTANCE, |object| object["kind"] = json!("Instance"));
    market.edit(&PLUGIN.key("jwt"), |object| object["status"] = json!({}));
    assert!(is_ready(&market.pass()), "it is ready because it is there");
}

/// A pipeline has other steps: what they compose is theirs, refused spec or not.
#[test]
fn a_refused_spec_keeps_what_is_ours_and_nothing_else() {
    let mut market = Market::settled();
    let ours = keys(&market.pass());
    let foreign =
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "theirs"}, "data": {"a": "1"}});
    let labelled = json!({"apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "earlier", "labels": {"goldenpath.io/managed": "true"}}, "data": {"a": "old"}});
    market.observed.resources.insert("theirs".into(), resource(&foreign));
    market.observed.resources.insert("earlier".into(), resource(&labelled));
    market.edit(SECRET, |object| object["metadata"]["labels"] = json!({}));
    market.xr["spec"]["copies"] = json!(7);
    let mut request = market.request();
    let newer = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "earlier"}, "data": {"a": "new"}});
    request.desired.get_or_insert_default().resources.insert("earlier".into(), resource(&newer));
    let response = run_with(&[Entry::of::<Stall>()], &request);
    assert_eq!(response.conditions[0].reason, "InvalidSpec");
    let mut expected = ours;
    expected.insert("earlier".into());
    assert_eq!(keys(&response), expected);
    assert_eq!(object(&response, "earlier"), newer, "it is the earlier step's");
}

#[test]
fn a_spec_that_cannot_be_read_is_observed_and_only_our_status_stays() {
    let mut market = Market::settled();
    market.xr["spec"]["copies"] = json!(7);
    market.xr["status"] =
        json!({"resources": [], "claimConditionTypes": ["Accepted"], "connectionDetails": {"a": "b"}});
    let status = status(&market.pass());
    let fields: BTreeSet<_> = status.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(fields, ["problems", "resources"].into());
}

#[test]
fn a_path_may_be_scaled() {
    let definition = serde_json::to_value((Entry::of::<Stall>().definition)()).unwrap();
    let scale = &definition["spec"]["versions"][0]["subresources"]["scale"];
    assert_eq!(scale["specReplicasPath"], ".spec.replicas");
}

#[test]
fn a_nested_xr_reports_its_problems_through_its_parent() {
    let mut market = Market::settled();
    market.edit(BACKEND, |object| {
        object["status"]["problems"] =
            json!([{"type": "Warning", "code": "BackupStale", "message": "m", "field": ".spec.x"}]);
    });
    let problems = status(&market.pass())["problems"].clone();
    assert_eq!(problems[0]["code"], "BackupStale");
    assert_eq!(problems[0]["resource"], "GoldenPathStall/stall-backend");
}

/// Crossplane would say no more than that a message is too large.
#[test]
fn a_response_that_nobody_reads_names_its_largest_resources() {
    let padded = |bytes: usize| {
        let object = json!({"apiVersion": "v1", "kind": "ConfigMap", "data": {"padding": "x".repeat(bytes)}});
        resource(&object)
    };
    let mut request = Market::new().request();
    let earlier = [("small", 10), ("third", 1 << 20), ("first", 3 << 20), ("second", 2 << 20)];
    let earlier = earlier.map(|(key, bytes)| (key.to_owned(), padded(bytes)));
    request.desired = Some(State { resources: earlier.into(), ..State::default() });
    let response = run_with(&[Entry::of::<Stall>()], &request);
    let told = response.results[0].message.clone();
    let at = |word: &str| told.find(word).unwrap_or(usize::MAX);
    assert!(at("first (") < at("second (") && at("second (") < at("third ("), "{told}");
    assert!(at("third (") < usize::MAX && !told.contains("small"), "{told}");
}
