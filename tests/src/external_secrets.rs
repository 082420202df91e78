//! External Secrets Operator: brings secrets from the AWS endpoint into Kubernetes Secrets.

use anyhow::Result;
use kube::Client;

use crate::apiserver::ApiServer;
use crate::aws::Aws;
use crate::process::{Launch, Process};
use crate::{Tools, manifest, objects, workdir::Workdir};

/// Its CRDs; before it starts, or it ends at once.
pub(crate) async fn install(tools: &Tools, client: &Client) -> Result<()> {
    let mut crds = manifest::read_folder(&tools.manifests.join("external-secrets"))?;
    crds.extend(manifest::read_folder(&tools.manifests.join("external-secrets-unreconciled"))?);
    objects::apply_all(client, &crds, None).await?;
    objects::established(client, &crds).await
}

pub(crate) fn start(tools: &Tools, run: &Workdir, api: &ApiServer, aws: &Aws) -> Result<Process> {
    let launch = Launch::new(tools.program("external-secrets"))
        .env("KUBECONFIG", api.kubeconfig.display().to_string())
        .env("AWS_SECRETSMANAGER_ENDPOINT", aws.url())
        .env("AWS_STS_ENDPOINT", aws.url())
        .env("AWS_EC2_METADATA_DISABLED", "true");
    Process::start_new("external-secrets", &run.logs(), launch)
}
