//! Whether the cases say something of every field of every path: each switch both ways, each choice, and any other field
//! at all.

use std::collections::BTreeSet;

use function_sdk_rust::resource::struct_to_json;
use goldenpath_function::paths::ALL;
use serde_json::Value;

use crate::case::Case;

/// What has to be said: `backup.enabled=false`, `deletion.policy=Orphan`, `storage.size`.
type Words = BTreeSet<String>;

/// A claim's spec is that of what it is a claim of.
#[test]
fn every_field_of_every_path_has_its_cases_and_every_switch_both() {
    for path in ALL.iter().filter(|path| (path.definition)().claim_kind().is_none()) {
        let kind = (path.kind)();
        let definition = serde_json::to_value((path.definition)()).unwrap();
        let schema = &definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"];
        let mut expected = Words::new();
        asked("", schema, &mut expected);
        let mut present = Words::new();
        for spec in Case::all().iter().filter(|case| case.kind() == kind).filter_map(spec_of) {
            said("", &spec, schema, &mut present);
        }
        let missing: Vec<_> = expected.difference(&present).collect();
        assert!(!expected.is_empty() && missing.is_empty(), "no case of {kind} says {missing:?}");
    }
}

fn spec_of(case: &Case) -> Option<Value> {
    let xr = case.request.observed.as_ref()?.composite.as_ref()?.resource.as_ref()?;
    Some(struct_to_json(xr)["spec"].clone())
}

/// What a schema allows to be said.
fn asked(at: &str, schema: &Value, words: &mut Words) {
    if let Some(properties) = schema["properties"].as_object() {
        for (name, schema) in properties {
            asked(&below(at, name), schema, words);
        }
    } else if schema["type"] == "boolean" {
        words.extend([format!("{at}=false"), format!("{at}=true")]);
    } else if let Some(choices) = schema["enum"].as_array() {
        words.extend(choices.iter().map(|choice| word(at, choice)));
    } else {
        words.insert(at.to_owned());
    }
}

/// What a spec says; a switch or a choice that it leaves out is said by its default.
fn said(at: &str, spec: &Value, schema: &Value, words: &mut Words) {
    if let Some(properties) = schema["properties"].as_object() {
        for (name, schema) in properties {
            said(&below(at, name), &spec[name], schema, words);
        }
        return;
    }
    let chooses = schema["type"] == "boolean" || schema["enum"].is_array();
    let value = if spec.is_null() && chooses { &schema["default"] } else { spec };
    if !value.is_null() {
        words.insert(if chooses { word(at, value) } else { at.to_owned() });
    }
}

fn word(at: &str, value: &Value) -> String {
    format!("{at}={}", value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

fn below(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
}
