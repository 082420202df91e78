//! The stack itself does what a cluster does.

use std::time::Duration;

use anyhow::{Result, ensure};
use goldenpath_tests::{ControlPlane, kinds};
use serde_json::json;

const LIMIT: Duration = Duration::from_mins(2);

/// Deployment controller, scheduler and kwok play together.
pub(crate) async fn a_deployment_becomes_available(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("deployment").await?;
    let yaml = r"
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: registry.example/web}]}
";
    plane.apply(yaml, &namespace).await?;
    let deployment = plane.until_true(kinds::deployment(), &namespace, "web", "Available", LIMIT).await?;
    ensure!(deployment.data["status"]["availableReplicas"] == 2, "both replicas count as available");
    Ok(())
}

/// What is written to AWS arrives in the namespace's Secret.
pub(crate) async fn a_secret_arrives_from_aws(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("external").await?;
    let path = format!("story/{namespace}");
    let value = json!({"username": "app", "password": "from-aws"}).to_string();
    let token = "00000000-0000-0000-0000-000000000001";
    let request = json!({"Name": path, "SecretString": value, "ClientRequestToken": token});
    plane.aws().call("secretsmanager", "CreateSecret", &request).await?;
    let yaml = format!(
        r"
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {{name: orders-db}}
spec:
  refreshInterval: 1m
  secretStoreRef: {{kind: ClusterSecretStore, name: goldenpath}}
  target: {{name: orders-db}}
  dataFrom: [{{extract: {{key: {path}}}}}]
"
    );
    plane.apply(&yaml, &namespace).await?;
    plane.until_true(kinds::external_secret(), &namespace, "orders-db", "Ready", LIMIT).await?;
    let secret = plane.secret(&namespace, "orders-db").await?.unwrap_or_default();
    ensure!(secret.get("password").is_some_and(|password| password == "from-aws"), "the keys are AWS's");
    Ok(())
}

/// The garbage collector works, on which every deletion of an XR depends.
pub(crate) async fn a_deleted_owner_takes_what_it_owns_along(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("garbage").await?;
    let owner = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: owner}";
    let owner = plane.apply(owner, &namespace).await?.remove(0);
    let uid = owner.metadata.uid.unwrap_or_default();
    let child = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: owned\n  \
         ownerReferences: [{{apiVersion: v1, kind: ConfigMap, name: owner, uid: {uid}}}]"
    );
    plane.apply(&child, &namespace).await?;
    let kind = kinds::kind("", "v1", "ConfigMap", "configmaps");
    plane.delete(&kind, &namespace, "owner").await?;
    plane.until_gone(kind, &namespace, "owned", LIMIT).await
}
