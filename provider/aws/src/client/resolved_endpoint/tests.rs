use goldenpath_provider_core::FaultKind;
use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::testing::{FakeObjects, cluster_config, instance};

async fn config(endpoint: &Value) -> Config {
    let spec = json!({"credentials": {"source": "None"}, "endpoint": endpoint});
    let objects = FakeObjects::default().with(&cluster_config(&spec));
    let reference = goldenpath_provider_core::Managed::provider_config_ref(&instance());
    super::super::config::find(&objects, "payments", &reference).await.unwrap()
}

#[rstest]
#[case::none(json!(null), "rds", "rds.eu-central-1.amazonaws.com", None)]
#[case::everything(
    json!({"url": {"type": "Static", "static": "http://aws:5000"}}), "rds",
    "http://aws:5000", Some("http://aws:5000")
)]
#[case::listed(
    json!({"url": {"type": "Static", "static": "http://aws:5000"}, "services": ["rds"]}), "rds",
    "http://aws:5000", Some("http://aws:5000")
)]
#[case::not_listed(
    json!({"url": {"type": "Static", "static": "http://aws:5000"}, "services": ["rds"]}), "secretsmanager",
    "secretsmanager.eu-central-1.amazonaws.com", None
)]
#[case::composed(
    json!({"url": {"type": "Dynamic", "dynamic": {"host": "aws.example.org"}}}), "sts",
    "https://sts.eu-central-1.aws.example.org", Some("https://sts.eu-central-1.aws.example.org")
)]
#[case::composed_in_clear(
    json!({"url": {"type": "Dynamic", "dynamic": {"protocol": "http", "host": "aws:5000"}}}), "rds",
    "http://rds.eu-central-1.aws:5000", Some("http://rds.eu-central-1.aws:5000")
)]
#[case::aws_itself(
    json!({"url": {"type": "Auto"}, "partitionId": "aws"}), "rds",
    "https://rds.eu-central-1.amazonaws.com", Some("https://rds.eu-central-1.amazonaws.com")
)]
#[tokio::test]
async fn an_endpoint_serves_what_it_lists(
    #[case] endpoint: Value,
    #[case] service: &str,
    #[case] told: &str,
    #[case] used: Option<&str>,
) {
    let place = ResolvedEndpoint::of(&config(&endpoint).await, "eu-central-1").unwrap();
    assert_eq!(place.address(service), told);
    assert_eq!(place.address_of(service).as_deref(), used);
    assert_eq!(place.resolver(service).is_some(), used.is_some());
}

#[rstest]
#[case::not_a_url(json!({"url": {"type": "Static", "static": "aws:5000"}}), "eu-central-1",
    "endpoint \"aws:5000\" of ClusterProviderConfig \"default\" is not a URL")]
#[case::empty(json!({"url": {"type": "Static"}, "services": ["rds"]}), "eu-central-1",
    "endpoint \"\" of ClusterProviderConfig \"default\" is not a URL")]
#[case::of_another_partition(json!({"url": {"type": "Auto"}, "partitionId": "aws-cn"}), "eu-central-1",
    "conflicting partition config: region \"eu-central-1\" is in partition \"aws\", endpoint.partitionId is \"aws-cn\"")]
#[tokio::test]
async fn an_endpoint_that_cannot_be_meant_is_refused(
    #[case] endpoint: Value,
    #[case] region: &str,
    #[case] message: &str,
) {
    let fault = ResolvedEndpoint::of(&config(&endpoint).await, region).unwrap_err();
    assert_eq!((fault.kind, fault.message.as_str()), (FaultKind::User, message));
}

#[tokio::test]
async fn a_region_that_does_not_exist_is_a_fault_of_the_managed_resource() {
    let fault = ResolvedEndpoint::of(&config(&json!(null)).await, "eu-central").unwrap_err();
    assert_eq!(fault.kind, FaultKind::Terminal);
    assert_eq!(fault.field.as_deref(), Some(".spec.forProvider.region"));
}
