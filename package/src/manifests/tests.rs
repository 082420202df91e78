use std::collections::BTreeSet;

use super::*;

fn release() -> Release {
    let registry = "127.0.0.1:5000/a/b".parse().unwrap();
    Release { registry, version: "0.2.0".parse().unwrap() }
}

fn parsed(stream: &str) -> Vec<Value> {
    serde_saphyr::from_multiple_with_options(stream, serde_saphyr::options! { budget: None }).unwrap()
}

fn of_kind<'a>(documents: &'a [Value], kind: &str) -> Vec<&'a Value> {
    documents.iter().filter(|document| document["kind"] == kind).collect()
}

/// A Composition that calls the function by another name waits for ever.
#[test]
fn compositions_call_the_function_as_crossplane_names_it() {
    let documents = parsed(&package(CONFIGURATION, &release()).unwrap());
    let compositions = of_kind(&documents, "Composition");
    assert!(!compositions.is_empty());
    for composition in compositions {
        for step in composition["spec"]["pipeline"].as_array().unwrap() {
            assert_eq!(step["functionRef"]["name"], "a-b-function-goldenpath");
        }
    }
}

#[test]
fn the_configuration_depends_on_the_packages_of_its_registry_and_version() {
    let documents = parsed(&package(CONFIGURATION, &release()).unwrap());
    let depends = documents[0]["spec"]["dependsOn"].as_array().unwrap();
    let depends: Vec<_> = depends.iter().map(|on| (on["package"].as_str(), on["version"].as_str())).collect();
    assert_eq!(
        depends,
        [
            (Some("127.0.0.1:5000/a/b/provider-goldenpath-aws"), Some(">=v0.2.0")),
            (Some("127.0.0.1:5000/a/b/function-goldenpath"), Some(">=v0.2.0")),
        ]
    );
}

/// With Crossplane's own policy off, a managed resource that is not listed never becomes active.
#[test]
fn every_managed_resource_is_activated_and_no_other() {
    let documents = parsed(&package(CONFIGURATION, &release()).unwrap());
    let policy = of_kind(&documents, "ManagedResourceActivationPolicy")[0];
    let activated: BTreeSet<&str> =
        policy["spec"]["activate"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let crds = parsed(&package(&["package/provider/crds"], &release()).unwrap());
    let managed: BTreeSet<&str> = crds
        .iter()
        .filter(|crd| !crd["spec"]["names"]["kind"].as_str().unwrap().contains("ProviderConfig"))
        .map(|crd| crd["metadata"]["name"].as_str().unwrap())
        .collect();
    assert_eq!(activated, managed);
}

/// Crossplane installs nothing of a package that has a kind in it which its type may not have.
#[test]
fn the_configuration_has_only_what_one_may_have() {
    let documents = parsed(&package(CONFIGURATION, &release()).unwrap());
    let kinds: BTreeSet<&str> = documents.iter().map(|document| document["kind"].as_str().unwrap()).collect();
    let may =
        ["Configuration", "CompositeResourceDefinition", "Composition", "ManagedResourceActivationPolicy"];
    assert_eq!(kinds, BTreeSet::from(may));
    assert_eq!(documents[0]["kind"], "Configuration", "what it is comes first");
}

#[test]
fn nothing_is_left_to_be_stamped() {
    for text in [base(&release()).unwrap(), package(CONFIGURATION, &release()).unwrap()] {
        assert!(!text.contains("REGISTRY") && !text.contains("VERSION"), "{text}");
    }
}

/// What teams may do is what there is: an XR that the roles do not name could be used by administrators alone.
#[test]
fn teams_may_use_every_golden_path() {
    let xrds = parsed(&package(&["xrds"], &release()).unwrap());
    let names = xrds.iter().flat_map(|xrd| {
        let spec = &xrd["spec"];
        let own = (spec["scope"] == "Namespaced").then(|| &spec["names"]["plural"]);
        own.into_iter().chain(spec["claimNames"].get("plural"))
    });
    let names: BTreeSet<&str> = names.map(|name| name.as_str().unwrap()).collect();
    let roles = parsed(&package(&["package/base/tenants.yaml"], &release()).unwrap());
    for role in &roles {
        let rule = &role["rules"][0];
        let resources = rule["resources"].as_array().unwrap();
        let resources: BTreeSet<&str> = resources.iter().map(|name| name.as_str().unwrap()).collect();
        assert_eq!(resources, names, "{}", role["metadata"]["name"]);
    }
}

/// A team that may write a status, a managed resource or Crossplane's reasons not to delete is a platform.
#[test]
fn teams_write_nothing_that_is_the_platforms() {
    let roles = parsed(&package(&["package/base/tenants.yaml"], &release()).unwrap());
    for rule in roles.iter().flat_map(|role| role["rules"].as_array().unwrap()) {
        let words = |field: &str| rule[field].as_array().unwrap().iter().map(|word| word.as_str().unwrap());
        let writes = words("verbs").any(|verb| !["get", "list", "watch"].contains(&verb));
        assert!(!writes || words("apiGroups").eq(["goldenpath.io"]), "{rule}");
        assert!(words("resources").all(|name| !name.contains(['/', '*'])), "{rule}");
    }
}
