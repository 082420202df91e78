//! The provider's identity: its service account, with the role that Crossplane's RBAC manager makes and nothing else.
//!
//! The harness does what the package manager does before the RBAC manager comes: a revision that names its CRDs, and a
//! Deployment that names the service account. Roles and binding are then made by the RBAC manager itself.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding};
use kube::api::PostParams;
use kube::core::DynamicObject;
use kube::{Api, Client};
use serde_json::{Value, json};

use crate::apiserver::ApiServer;
use crate::names::CROSSPLANE as NAMESPACE;
use crate::process::{Launch, Process};
use crate::progress::say;
use crate::{Tools, kinds, manifest, names, objects, provider, repository, wait, workdir::Workdir};

/// Name of the provider's revision, and of its service account.
pub const REVISION: &str = names::REVISION;
const LIMIT: Duration = Duration::from_mins(1);
/// Longer than any run.
const TOKEN_SECONDS: i64 = 24 * 60 * 60;

/// Name of the role that the RBAC manager makes for the provider's own process.
pub fn role() -> String {
    format!("crossplane:provider:{REVISION}:system")
}

/// Lets the RBAC manager make the provider's role, and answers with a kubeconfig that has its rights.
///
/// To be called before core starts: the revision is paused at the end, so that core does not look for its package.
pub(crate) async fn provider(
    tools: &Tools,
    run: &Workdir,
    api: &ApiServer,
    client: &Client,
) -> Result<PathBuf> {
    let revision = objects::apply(client, &object(revision()?)?, None).await?;
    objects::apply_status(client, &object(revision_status()?)?).await?;
    for made in [service_account(), deployment(&revision)] {
        objects::apply(client, &object(made)?, None).await?;
    }

    let launch = Launch::new(tools.program("crossplane"))
        .args(["rbac", "start", "--debug"])
        .env("KUBECONFIG", api.kubeconfig.display().to_string());
    let manager = Process::start_new("crossplane-rbac", &run.logs(), launch)?;
    // Role and binding are the work of two controllers, in no order.
    let (roles, bindings) =
        (Api::<ClusterRole>::all(client.clone()), Api::<ClusterRoleBinding>::all(client.clone()));
    let granted = wait::until("the RBAC manager grants the provider's role", LIMIT, async || {
        let (role, binding) = (roles.get_opt(&role()).await?, bindings.get_opt(&role()).await?);
        let subjects = binding.and_then(|binding| binding.subjects).filter(|subjects| !subjects.is_empty());
        Ok(role.and(subjects))
    });
    granted.await.with_context(|| manager.log_tail(20))?;
    drop(manager);
    let pause = json!({"metadata": {"annotations": {"crossplane.io/paused": "true"}}});
    objects::merge(client, &kinds::provider_revision(), "", REVISION, &pause).await?;
    say(&format!("the provider acts as service account {NAMESPACE}/{REVISION}"));
    api.kubeconfig_for(run, REVISION, &token(client, NAMESPACE, REVISION).await?)
}

/// A token of a service account, which lasts as long as the run.
pub(crate) async fn token(client: &Client, namespace: &str, account: &str) -> Result<String> {
    let accounts: Api<ServiceAccount> = Api::namespaced(client.clone(), namespace);
    let request = TokenRequest {
        spec: Some(TokenRequestSpec {
            expiration_seconds: Some(TOKEN_SECONDS),
            ..TokenRequestSpec::default()
        }),
        ..TokenRequest::default()
    };
    let answer = accounts.create_token_request(account, &PostParams::default(), &request).await?;
    answer.status.and_then(|status| status.token).context("the API server made no token")
}

fn revision() -> Result<Value> {
    let package = package()?;
    Ok(json!({
        "apiVersion": "pkg.crossplane.io/v1", "kind": "ProviderRevision",
        "metadata": {"name": REVISION, "labels": {"pkg.crossplane.io/package": package.metadata.name}},
        "spec": {"desiredState": "Active", "image": format!("local/{}:dev", provider::NAME), "revision": 1},
    }))
}

/// What the package manager writes once it has installed the package's CRDs.
fn revision_status() -> Result<Value> {
    let crds = manifest::read_folder(&repository::path("package/provider/crds"))?;
    let references = crds.iter().map(|crd| {
        json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "name": crd.metadata.name})
    });
    Ok(json!({
        "apiVersion": "pkg.crossplane.io/v1", "kind": "ProviderRevision", "metadata": {"name": REVISION},
        "status": {
            "objectRefs": references.collect::<Vec<_>>(),
            "capabilities": package()?.data["spec"]["capabilities"],
        },
    }))
}

fn package() -> Result<DynamicObject> {
    let file = repository::path("package/provider/crossplane.yaml");
    manifest::read(&file)?.pop().with_context(|| format!("{} is empty", file.display()))
}

fn service_account() -> Value {
    json!({
        "apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": REVISION, "namespace": NAMESPACE},
    })
}

/// The RBAC manager binds the role to the service accounts of the revision's Deployments. No Pod is made: the harness
/// runs the process.
fn deployment(revision: &DynamicObject) -> Value {
    let labels = json!({"pkg.crossplane.io/revision": REVISION});
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {
            "name": REVISION, "namespace": NAMESPACE,
            "ownerReferences": [{
                "apiVersion": "pkg.crossplane.io/v1", "kind": "ProviderRevision", "name": REVISION,
                "uid": revision.metadata.uid, "controller": true,
            }],
        },
        "spec": {
            "replicas": 0,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "serviceAccountName": REVISION,
                    "containers": [{"name": "package-runtime", "image": format!("local/{}:dev", provider::NAME)}],
                },
            },
        },
    })
}

fn object(value: Value) -> Result<DynamicObject> {
    Ok(serde_json::from_value(value)?)
}
