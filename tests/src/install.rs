//! What a platform engineer does once: CRDs, XRDs, compositions, the secret store, the provider's configuration.

use std::time::Duration;

use anyhow::Result;
use kube::Client;
use kube::core::DynamicObject;
use serde_json::{Value, json};

use crate::aws::REGION;
use crate::target::Target;
use crate::{Tools, kinds, manifest, objects, repository};

/// The platform's own namespace.
pub const NAMESPACE: &str = "goldenpath-system";
/// The Secret with AWS credentials in it.
pub const CREDENTIALS: &str = "aws-credentials";

const LIMIT: Duration = Duration::from_mins(1);

/// The provider's CRDs, before the provider starts; and those of operators that are not there.
pub async fn crds(tools: &Tools, client: &Client) -> Result<()> {
    let mut crds = manifest::read_folder(&repository::path("package/provider/crds"))?;
    for operator in ["prometheus-operator", "keda", "kong"] {
        crds.extend(manifest::read_folder(&tools.manifests.join(operator))?);
    }
    objects::apply_all(client, &crds, None).await?;
    objects::established(client, &crds).await
}

/// The platform's namespace, with credentials in it.
pub async fn credentials(client: &Client) -> Result<()> {
    let (id, key) = ("AKIAGOLDENPATH", "not-checked-by-the-endpoint");
    let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}});
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": CREDENTIALS, "namespace": NAMESPACE},
        // The provider reads the file format, External Secrets the two keys.
        "stringData": {
            "credentials": credentials_file(id, key), "access-key-id": id, "secret-access-key": key,
        },
    });
    for object in [namespace, secret] {
        objects::apply(client, &serde_json::from_value(object)?, None).await?;
    }
    Ok(())
}

/// AWS's credentials file with one profile.
pub fn credentials_file(id: &str, key: &str) -> String {
    format!("[default]\naws_access_key_id = {id}\naws_secret_access_key = {key}\n")
}

/// A namespace of an app team, as the platform makes it: its tier opens the secret store to it.
pub fn namespace(name: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Namespace",
        "metadata": {"name": name, "labels": {"goldenpath.io/tier": "production"}},
    })
}

/// The walls between namespaces.
pub async fn policies(client: &Client) -> Result<()> {
    let policies = manifest::read_folder(&repository::path("package/policies"))?;
    objects::apply_all(client, &policies, None).await
}

/// XRDs and compositions, and what `examples/platform/` configures, pointed at the given AWS endpoint.
pub async fn platform(client: &Client, aws: &str) -> Result<()> {
    let xrds = manifest::read_folder(&repository::path("xrds"))?;
    objects::apply_all(client, &xrds, None).await?;
    for xrd in &xrds {
        let name = xrd.metadata.name.clone().unwrap_or_default();
        Target::new(kinds::definition(), "", &name)
            .until_condition(client, "Established", "True", LIMIT)
            .await?;
    }
    objects::apply_all(client, &manifest::read_folder(&repository::path("compositions"))?, None).await?;
    configuration(client, aws).await
}

/// What `examples/platform/` configures, pointed at the given AWS endpoint.
pub async fn configuration(client: &Client, aws: &str) -> Result<()> {
    let examples = manifest::read_folder(&repository::path("examples/platform"))?;
    let example = |kind: &str| {
        examples.iter().find(|object| object.types.as_ref().is_some_and(|types| types.kind == kind)).cloned()
    };
    objects::apply(client, &secret_store(example("ClusterSecretStore"))?, None).await?;
    if repository::path("package/provider/crds").is_dir() && !provider_crds()?.is_empty() {
        objects::apply(client, &provider_config(example("ClusterProviderConfig"), aws)?, None).await?;
    }
    Target::new(kinds::cluster_secret_store(), "", "goldenpath")
        .until_condition(client, "Ready", "True", LIMIT)
        .await?;
    Ok(())
}

fn provider_crds() -> Result<Vec<DynamicObject>> {
    manifest::read_folder(&repository::path("package/provider/crds"))
}

/// The example's store, or a plain one; its credentials are always those of the harness.
fn secret_store(example: Option<DynamicObject>) -> Result<DynamicObject> {
    let mut store = match example {
        Some(store) => store,
        None => serde_json::from_value(json!({
            "apiVersion": "external-secrets.io/v1", "kind": "ClusterSecretStore", "metadata": {"name": "goldenpath"}, "spec": {},
        }))?,
    };
    let reference = |key: &str| json!({"name": CREDENTIALS, "namespace": NAMESPACE, "key": key});
    store.data["spec"]["provider"] = json!({"aws": {
        "service": "SecretsManager",
        "region": REGION,
        "auth": {"secretRef": {
            "accessKeyIDSecretRef": reference("access-key-id"),
            "secretAccessKeySecretRef": reference("secret-access-key"),
        }},
    }});
    Ok(store)
}

/// The example's configuration, or a plain one; with the harness's credentials and endpoint.
pub fn provider_config(example: Option<DynamicObject>, aws: &str) -> Result<DynamicObject> {
    let mut config = match example {
        Some(config) => config,
        None => serde_json::from_value(json!({
            "apiVersion": "aws.m.goldenpath.io/v1alpha1", "kind": "ClusterProviderConfig",
            "metadata": {"name": "default"}, "spec": {},
        }))?,
    };
    config.data["spec"]["credentials"] = json!({
        "source": "Secret", "secretRef": {"namespace": NAMESPACE, "name": CREDENTIALS, "key": "credentials"},
    });
    config.data["spec"]["endpoint"] = json!({"url": {"type": "Static", "static": aws}});
    Ok(config)
}
