//! A kind that the cluster does not know keeps nothing else from coming to be, is told, and follows once it is known.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use goldenpath_tests::{ControlPlane, kinds, objects, wait};
use kube::core::DynamicObject;
use serde_json::{Value, json};

use crate::described;
use crate::request::{Database, READY_LIMIT, SHORT_LIMIT};

const CODE: &str = "OperatorMissing";
const GROUP: &str = "vpcresources.k8s.aws";
/// How long it may stay unnoticed that an operator has come: the cluster's kinds are looked at again within minutes.
const NOTICED: Duration = Duration::from_mins(3);

/// What the platform asks of the network needs a kind of Amazon EKS, whose CRD comes late.
pub(crate) async fn a_missing_operator_is_reported_and_heals(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("operator").await?;
    let network = json!({"network": {"clientSecurityGroupIds": ["sg-0a1b2c3d"], "clusterSecurityGroupId": "sg-0e4f5a6b"}});
    let composition = described::composition(plane, &namespace, &network).await?;
    plane.apply(&composition.to_string(), "").await?;
    let spec = json!({"crossplane": {"compositionRef": {"name": composition["metadata"]["name"]}}});
    let applied = Instant::now();
    let database = Database::apply(plane, &namespace, "orders-db", spec).await?;
    let problem = database.problem(CODE, SHORT_LIMIT).await?;
    eprintln!("no CRD: told as {CODE} after {:.1} s", applied.elapsed().as_secs_f64());
    ensure!(problem["field"] == "Platform.network.clientSecurityGroupIds", "{problem:#}");
    ensure!(problem["remedy"].to_string().contains("use a cluster of Amazon EKS"), "{problem:#}");
    plane.until_true(kinds::instance(), &namespace, "orders-db", "Ready", READY_LIMIT).await?;

    let crd: DynamicObject = serde_json::from_value(crd())?;
    objects::apply(plane.client(), &crd, None).await?;
    objects::established(plane.client(), std::slice::from_ref(&crd)).await?;
    forget_the_old_list(plane).await?;
    let mended = Instant::now();
    database.without_problems(NOTICED).await?;
    eprintln!("no CRD: healed {:.1} s after it was mended", mended.elapsed().as_secs_f64());
    let policies = kinds::kind(GROUP, "v1beta1", "SecurityGroupPolicy", "securitygrouppolicies");
    plane.until(policies, &namespace, "orders-db-clients", "is there", SHORT_LIMIT, |_| true).await?;

    database.remove().await?;
    let crds = kinds::custom_resource_definition();
    plane.delete(&crds, "", &format!("securitygrouppolicies.{GROUP}")).await
}

/// Crossplane reads the API server's list of kinds anew when a CRD changes, and what it reads in the moment before a new
/// kind is listed it remembers until the next change: so docs/problems.md has people annotate the CRD.
async fn forget_the_old_list(plane: &ControlPlane) -> Result<()> {
    wait::until("the API server lists the kind", SHORT_LIMIT, async || {
        let listed = plane.state().kubectl(&["get", "--raw", "/openapi/v3"]).await?;
        Ok(listed.contains(&format!("apis/{GROUP}/v1beta1")).then_some(()))
    })
    .await?;
    let crd = format!("crd/securitygrouppolicies.{GROUP}");
    plane.state().kubectl(&["annotate", &crd, "goldenpath.io/listed=true"]).await.map(|_| ())
}

/// As much of it as the API server needs to take the kind.
fn crd() -> Value {
    let anything = json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("securitygrouppolicies.{GROUP}")},
        "spec": {
            "group": GROUP, "scope": "Namespaced",
            "names": {"kind": "SecurityGroupPolicy", "plural": "securitygrouppolicies"},
            "versions": [{"name": "v1beta1", "served": true, "storage": true, "schema": {"openAPIV3Schema": anything}}],
        },
    })
}
