//! Remedies of what a provider configuration has wrong.

use anyhow::Result;
use goldenpath_provider_api::rds::Instance;
use goldenpath_reports::{ACCOUNT, Aws, Cluster};
use serde_json::{Value, json};

use super::{Cured, cured};
use crate::scene::{NAME, aws, change, instance};

/// A scene whose configuration has a mistake.
async fn mistaken(endpoint: &Value, secret: &Value) -> Result<(Aws, Cluster)> {
    let (aws, cluster) = aws().await;
    let mut endpoint = endpoint.clone();
    if endpoint["url"].is_null() {
        endpoint["url"] = json!({"type": "Static", "static": aws.url()});
    }
    cluster.apply(&json!({
        "apiVersion": "aws.m.goldenpath.io/v1alpha1", "kind": "ClusterProviderConfig",
        "metadata": {"name": "default", "uid": "config", "generation": 2},
        "spec": {"credentials": {"source": "Secret", "secretRef": secret}, "endpoint": endpoint},
    }))?;
    cluster.apply(&instance(json!({})))?;
    Ok((aws, cluster))
}

fn secret() -> Value {
    json!({"namespace": "system", "name": "aws", "key": "credentials"})
}

async fn corrected(endpoint: &Value, secret: &Value) -> Result<Cured> {
    let (aws, cluster) = mistaken(endpoint, secret).await?;
    cured::<Instance>(&cluster, &aws, NAME, async || cluster.use_account(ACCOUNT, &aws)).await
}

pub(super) async fn no_credentials() -> Result<Cured> {
    corrected(&json!({}), &json!({"namespace": "system", "name": "aws", "key": "absent"})).await
}

pub(super) async fn no_namespace() -> Result<Cured> {
    corrected(&json!({}), &json!({"name": "aws", "key": "credentials"})).await
}

pub(super) async fn no_address() -> Result<Cured> {
    corrected(&json!({"url": {"type": "Static", "static": "aws"}}), &secret()).await
}

pub(super) async fn another_partition() -> Result<Cured> {
    corrected(&json!({"partitionId": "aws-cn"}), &secret()).await
}

/// Nothing listens there.
pub(super) async fn unreachable() -> Result<Cured> {
    corrected(&json!({"url": {"type": "Static", "static": "http://127.0.0.1:1"}}), &secret()).await
}

pub(super) async fn no_partition() -> Result<Cured> {
    let (aws, cluster) = mistaken(&json!({"partitionId": "moon"}), &secret()).await?;
    change(&cluster, &json!({"region": "moon-base-1"}));
    cured::<Instance>(&cluster, &aws, NAME, async || {
        let endpoint = json!({"url": {"type": "Static", "static": aws.url()}, "partitionId": "aws"});
        cluster.apply(&json!({
            "apiVersion": "aws.m.goldenpath.io/v1alpha1", "kind": "ClusterProviderConfig",
            "metadata": {"name": "default", "uid": "config", "generation": 3},
            "spec": {"credentials": {"source": "Secret", "secretRef": secret()}, "endpoint": endpoint},
        }))
    })
    .await
}

pub(super) async fn no_region() -> Result<Cured> {
    let (aws, cluster) = aws().await;
    cluster.apply(&instance(json!({"region": "eu-middle"})))?;
    cured::<Instance>(&cluster, &aws, NAME, async || {
        change(&cluster, &json!({"region": "eu-central-1"}));
        Ok(())
    })
    .await
}

async fn referred(kind: &str, name: &str) -> Result<Cured> {
    let (aws, cluster) = aws().await;
    let mut object = instance(json!({}));
    object["spec"]["providerConfigRef"] = json!({"kind": kind, "name": name});
    cluster.apply(&object)?;
    cured::<Instance>(&cluster, &aws, NAME, async || cluster.apply(&instance(json!({})))).await
}

pub(super) async fn no_such_kind() -> Result<Cured> {
    referred("Secret", "default").await
}

pub(super) async fn no_such_name() -> Result<Cured> {
    referred("ClusterProviderConfig", "absent").await
}

/// A role's policy is outside of this AWS: it refuses, and does so no more.
pub(super) async fn denied() -> Result<Cured> {
    super::instance::refused("AccessDenied").await
}
