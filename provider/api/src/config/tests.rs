use std::time::Duration;

use rstest::rstest;
use serde_json::{Value, json};

use super::*;

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
