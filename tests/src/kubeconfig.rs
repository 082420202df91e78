//! Kubeconfigs for the processes and for people.

use std::path::Path;

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};

/// A kubeconfig with a bearer token.
pub(crate) fn with_token(server: &str, authority: &str, token: &str) -> String {
    let authority = STANDARD.encode(authority);
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: goldenpath\n\
         clusters:\n- name: goldenpath\n  cluster: {{server: \"{server}\", certificate-authority-data: {authority}}}\n\
         users:\n- name: admin\n  user: {{token: {token}}}\n\
         contexts:\n- name: goldenpath\n  context: {{cluster: goldenpath, user: admin}}\n"
    )
}

/// A client for a kubeconfig file.
pub(crate) async fn connect(kubeconfig: &Path) -> Result<Client> {
    let kubeconfig = Kubeconfig::read_from(kubeconfig).context("cannot read the kubeconfig")?;
    let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?;
    Ok(Client::try_from(config)?)
}
