use std::time::Duration;

use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::rds::Instance;
use crate::secretsmanager::Secret;

fn namespaced(spec: &Value) -> ProviderConfig {
    serde_json::from_value(json!({
        "apiVersion": "aws.m.goldenpath.io/v1alpha1", "kind": "ProviderConfig",
        "metadata": {"name": "own", "namespace": "payments"}, "spec": spec,
    }))
    .unwrap()
}

fn of_cluster(spec: &Value) -> ClusterProviderConfig {
    serde_json::from_value(json!({
        "apiVersion": "aws.m.goldenpath.io/v1alpha1", "kind": "ClusterProviderConfig",
        "metadata": {"name": "all"}, "spec": spec,
    }))
    .unwrap()
}

fn references(names: &[(&str, &str)]) -> Vec<SecretReference> {
    let reference = |(namespace, name): &(&str, &str)| SecretReference {
        namespace: (*namespace).into(),
        name: (*name).into(),
    };
    names.iter().map(reference).collect()
}

#[rstest]
#[case::keys(
    json!({"source": "Secret", "secretRef": {"namespace": "system", "name": "aws", "key": "k"}}),
    &[("system", "aws")], &[("payments", "aws")]
)]
#[case::a_namespace_is_missing(
    json!({"source": "Secret", "secretRef": {"name": "aws", "key": "k"}}),
    &[], &[("payments", "aws")]
)]
#[case::a_token(
    json!({"source": "WebIdentity", "webIdentity": {"roleARN": "r", "tokenConfig":
        {"source": "Secret", "secretRef": {"namespace": "system", "name": "token", "key": "k"}}}}),
    &[("system", "token")], &[("payments", "token")]
)]
#[case::a_token_in_a_file(
    json!({"source": "WebIdentity", "webIdentity": {"roleARN": "r", "tokenConfig": {"source": "Filesystem",
        "fs": {"path": "/token"}, "secretRef": {"namespace": "system", "name": "token", "key": "k"}}}}),
    &[], &[]
)]
#[case::of_another_source(
    json!({"source": "IRSA", "secretRef": {"namespace": "system", "name": "aws", "key": "k"}}),
    &[], &[]
)]
fn a_configuration_names_the_secrets_it_reads_and_a_namespaced_one_only_its_own(
    #[case] credentials: Value,
    #[case] cluster: &[(&str, &str)],
    #[case] own: &[(&str, &str)],
) {
    let spec = json!({"credentials": credentials});
    assert_eq!(of_cluster(&spec).secrets(), references(cluster));
    assert_eq!(namespaced(&spec).secrets(), references(own));
}

#[rstest]
#[case::unset(json!(null), None)]
#[case::empty(json!({}), None)]
#[case::both(json!({"exponentialFailureRateLimiter": {"baseDelay": "5s", "maxDelay": "1m30s"}}), Some((5, 90)))]
#[case::base_only(json!({"exponentialFailureRateLimiter": {"baseDelay": "10s"}}), Some((10, 60)))]
#[case::cap_only(json!({"exponentialFailureRateLimiter": {"maxDelay": "10m"}}), Some((1, 600)))]
fn a_reconciliation_policy_sets_the_delays_between_failures(
    #[case] policy: Value,
    #[case] expected: Option<(u64, u64)>,
) {
    let spec = json!({"credentials": {"source": "None"}, "reconciliationPolicy": policy});
    let expected = expected
        .map(|(base, cap)| Backoff { base: Duration::from_secs(base), cap: Duration::from_secs(cap) });
    assert_eq!(namespaced(&spec).spec.backoff(), expected);
    assert_eq!(of_cluster(&spec).spec.config.backoff(), expected);
}

/// A part of the schema of a kind, as JSON.
fn schema(crd: &CustomResourceDefinition, path: &str) -> Value {
    let crd = serde_json::to_value(crd).unwrap();
    crd.pointer(&format!("/spec/versions/0/schema/openAPIV3Schema/properties/{path}")).cloned().unwrap()
}

#[test]
fn two_kinds_configure_and_one_kind_records_who_uses_them() {
    let kinds: Vec<_> = crds()
        .into_iter()
        .map(|c| {
            assert_eq!(c.spec.group, GROUP);
            let columns = c.spec.versions[0].additional_printer_columns.clone().unwrap_or_default();
            let columns: Vec<_> =
                columns.into_iter().map(|c| format!("{} {}", c.name, c.json_path)).collect();
            assert_eq!(c.spec.names.categories.unwrap(), ["crossplane", "providerconfig", "aws"]);
            (c.spec.names.kind, c.spec.scope, columns)
        })
        .collect();
    let kind = |kind: &str, scope: &str, columns: &[&str]| {
        let age = std::iter::once("AGE .metadata.creationTimestamp");
        let columns = age.chain(columns.iter().copied()).map(str::to_owned).collect::<Vec<_>>();
        (kind.to_owned(), scope.to_owned(), columns)
    };
    let source = &["SOURCE .spec.credentials.source"];
    let user = &[
        "CONFIG-NAME .providerConfigRef.name",
        "RESOURCE-KIND .resourceRef.kind",
        "RESOURCE-NAME .resourceRef.name",
    ];
    let expected = [
        kind("ClusterProviderConfig", "Cluster", source),
        kind("ProviderConfig", "Namespaced", source),
        kind("ProviderConfigUsage", "Namespaced", user),
    ];
    assert_eq!(kinds, expected);
}

#[rstest]
#[case::instance(Instance::crd())]
#[case::secret(Secret::crd())]
fn a_managed_resource_names_its_configuration_and_its_region(#[case] crd: CustomResourceDefinition) {
    let reference = schema(&crd, "spec/properties/providerConfigRef");
    assert_eq!(reference["default"], json!({"kind": "ClusterProviderConfig", "name": "default"}));
    assert_eq!(reference["required"], json!(["kind", "name"]));
    let required = schema(&crd, "spec/properties/forProvider/required");
    assert!(required.as_array().unwrap().contains(&json!("region")), "{required}");
}

#[rstest]
#[case(ProviderConfig::crd())]
#[case(ClusterProviderConfig::crd())]
fn a_configuration_has_a_source_and_no_region(#[case] crd: CustomResourceDefinition) {
    let spec = schema(&crd, "spec/properties");
    let sources = spec.pointer("/credentials/properties/source/enum").unwrap();
    assert_eq!(*sources, json!(["None", "Secret", "IRSA", "WebIdentity", "PodIdentity"]));
    let fields: Vec<_> = spec.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["assumeRoleChain", "credentials", "endpoint", "reconciliationPolicy"]);
}
