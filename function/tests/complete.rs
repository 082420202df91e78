//! Every golden path has its XRD, its composition, an example and a golden case.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "tests read files; the library may not")]

use std::fs;
use std::path::PathBuf;

use function_sdk_rust::proto::v1::{Resource, RunFunctionRequest, Severity, State};
use function_sdk_rust::resource::{json_to_struct, struct_to_json};
use goldenpath_function::entry::Entry;
use goldenpath_function::paths::ALL;
use goldenpath_function::platform::{KEYS, Part};
use goldenpath_function::service::run;
use serde_json::{Value, json};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The YAML documents of the files of a folder, with the files' names.
fn documents(folder: &str) -> Vec<(String, Value)> {
    let mut documents: Vec<_> = fs::read_dir(root().join(folder))
        .unwrap_or_else(|e| panic!("{folder}: {e}"))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "yaml"))
        .map(|path| {
            let value = serde_saphyr::from_str(&fs::read_to_string(&path).unwrap());
            (path.display().to_string(), value.unwrap_or_else(|e| panic!("{}: {e}", path.display())))
        })
        .collect();
    documents.sort_by(|a, b| a.0.cmp(&b.0));
    documents
}

/// The examples of a kind are in a folder named by it, without what all kinds begin with; those of claims by the claim.
fn folder(kind: &str) -> String {
    kind.trim_start_matches("GoldenPath").trim_start_matches('X').to_lowercase()
}

fn input_of(composition: &Value) -> Value {
    composition["spec"]["pipeline"][0]["input"].clone()
}

/// What Crossplane makes of an example that is a claim; any other example is an XR already.
fn composite(example: &Value, path: &Entry) -> Value {
    if (path.definition)().claim_kind() != example["kind"].as_str() {
        return example.clone();
    }
    let mut xr = example.clone();
    let Value::Object(metadata) = xr["metadata"].take() else { panic!("{example}") };
    let [name, namespace] = ["name", "namespace"].map(|key| metadata[key].clone());
    xr["kind"] = (path.kind)().into();
    xr["metadata"] =
        json!({"name": format!("{}-x7k2p", name.as_str().unwrap()), "labels": metadata["labels"]});
    let (api_version, kind) = (&example["apiVersion"], &example["kind"]);
    xr["spec"]["claimRef"] =
        json!({"apiVersion": api_version, "kind": kind, "name": name, "namespace": namespace});
    xr
}

fn request(xr: &Value, input: &Value) -> RunFunctionRequest {
    let composite = Resource { resource: xr.as_object().map(json_to_struct), ..Resource::default() };
    RunFunctionRequest {
        observed: Some(State { composite: Some(composite), ..State::default() }),
        input: input.as_object().map(json_to_struct),
        ..RunFunctionRequest::default()
    }
}

#[test]
fn every_path_has_its_xrd() {
    let present: Vec<Value> =
        documents("xrds").into_iter().map(|(_, xrd)| xrd["metadata"]["name"].clone()).collect();
    let expected: Vec<Value> = ALL.iter().map(|path| (path.definition)().name().into()).collect();
    assert_eq!(present, expected);
}

#[test]
fn every_path_has_a_composition_of_one_step() {
    let compositions = documents("compositions");
    for path in ALL {
        let name = (path.definition)().default_composition().to_owned();
        let composition = compositions.iter().find(|(_, c)| c["metadata"]["name"] == *name);
        let (_, composition) = composition.unwrap_or_else(|| panic!("compositions/{name}.yaml is missing"));
        let of = json!({"apiVersion": (path.api_version)(), "kind": (path.kind)()});
        assert_eq!(composition["spec"]["compositeTypeRef"], of);
        assert_eq!(composition["spec"]["mode"], "Pipeline");
        assert_eq!(composition["spec"]["pipeline"].as_array().unwrap().len(), 1, "no logic in YAML");
        assert_eq!(composition["spec"]["pipeline"][0]["functionRef"]["name"], "function-goldenpath");
    }
}

#[test]
fn every_path_has_examples_and_they_compose_without_a_problem() {
    let compositions = documents("compositions");
    for path in ALL {
        let kind = (path.kind)();
        let examples = documents(&format!("examples/{}", folder(&kind)));
        assert!(!examples.is_empty());
        let composition = compositions.iter().find(|(_, c)| c["spec"]["compositeTypeRef"]["kind"] == kind);
        for (file, example) in examples {
            let xr = composite(&example, path);
            let response = run(&request(&xr, &input_of(&composition.unwrap().1)));
            assert!(
                response.results.iter().all(|r| r.severity() == Severity::Normal),
                "{file}: {:?}",
                response.results
            );
            let desired = response.desired.unwrap();
            assert!(!desired.resources.is_empty(), "{file} composes nothing");
            let xr = struct_to_json(desired.composite.unwrap().resource.as_ref().unwrap());
            assert_eq!(xr["status"]["problems"], Value::Null, "{file}");
        }
    }
}

#[test]
fn every_path_has_a_golden_case() {
    for path in ALL {
        let folder = format!("function/tests/golden/{}", folder(&(path.kind)()));
        assert!(!documents(&folder).is_empty(), "{folder} is empty");
    }
}

/// The example of an input names every choice with its default, so it changes nothing.
#[test]
fn the_platform_example_is_the_default() {
    let input =
        documents("examples/platform").into_iter().find(|(file, _)| file.ends_with("platform-input.yaml"));
    let (_, input) = input.unwrap();
    let (_, xr) = documents("examples/database").into_iter().next().unwrap();
    let required = ["apiVersion", "kind", "region", "environment"];
    let least: Value = required.map(|key| (key.to_owned(), input[key].clone())).into_iter().collect();
    assert_eq!(run(&request(&xr, &input)), run(&request(&xr, &least)));
    assert_eq!(run(&request(&xr, &input)).results, []);
    for key in KEYS {
        assert!(!input[key].is_null(), "{key} is not in the example");
    }
    for (Part { key, .. }, defaults) in ALL.iter().filter_map(|path| Some((path.part?, (path.defaults)()))) {
        for own in defaults.fields.keys() {
            assert!(!input[key][own].is_null(), "{key}.{own} is not in the example");
        }
    }
}
