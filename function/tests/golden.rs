//! Every `golden/**/*.yaml` is a request; its whole response is a snapshot beside it.
//!
//! The names of the files are sentences. A case may say `extends: <case>`, and then only what differs from it; a
//! null takes something away, and `drops` lists what the spec asks to let go. `INSTA_UPDATE=always` rewrites the snapshots. What must hold of every response is
//! asserted over all of them.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "tests read files; the library may not")]

#[path = "golden/case.rs"]
mod case;
#[path = "golden/fields.rs"]
mod fields;
#[path = "golden/requirements.rs"]
mod requirements;

use std::collections::BTreeSet;
use std::fs;

use function_sdk_rust::proto::v1::{Condition, RunFunctionResponse, Severity};
use function_sdk_rust::resource::{json_to_struct, struct_to_json};
use goldenpath_function::condition::RESERVED;
use goldenpath_function::paths::ALL;
use goldenpath_function::service::run;
use serde_json::{Value, json};

use case::Case;

pub(crate) fn is_fatal(response: &RunFunctionResponse) -> bool {
    response.results.iter().any(|r| r.severity() == Severity::Fatal)
}

pub(crate) fn status(response: &RunFunctionResponse) -> Value {
    let xr = response.desired.as_ref().and_then(|d| d.composite.as_ref()?.resource.as_ref());
    xr.map(|xr| struct_to_json(xr)["status"].clone()).unwrap_or_default()
}

#[test]
fn every_request_has_its_response() {
    for case in Case::all() {
        let mut settings = insta::Settings::clone_current();
        settings.set_sort_maps(true);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.set_snapshot_path(case.folder.join("snapshots"));
        settings.bind(|| insta::assert_yaml_snapshot!(case.name.as_str(), case.response()));
    }
}

#[test]
fn every_snapshot_has_its_request() {
    for case in Case::all() {
        for entry in fs::read_dir(case.folder.join("snapshots")).unwrap() {
            let file = entry.unwrap().file_name().into_string().unwrap();
            let name = file.split('.').next().unwrap();
            assert!(case.folder.join(format!("{name}.yaml")).exists(), "{file} is of no case");
        }
    }
}

#[test]
fn nothing_that_is_observed_is_dropped_unless_the_spec_asks_for_it() {
    for case in Case::all() {
        let (request, response) = (&case.request, case.response());
        if is_fatal(&response) {
            continue;
        }
        let observed: BTreeSet<_> =
            request.observed.iter().flat_map(|s| s.resources.keys().cloned()).collect();
        let desired: BTreeSet<_> =
            response.desired.iter().flat_map(|s| s.resources.keys().cloned()).collect();
        let dropped: BTreeSet<_> = observed.difference(&desired).cloned().collect();
        assert_eq!(dropped, case.drops, "{}", case.name);
    }
}

/// Crossplane would do it two seconds after the use has ended, whatever is asked for by then.
#[test]
fn no_deletion_that_was_refused_is_done_later() {
    let mut usages = 0;
    for case in Case::all() {
        for (key, resource) in case.response().desired.into_iter().flat_map(|state| state.resources) {
            let object = resource.resource.as_ref().map(struct_to_json).unwrap_or_default();
            if object["kind"] == "Usage" && object["spec"]["by"].is_object() {
                usages += 1;
                assert_eq!(object["spec"]["replayDeletion"], false, "{}: {key}", case.name);
            }
        }
    }
    assert!(usages > 0);
}

#[test]
fn the_response_is_a_function_of_the_request() {
    for case in Case::all() {
        assert_eq!(case.response(), case.response(), "{}", case.name);
    }
}

#[test]
fn every_response_carries_the_tag() {
    for case in Case::all() {
        let meta = case.response().meta.unwrap();
        assert_eq!(meta.tag, case.request.meta.clone().unwrap_or_default().tag, "{}", case.name);
    }
}

