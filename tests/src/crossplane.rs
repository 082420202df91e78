//! Crossplane core. Most stories have no packages: the harness is the runtime of what they would bring, and makes the function's
//! revision and certificate by hand.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use kube::{Api, Client};

use crate::apiserver::ApiServer;
use crate::certificates::Authority;
use crate::names::CROSSPLANE as NAMESPACE;
use crate::ports::Port;
use crate::process::{self, Launch, Process};
use crate::progress::say;
use crate::{Tools, manifest, objects, workdir::Workdir};

const ROOT: &str = "crossplane-root-ca";
const CLIENT: &str = "crossplane-tls-client";
const SERVER: &str = "crossplane-tls-server";
const WEBHOOKS: &str = "crossplane-webhooks";

/// Which managed resources are active without a policy of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// Crossplane's default.
    Everything,
    /// As with `--set provider.defaultActivations={}`.
    Nothing,
}

/// Who runs what is in packages.
#[derive(Clone, Debug)]
pub(crate) enum Runtime {
    /// The harness does, and there are no packages.
    External,
    /// Deployments do, whose Pods are called through the proxy of their Services.
    Deployment { services: String },
}

#[derive(Debug)]
pub(crate) struct Crossplane {
    pub(crate) process: Process,
    metrics: Port,
    _health: Port,
    _webhooks: Port,
}

/// Core's own CRDs, its authority, its certificates, and the webhook that refuses to delete what is in use; returns the
/// port on which that is to be served.
pub(crate) async fn initialise(
    tools: &Tools,
    run: &Workdir,
    api: &ApiServer,
    client: &Client,
    activation: Activation,
) -> Result<Port> {
    let webhooks = Port::reserve()?;
    // There is no Service network: the API server dials what an ExternalName names, on the port of the webhook.
    let own = format!(
        r"
apiVersion: v1
kind: Namespace
metadata: {{name: {NAMESPACE}}}
---
apiVersion: v1
kind: Service
metadata: {{name: {WEBHOOKS}, namespace: {NAMESPACE}}}
spec: {{type: ExternalName, externalName: localhost}}
"
    );
    objects::apply_all(client, &manifest::parse(&own)?, None).await?;
    let manifests = tools.manifests.join("crossplane");
    let launch = environment(Launch::new(tools.program("crossplane")), api)
        .args(["core", "init"])
        .args(
            match activation {
                Activation::Everything => ["--activation", "*"].as_slice(),
                Activation::Nothing => &[],
            }
            .iter()
            .copied(),
        )
        .env("CRDS_PATH", manifests.join("crds").display().to_string())
        .env("WEBHOOK_CONFIGS_PATH", manifests.join("webhooks").display().to_string())
        .env("TLS_CA_SECRET_NAME", ROOT)
        .env("TLS_CLIENT_SECRET_NAME", CLIENT)
        .env("TLS_SERVER_SECRET_NAME", SERVER)
        .env("WEBHOOK_SERVICE_NAME", WEBHOOKS)
        .env("WEBHOOK_SERVICE_NAMESPACE", NAMESPACE)
        .env("WEBHOOK_SERVICE_PORT", webhooks.number());
    // It is idempotent, and may fail once because a CRD it has just made is not served yet.
    let mut attempts = 0;
    while let Err(error) = process::run("crossplane-init", &run.logs(), launch.clone()).await {
        attempts += 1;
        if attempts == 4 {
            return Err(error);
        }
    }
    Ok(webhooks)
}

