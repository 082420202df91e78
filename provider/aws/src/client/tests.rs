use goldenpath_provider_api::config::ProviderConfig;
use goldenpath_provider_api::rds::Instance;
use goldenpath_provider_core::FaultKind;
use k8s_openapi::api::core::v1::Secret;
use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::fault::tests::NONE;
use crate::testing::{self, FakeObjects, cluster_config};

mod roles;

const FILE: &str = "[default]\naws_access_key_id = AKIA1\naws_secret_access_key = s3cr3t\n";

fn kube_secret(namespace: &str, file: &str) -> Secret {
    serde_json::from_value(json!({
        "metadata": {"name": "aws", "namespace": namespace},
        "data": {"credentials": k8s_openapi::ByteString(file.into())},
    }))
    .unwrap()
}

fn from_secret() -> Value {
    json!({"credentials": {"source": "Secret",
        "secretRef": {"namespace": "system", "name": "aws", "key": "credentials"}}})
}

async fn services(objects: FakeObjects, instance: &Instance) -> Result<Arc<Services>, Fault> {
    Clients::new(objects, crate::testing::CLUSTER).services(instance).await
}

#[tokio::test]
async fn a_session_is_kept_until_the_secret_changes() {
    let instance = testing::instance();
    let objects =
        FakeObjects::default().with(&cluster_config(&from_secret())).with(&kube_secret("system", FILE));
    let mut clients = Clients::new(objects.clone(), crate::testing::CLUSTER);
    let first = clients.services(&instance).await.unwrap();
    let second = clients.services(&instance).await.unwrap();
    assert!(Arc::ptr_eq(&first, &second), "nothing has changed");

    clients.objects = objects.with(&kube_secret("system", &FILE.replace("s3cr3t", "n3w")));
    let third = clients.services(&instance).await.unwrap();
    assert!(!Arc::ptr_eq(&first, &third), "the new value counts at once");
    let kept = clients.services.keys();
    assert_eq!(kept.len(), 1, "the superseded session is dropped");
    assert_eq!(clients.identities.keys().len(), 1, "and so are its credentials");
    let told = format!("{kept:?} {:?}", clients.identities.keys());
    assert!(!told.contains("s3cr3t") && !told.contains("AKIA1"), "keys hold no secret");
}

#[tokio::test]
async fn a_namespaced_configuration_reads_its_own_namespace_whatever_it_says() {
    let config: ProviderConfig = serde_json::from_value(json!({
        "apiVersion": "aws.m.goldenpath.io/v1alpha1", "kind": "ProviderConfig",
        "metadata": {"name": "own", "namespace": "payments", "uid": "u2"}, "spec": from_secret(),
    }))
    .unwrap();
    let mut instance = testing::instance();
    instance.spec.managed.provider_config_ref =
        Some(serde_json::from_value(json!({"kind": "ProviderConfig", "name": "own"})).unwrap());
    let objects = FakeObjects::default().with(&config).with(&kube_secret("system", FILE));
    let fault = services(objects.clone(), &instance).await.unwrap_err();
    assert_eq!(fault.message, "cannot get credentials: there is no secret payments/aws");
    services(objects.with(&kube_secret("payments", FILE)), &instance).await.unwrap();
}