#[test]
fn no_condition_is_crossplanes_own() {
    for case in Case::all() {
        for Condition { r#type, .. } in case.response().conditions {
            let reserved = RESERVED;
            assert!(!reserved.contains(&r#type.as_str()), "{}: {type}", case.name);
        }
    }
}

#[test]
fn every_condition_is_declared_by_its_path() {
    for path in ALL {
        let declared: Vec<_> = path.conditions.iter().map(|kind| kind.name).collect();
        for case in Case::all().iter().filter(|case| case.kind() == (path.kind)()) {
            let conditions = case.response().conditions;
            let stray = conditions.iter().find(|condition| !declared.contains(&condition.r#type.as_str()));
            assert_eq!(stray, None, "{}", case.name);
        }
    }
}

#[test]
fn integers_are_whole_and_nothing_is_null() {
    fn check(case: &str, path: &str, value: &Value) {
        match value {
            Value::Null => panic!("{case}: {path} is null"),
            Value::Number(n) => assert!(n.is_i64(), "{case}: {path} is {n}"),
            Value::Object(map) => map.iter().for_each(|(k, v)| check(case, &format!("{path}.{k}"), v)),
            Value::Array(items) => items.iter().for_each(|v| check(case, path, v)),
            Value::Bool(_) | Value::String(_) => {}
        }
    }
    for case in Case::all() {
        let desired = case.response().desired.unwrap_or_default();
        for (key, resource) in desired
            .resources
            .iter()
            .map(|(k, r)| (k.as_str(), r))
            .chain(desired.composite.as_ref().map(|composite| ("composite", composite)))
        {
            check(&case.name, key, &struct_to_json(resource.resource.as_ref().unwrap()));
        }
    }
}

/// The API server refuses a whole status for one field that the XRD does not declare.
#[test]
fn the_status_has_only_fields_that_the_xrd_declares() {
    fn check(case: &str, path: &str, value: &Value, schema: &Value) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    let schema = &schema["properties"][key];
                    assert!(!schema.is_null(), "{case}: {path}.{key} is not declared");
                    check(case, &format!("{path}.{key}"), value, schema);
                }
                for required in schema["required"].as_array().into_iter().flatten() {
                    assert!(map.contains_key(required.as_str().unwrap()), "{case}: {path} lacks {required}");
                }
            }
            Value::Array(items) => {
                let most = schema["maxItems"].as_u64().unwrap();
                assert!(items.len() as u64 <= most, "{case}: {path} has more than {most} items");
                for item in items {
                    check(case, path, item, &schema["items"]);
                }
            }
            scalar => {
                if let Some(choices) = schema["enum"].as_array() {
                    assert!(choices.contains(scalar), "{case}: {path} may not be {scalar}");
                }
                let types = match scalar {
                    Value::String(_) => "string",
                    Value::Bool(_) => "boolean",
                    _ => "integer",
                };
                assert_eq!(schema["type"], types, "{case}: {path}");
            }
        }
    }
    let definitions: Vec<_> =
        ALL.iter().map(|path| ((path.kind)(), serde_json::to_value((path.definition)()).unwrap())).collect();
    for case in Case::all() {
        let response = case.response();
        if is_fatal(&response) {
            continue;
        }
        let xr = struct_to_json(
            response.desired.as_ref().unwrap().composite.as_ref().unwrap().resource.as_ref().unwrap(),
        );
        let (_, definition) = definitions.iter().find(|(kind, _)| xr["kind"] == **kind).unwrap();
        let schema = &definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["status"];
        check(&case.name, "status", &xr["status"], schema);
    }
}

/// Whether a case is of a pass after a refusal, which the next pass is not.
pub(crate) fn follows_a_refusal(case: &Case) -> bool {
    let xr = case.request.observed.as_ref().and_then(|state| state.composite.as_ref()?.resource.as_ref());
    let status = xr.map(struct_to_json).unwrap_or_default()["status"].clone();
    let is_out_of_sync = status["conditions"].to_string().contains("ReconcileError");
    is_out_of_sync || status["problems"].to_string().contains("ApplyFailed")
}

/// A second pass over the result of the first says and asks for the same, and tells nothing again.
#[test]
fn a_second_pass_is_quiet() {
    for case in Case::all() {
        let first = case.response();
        if is_fatal(&first) || follows_a_refusal(case) {
            continue;
        }
        let mut request = case.request.clone();
        let xr = request.observed.as_mut().unwrap().composite.as_mut().unwrap();
        let mut object = struct_to_json(xr.resource.as_ref().unwrap());
        object["status"] = status(&first);
        object["status"]["conditions"] = first.conditions.iter().map(told).collect();
        xr.resource = Some(json_to_struct(object.as_object().unwrap()));
        let second = run(&request);
        assert_eq!(second.results, [], "{}", case.name);
        assert_eq!(second.desired, first.desired, "{}", case.name);
        assert_eq!(second.conditions, first.conditions, "{}", case.name);
    }
}

/// Whatever a cluster holds in place of what is expected: an answer, and nothing dropped.
#[test]
fn no_value_in_any_place_drops_anything() {
    for case in everything_is_ready() {
        no_value_drops_anything(case);
    }
}