impl Crossplane {
    pub(crate) async fn start(
        tools: &Tools,
        run: &Workdir,
        api: &ApiServer,
        client: &Client,
        webhooks: Port,
        runtime: &Runtime,
    ) -> Result<Self> {
        let (metrics, health) = (Port::reserve()?, Port::reserve()?);
        // It makes no folder, and calls a package broken that it cannot keep.
        let (packages, answers) = (run.folder("crossplane/xpkg")?, run.folder("crossplane/xfn")?);
        let identity = certificates(run, client, CLIENT, "crossplane/client").await?;
        let server = certificates(run, client, SERVER, "crossplane/server").await?;
        let launch = environment(Launch::new(tools.program("crossplane")), api)
            .args(["core", "start", "--debug"])
            // Stories change one XR often; the breaker protects a cluster from that, and a test from its result.
            .args(["--circuit-breaker-burst=100000"])
            .env("TLS_CLIENT_CERTS_DIR", identity.display().to_string())
            .env("TLS_SERVER_CERTS_DIR", server.display().to_string())
            .env("WEBHOOK_PORT", webhooks.number())
            .env("XPKG_CACHE_DIR", packages.display().to_string())
            .env("XFN_CACHE_DIR", answers.display().to_string())
            .env("METRICS_PORT", metrics.number())
            .env("HEALTH_PROBE_PORT", health.number())
            .env("GRPC_ENABLE_TXT_SERVICE_CONFIG", "false");
        let launch = match runtime {
            Runtime::External => launch.env("PACKAGE_RUNTIME", "External"),
            Runtime::Deployment { services } => {
                launch.env("PACKAGE_RUNTIME", "Deployment").env("HTTPS_PROXY", services)
            }
        };
        let process = Process::start_new("crossplane", &run.logs(), launch)?;
        let ready = format!("{}/readyz", health.url());
        process.until_ready(Duration::from_mins(1), || crate::wait::answers(&ready)).await?;
        Ok(Self { process, metrics, _health: health, _webhooks: webhooks })
    }

    pub(crate) fn metrics(&self) -> String {
        format!("{}/metrics", self.metrics.url())
    }
}

fn environment(launch: Launch, api: &ApiServer) -> Launch {
    launch
        .env("KUBECONFIG", api.kubeconfig.display().to_string())
        .env("POD_NAMESPACE", NAMESPACE)
        .env("POD_SERVICE_ACCOUNT", "crossplane")
        .env("ENABLE_WEBHOOKS", "true")
}

/// A folder with the files of a Secret of certificates.
async fn certificates(run: &Workdir, client: &Client, name: &str, folder: &str) -> Result<PathBuf> {
    let data = secret(client, name).await?;
    let written = run.folder(folder)?;
    for file in ["ca.crt", "tls.crt", "tls.key"] {
        let value = data.get(file).with_context(|| format!("Secret {name} has no {file}"))?;
        run.write(&format!("{folder}/{file}"), &value.0)?;
    }
    Ok(written)
}

async fn secret(client: &Client, name: &str) -> Result<BTreeMap<String, ByteString>> {
    let secrets: Api<Secret> = Api::namespaced(client.clone(), NAMESPACE);
    let secret = secrets.get(name).await.with_context(|| format!("cannot read Secret {name}"))?;
    Ok(secret.data.unwrap_or_default())
}

/// A folder with a server certificate that core accepts, for a function on loopback.
pub(crate) async fn server_certificates(run: &Workdir, client: &Client, name: &str) -> Result<PathBuf> {
    let data = secret(client, ROOT).await?;
    let text = |key: &str| -> Result<String> {
        let value = data.get(key).with_context(|| format!("Secret {ROOT} has no {key}"))?;
        Ok(String::from_utf8(value.0.clone())?)
    };
    let authority = Authority::existing(&text("tls.crt")?, &text("tls.key")?)?;
    let identity = authority.server(name, &[])?;
    let folder = run.folder(&format!("{name}-tls"))?;
    run.write(&format!("{name}-tls/ca.crt"), &authority.certificate)?;
    run.write(&format!("{name}-tls/tls.crt"), identity.certificate)?;
    run.write(&format!("{name}-tls/tls.key"), identity.key)?;
    Ok(folder)
}

/// Tells core where a function listens. The revision is paused, so core's own package controllers leave it alone.
pub(crate) async fn register(client: &Client, function: &str, endpoint: &str) -> Result<()> {
    let revision = format!(
        r#"
apiVersion: pkg.crossplane.io/v1
kind: FunctionRevision
metadata:
  name: {function}-local
  labels: {{pkg.crossplane.io/package: {function}}}
  annotations: {{crossplane.io/paused: "true"}}
spec: {{desiredState: Active, image: local/{function}:dev, revision: 1}}
status: {{endpoint: "{endpoint}", capabilities: [composition]}}
"#
    );
    for object in manifest::parse(&revision)? {
        objects::apply(client, &object, None).await?;
        objects::apply_status(client, &object).await?;
    }
    say(&format!("{function} is registered at {endpoint}"));
    Ok(())
}