#[rstest]
#[case::no_configuration(json!(null), "", "cannot get credentials: there is no ClusterProviderConfig \"default\"")]
#[case::no_secret(from_secret(), "", "cannot get credentials: there is no secret system/aws")]
#[case::no_namespace(
    json!({"credentials": {"source": "Secret", "secretRef": {"name": "aws", "key": "k"}}}), FILE,
    "cannot get credentials: ClusterProviderConfig \"default\" names secret \"aws\" without a namespace"
)]
#[case::no_key(
    json!({"credentials": {"source": "Secret", "secretRef": {"namespace": "system", "name": "aws", "key": "k"}}}), FILE,
    "cannot get credentials: secret system/aws has no key \"k\""
)]
#[case::no_section(
    from_secret(),
    "[other]\n",
    "cannot get credentials: key \"credentials\" of secret aws: it has no section [default]"
)]
#[case::no_access_key(
    from_secret(),
    "[default]\n",
    "cannot get credentials: key \"credentials\" of secret aws: it has no aws_access_key_id"
)]
#[case::not_a_url(
    json!({"credentials": {"source": "None"}, "endpoint": {"url": {"type": "Static", "static": "aws:5000"}}}), "",
    "endpoint \"aws:5000\" of ClusterProviderConfig \"default\" is not a URL"
)]
#[tokio::test]
async fn what_is_wrong_with_credentials_is_reported(
    #[case] spec: Value,
    #[case] file: &str,
    #[case] message: &str,
) {
    let mut objects = FakeObjects::default();
    if !spec.is_null() {
        objects = objects.with(&cluster_config(&spec));
    }
    if !file.is_empty() {
        objects = objects.with(&kube_secret("system", file));
    }
    let fault = services(objects, &testing::instance()).await.unwrap_err();
    assert_eq!((fault.kind, fault.message.as_str()), (FaultKind::User, message));
    assert!(fault.remedy.is_some());
}

#[rstest]
#[case::of_the_cluster("ClusterProviderConfig", "default", None)]
#[case::of_the_namespace(
    "ProviderConfig",
    "default",
    Some("cannot get credentials: there is no ProviderConfig \"payments/default\"")
)]
#[case::of_neither("Other", "x", Some("referenced provider config kind \"Other\" is invalid for payments/x"))]
#[tokio::test]
async fn a_reference_names_a_configuration_of_the_namespace_or_of_the_cluster(
    #[case] kind: &str,
    #[case] name: &str,
    #[case] refused: Option<&str>,
) {
    let mut instance = testing::instance();
    let reference = serde_json::from_value(json!({"kind": kind, "name": name})).unwrap();
    instance.spec.managed.provider_config_ref = Some(reference);
    let config = cluster_config(&json!({"credentials": {"source": "None"}}));
    let told = services(FakeObjects::default().with(&config), &instance).await.map_err(|f| f.message);
    assert_eq!(told.err().as_deref(), refused);
}

#[rstest]
#[case::as_written("[default]\naws_access_key_id=A\naws_secret_access_key=B\n", None)]
#[case::any_case("[DEFAULT]\nAWS_Access_Key_Id = A\nAWS_SECRET_ACCESS_KEY = B\nregion = x\n", None)]
#[case::with_a_token(
    "# c\n[default]\naws_access_key_id=A\naws_secret_access_key=B\naws_session_token=T=\n",
    Some("T=")
)]
#[case::another_profile(
    "[p]\naws_access_key_id=X\n[default]\naws_access_key_id=A\naws_secret_access_key=B\n",
    None
)]
fn a_credentials_file_is_read(#[case] file: &str, #[case] token: Option<&str>) {
    let keys = ini::parse(file).unwrap();
    assert_eq!((keys.id.as_str(), keys.secret.expose()), ("A", "B"));
    assert_eq!(keys.token.as_ref().map(goldenpath_provider_core::Sensitive::expose), token);
}

#[tokio::test]
async fn an_unreachable_endpoint_is_reported_within_five_seconds() {
    let endpoint = json!({"url": {"type": "Static", "static": "http://127.0.0.1:1"}});
    let config = cluster_config(&json!({"credentials": {"source": "None"}, "endpoint": endpoint}));
    let services = services(FakeObjects::default().with(&config), &testing::instance()).await.unwrap();
    let begun = std::time::Instant::now();
    let rds = &services.rds;
    let fault = rds.call(&NONE, rds.client.describe_db_instances().send()).await.unwrap_err().fault;
    assert_eq!(fault.message, "cannot reach AWS RDS at http://127.0.0.1:1");
    assert!(begun.elapsed() < Duration::from_secs(5));
}