/// The case of each path that has everything.
fn everything_is_ready() -> impl Iterator<Item = &'static Case> {
    ALL.iter().map(|path| {
        let kind = (path.kind)();
        let named = |case: &&Case| case.name == "everything_is_ready" && case.kind() == kind;
        Case::all().iter().find(named).unwrap_or_else(|| panic!("{kind} has no case everything_is_ready"))
    })
}

fn no_value_drops_anything(case: &Case) {
    fn places(at: &str, value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(k, v)| {
                let at = format!("{at}/{}", k.replace('~', "~0").replace('/', "~1"));
                found.push(at.clone());
                places(&at, v, found);
            }),
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(i, v)| places(&format!("{at}/{i}"), v, found));
            }
            _ => {}
        }
    }
    let whole = serde_json::to_value(&case.request).unwrap();
    let observed = case.request.observed.as_ref().unwrap();
    let keys: BTreeSet<_> = observed.resources.keys().cloned().collect();
    let mut found = Vec::new();
    places("/input", &whole["input"], &mut found);
    places("/observed/composite/resource", &whole["observed"]["composite"]["resource"], &mut found);
    for key in &keys {
        let at = format!("/observed/resources/{key}/resource");
        places(&at, &whole["observed"]["resources"][key]["resource"], &mut found);
    }
    assert!(found.len() > 50, "{}", found.len());
    for place in found {
        for odd in [
            json!(null),
            json!(-1.5),
            json!(1e300),
            json!(""),
            json!("\u{0}\u{1F980}"),
            json!([]),
            json!({}),
            json!([{"a": null}]),
        ] {
            let mut mutated = whole.clone();
            *mutated.pointer_mut(&place).unwrap() = odd.clone();
            let response = run(&serde_json::from_value(mutated).unwrap());
            if is_fatal(&response) {
                let known = ["/apiVersion", "/kind"].map(|end| format!("/observed/composite/resource{end}"));
                assert!(known.contains(&place), "{place} = {odd}: {:?}", response.results);
                continue;
            }
            let desired = response.desired.unwrap_or_default();
            assert!(keys.iter().all(|key| desired.resources.contains_key(key)), "{place} = {odd}");
        }
    }
}

fn told(condition: &Condition) -> Value {
    let status = match condition.status {
        2 => "True",
        3 => "False",
        _ => "Unknown",
    };
    json!({"type": condition.r#type, "status": status, "reason": condition.reason})
}

#[test]
fn secrets_stay_in_the_folder_of_their_namespace() {
    for case in Case::all() {
        let observed = case.request.observed.clone().unwrap_or_default();
        let xr = observed.composite.and_then(|c| c.resource).map(|r| struct_to_json(&r)).unwrap_or_default();
        let own = format!("/{}/", xr["metadata"]["namespace"].as_str().unwrap_or_default());
        let input = case.request.input.as_ref().map(struct_to_json).unwrap_or_default();
        // What the owner of a database lends is read where the database says that it is.
        let lent = case.request.required_resources.get("database").and_then(|found| found.items.first());
        let lent =
            lent.and_then(|database| database.resource.as_ref()).map(struct_to_json).unwrap_or_default();
        let opened = input["secretPaths"].as_object().into_iter().flat_map(|paths| paths.values());
        let opened: Vec<&str> = opened
            .flat_map(|paths| paths.as_array().into_iter().flatten())
            .filter_map(Value::as_str)
            .collect();
        for (key, resource) in case.response().desired.unwrap_or_default().resources {
            let object = struct_to_json(&resource.resource.unwrap());
            let paths = match object["kind"].as_str() {
                Some("ExternalSecret") => paths(&object["spec"]),
                Some("Secret") if object["apiVersion"] == "v1" => continue,
                Some("Secret") => vec![&object["metadata"]["annotations"]["crossplane.io/external-name"]],
                _ => continue,
            };
            assert!(!paths.is_empty(), "{}: {key} copies nothing", case.name);
            for path in paths {
                let path = path.as_str().unwrap_or_default();
                let is_own = path.starts_with("goldenpath/") && path.contains(&own);
                assert!(
                    is_own
                        || opened.iter().any(|opened| path.starts_with(opened))
                        || lent["status"]["secretPath"] == *path,
                    "{}: {key} has {path}",
                    case.name
                );
            }
        }
    }
}

/// The paths that an `ExternalSecret` reads.
fn paths(spec: &Value) -> Vec<&Value> {
    let each = |field: &str| spec[field].as_array().into_iter().flatten();
    let keys = each("data").map(|data| &data["remoteRef"]["key"]);
    keys.chain(each("dataFrom").map(|from| &from["extract"]["key"])).collect()
}
