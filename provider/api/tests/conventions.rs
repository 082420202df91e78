//! The CRDs and the package keep Crossplane's conventions for managed resources (managed-runtime §17, §19).

use std::fs;
use std::path::PathBuf;

use goldenpath_provider_api::config::GROUP;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use serde_json::{Value, json};

/// Kinds that Crossplane leaves alone when it turns a provider's CRDs into definitions of managed resources.
const CONFIG_KINDS: [&str; 3] = ["ClusterProviderConfig", "ProviderConfig", "ProviderConfigUsage"];

/// A file below `package/provider`.
fn file(path: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../../package/provider", path].iter().collect()
}

/// Every CRD of the package.
#[allow(clippy::unwrap_used, reason = "a test's own means")]
fn crds() -> Vec<CustomResourceDefinition> {
    let files = fs::read_dir(file("crds")).unwrap().map(|entry| entry.unwrap().path());
    let crds = files.map(|file| serde_saphyr::from_str(&fs::read_to_string(file).unwrap()).unwrap());
    crds.collect()
}

fn managed() -> Vec<CustomResourceDefinition> {
    let crds: Vec<_> = crds().into_iter().filter(|crd| crd.spec.group != GROUP).collect();
    assert!(crds.len() >= 2, "there are managed resources to look at");
    crds
}

#[allow(clippy::unwrap_used, reason = "a test's own means")]
fn schema(crd: &CustomResourceDefinition) -> Value {
    let schema = crd.spec.versions[0].schema.as_ref().unwrap();
    serde_json::to_value(&schema.open_api_v3_schema).unwrap()
}

#[test]
fn groups_are_below_the_root_group_and_kinds_are_namespaced() {
    for crd in managed() {
        assert!(crd.spec.group.ends_with(&format!(".{GROUP}")), "{}", crd.spec.group);
        assert_eq!(crd.spec.scope, "Namespaced", "{}", crd.spec.names.kind);
    }
}

#[test]
fn the_spec_is_that_of_a_namespaced_managed_resource() {
    let actions = json!(["*", "Create", "Delete", "LateInitialize", "Observe", "Update"]);
    for crd in managed() {
        let (kind, schema) = (&crd.spec.names.kind, schema(&crd));
        let spec = &schema["properties"]["spec"];
        assert!(spec["required"].as_array().unwrap().contains(&json!("forProvider")), "{kind}");
        let properties = &spec["properties"];
        assert_eq!(properties["managementPolicies"]["default"], json!(["*"]), "{kind}");
        let mut allowed = properties["managementPolicies"]["items"]["enum"].as_array().unwrap().clone();
        allowed.sort_by_key(ToString::to_string);
        assert_eq!(json!(allowed), actions, "{kind}");
        let config = &properties["providerConfigRef"];
        assert_eq!(config["default"], json!({"kind": "ClusterProviderConfig", "name": "default"}), "{kind}");
        assert_eq!(config["required"], json!(["kind", "name"]), "{kind}");
        assert_eq!(properties["writeConnectionSecretToRef"]["required"], json!(["name"]), "{kind}");
        for gone in ["deletionPolicy", "publishConnectionDetailsTo"] {
            assert_eq!(properties[gone], Value::Null, "{kind}");
        }
    }
}

#[test]
fn the_status_has_conditions_by_type_and_what_was_handled() {
    for crd in managed() {
        let (kind, schema) = (&crd.spec.names.kind, schema(&crd));
        let status = &schema["properties"]["status"]["properties"];
        let conditions = &status["conditions"];
        assert_eq!(conditions["x-kubernetes-list-type"], "map", "{kind}");
        assert_eq!(conditions["x-kubernetes-list-map-keys"], json!(["type"]), "{kind}");
        let mut required = conditions["items"]["required"].as_array().unwrap().clone();
        required.sort_by_key(ToString::to_string);
        assert_eq!(json!(required), json!(["lastTransitionTime", "reason", "status", "type"]), "{kind}");
        for field in ["atProvider", "observedGeneration", "lastHandledReconcileAt"] {
            assert!(status[field].is_object(), "{kind} has no status.{field}");
        }
        let subresources = crd.spec.versions[0].subresources.as_ref();
        assert!(subresources.is_some_and(|s| s.status.is_some()), "{kind}");
    }
}

#[test]
fn kubectl_shows_the_columns_of_crossplane_and_finds_the_kinds_by_category() {
    let expected = [
        ("SYNCED", ".status.conditions[?(@.type=='Synced')].status"),
        ("READY", ".status.conditions[?(@.type=='Ready')].status"),
        ("EXTERNAL-NAME", r".metadata.annotations.crossplane\.io/external-name"),
        ("AGE", ".metadata.creationTimestamp"),
    ];
    for crd in managed() {
        let columns = crd.spec.versions[0].additional_printer_columns.as_ref().unwrap();
        let columns: Vec<_> = columns.iter().map(|c| (c.name.as_str(), c.json_path.as_str())).collect();
        assert_eq!(columns[..4], expected, "{}: its own columns come after", crd.spec.names.kind);
        let categories = crd.spec.names.categories.unwrap();
        assert_eq!(categories, ["crossplane", "managed", "aws"], "{}", crd.spec.names.kind);
    }
}

#[test]
fn tags_are_owned_key_by_key() {
    for crd in managed() {
        let schema = schema(&crd);
        let tags = &schema["properties"]["spec"]["properties"]["forProvider"]["properties"]["tags"];
        assert_eq!(tags["x-kubernetes-map-type"], "granular", "{}", crd.spec.names.kind);
    }
}

#[test]
fn a_kind_has_one_version_and_needs_no_conversion() {
    for crd in crds() {
        let versions: Vec<_> = crd.spec.versions.iter().map(|v| (v.served, v.storage)).collect();
        assert_eq!(versions, [(true, true)], "{}", crd.spec.names.kind);
        assert_eq!(crd.spec.conversion, None, "{}", crd.spec.names.kind);
    }
}

#[test]
fn every_kind_is_a_managed_resource_or_one_of_the_configuration() {
    for crd in crds() {
        let is_config = CONFIG_KINDS.contains(&crd.spec.names.kind.as_str());
        assert_eq!(crd.spec.group == GROUP, is_config, "{}", crd.spec.names.kind);
    }
}

#[test]
fn the_package_asks_for_a_safe_start_and_belongs_to_no_family() {
    let package = fs::read_to_string(file("crossplane.yaml")).unwrap();
    let package: Value = serde_saphyr::from_str(&package).unwrap();
    assert_eq!(
        (&package["apiVersion"], &package["kind"]),
        (&json!("meta.pkg.crossplane.io/v1"), &json!("Provider"))
    );
    assert_eq!(package["metadata"]["name"], "provider-goldenpath-aws");
    assert_eq!(package["metadata"]["labels"], json!({"app.kubernetes.io/version": "VERSION"}));
    assert_eq!(package["spec"]["capabilities"], json!(["safe-start"]));
}
