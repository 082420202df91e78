//! The policies of package/policies: each is in force, and nothing of ours is forgotten by them.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "tests read files; the library may not")]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

fn folder(name: &str) -> Vec<Value> {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", name].iter().collect();
    let files = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|e| e == "yaml"));
    files.flat_map(|path| documents(&fs::read_to_string(path).unwrap())).collect()
}

fn documents(text: &str) -> Vec<Value> {
    serde_saphyr::from_multiple_with_options(text, serde_saphyr::options! { budget: None }).unwrap()
}

fn of_kind<'a>(objects: &'a [Value], kind: &str) -> Vec<&'a Value> {
    objects.iter().filter(|object| object["kind"] == kind).collect()
}

fn name(object: &Value) -> &str {
    object["metadata"]["name"].as_str().unwrap()
}

#[test]
fn every_policy_is_bound_and_refuses_when_it_cannot_decide() {
    let objects = folder("package/policies");
    let policies = of_kind(&objects, "ValidatingAdmissionPolicy");
    let bindings = of_kind(&objects, "ValidatingAdmissionPolicyBinding");
    assert!(policies.len() >= 8);
    assert_eq!(policies.len(), bindings.len());
    for policy in policies {
        let name = name(policy);
        assert_eq!(policy["spec"]["failurePolicy"], "Fail", "{name}");
        let binding = bindings.iter().find(|binding| binding["spec"]["policyName"] == name);
        let binding = binding.unwrap_or_else(|| panic!("{name} is not bound"));
        assert_eq!(binding["spec"]["validationActions"], serde_json::json!(["Deny"]), "{name}");
        let parameters = &binding["spec"]["paramRef"];
        assert_eq!(policy["spec"]["paramKind"].is_null(), parameters.is_null(), "{name}");
        assert!(parameters.is_null() || parameters["parameterNotFoundAction"] == "Deny", "{name}");
    }
}

#[test]
fn every_kind_of_the_provider_is_the_platforms() {
    let policies = folder("package/policies");
    let crds = folder("package/provider/crds");
    let groups: BTreeSet<&str> = crds.iter().map(|crd| crd["spec"]["group"].as_str().unwrap()).collect();
    for wall in ["goldenpath-managed", "goldenpath-status"] {
        let policy = policies.iter().find(|p| p["kind"] == "ValidatingAdmissionPolicy" && name(p) == wall);
        let matched = &policy.unwrap()["spec"]["matchConstraints"]["resourceRules"][0]["apiGroups"];
        for group in &groups {
            assert!(
                matched.as_array().unwrap().iter().any(|g| g == group),
                "{wall} does not look at {group}"
            );
        }
    }
}

#[test]
fn the_policies_speak_of_the_stores_and_the_environment_that_are_installed() {
    let policies = folder("package/policies");
    let tenancy = policies.iter().find(|object| object["kind"] == "ConfigMap").unwrap();
    let stores: Vec<&str> = tenancy["data"]["stores"].as_str().unwrap().lines().collect();
    let examples = folder("examples/platform");
    let installed: Vec<&str> = of_kind(&examples, "ClusterSecretStore").into_iter().map(name).collect();
    assert_eq!(stores, installed);
    for composition in folder("compositions") {
        let environment = &composition["spec"]["pipeline"][0]["input"]["environment"];
        assert!(environment.is_null() || *environment == tenancy["data"]["environment"]);
    }
}
