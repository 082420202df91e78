//! The Kustomize base has what `base.yaml` has.

use crate::tree;

/// The files of a folder's kustomization, by their paths from the root.
fn resources(folder: &str) -> Vec<String> {
    let kustomization = tree::documents(&format!("{folder}/kustomization.yaml")).remove(0);
    let resources = kustomization["resources"].as_array().unwrap();
    resources.iter().map(|resource| format!("{folder}/{}", resource.as_str().unwrap())).collect()
}

/// `package` packs base.yaml from the same folders.
#[test]
fn the_base_is_what_is_packed() {
    let packed: Vec<_> =
        ["package/base", "package/policies"].iter().flat_map(|folder| tree::files(folder, ".yaml")).collect();
    assert_eq!(resources("package"), packed);
}

/// The registry is all that has to be said, and the example says it of every package that runs something.
#[test]
fn the_example_names_the_registry_everywhere() {
    let example = tree::documents("examples/kustomize/kustomization.yaml").remove(0);
    assert_eq!(example["resources"][0], "../../package");
    let patched: Vec<_> =
        example["patches"].as_array().unwrap().iter().map(|p| p["target"]["name"].clone()).collect();
    let runtimes = tree::documents("package/base/runtimes.yaml");
    let configs = runtimes.iter().filter(|document| document["kind"] == "ImageConfig");
    for config in configs {
        let (name, prefix) = (&config["metadata"]["name"], &config["spec"]["matchImages"][0]["prefix"]);
        assert!(prefix.as_str().unwrap().starts_with("REGISTRY/"), "{prefix}");
        assert!(patched.contains(name), "{name}");
    }
    for patch in example["patches"].as_array().unwrap() {
        let operations = tree::parsed(patch["patch"].as_str().unwrap()).unwrap().remove(0);
        for operation in operations.as_array().unwrap() {
            assert!(
                operation["path"].as_str().unwrap().starts_with('/') && operation["op"] == "replace",
                "{operation}"
            );
        }
    }
}
