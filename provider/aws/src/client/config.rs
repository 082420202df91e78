//! The configuration that a managed resource names.

use goldenpath_provider_api::config::{
    AssumeRole, ClusterProviderConfig, Credentials, Endpoint, ProviderConfig, ProviderConfigReference,
    ProviderConfigSpec, SecretKeySelector,
};
use goldenpath_provider_core::{Backoff, Fault, Objects, SecretReference};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::call_metrics::account_of;

/// A configuration of either kind.
#[derive(Clone, Debug)]
pub(super) struct Config {
    pub(super) kind: &'static str,
    /// Set for a `ProviderConfig`, which reads Secrets of this namespace and no other.
    pub(super) namespace: Option<String>,
    pub(super) name: String,
    pub(super) uid: String,
    pub(super) generation: i64,
    pub(super) credentials: Credentials,
    pub(super) assume_role_chain: Vec<AssumeRole>,
    pub(super) endpoint: Option<Endpoint>,
    pub(super) backoff: Option<Backoff>,
}

/// Finds the configuration that an object of a namespace refers to (R182).
pub(super) async fn find<O: Objects>(
    objects: &O,
    namespace: &str,
    reference: &ProviderConfigReference,
) -> Result<Config, Fault> {
    let ProviderConfigReference { kind, name } = reference;
    match kind.as_str() {
        "ProviderConfig" => {
            let found = objects.get::<ProviderConfig>(namespace, name).await?;
            let found = found.ok_or_else(|| missing(kind, &format!("{namespace}/{name}")))?;
            Ok(Config::of("ProviderConfig", Some(namespace.to_owned()), found.metadata, found.spec))
        }
        "ClusterProviderConfig" => {
            let found = objects.get_cluster::<ClusterProviderConfig>(name).await?;
            let found = found.ok_or_else(|| missing(kind, name))?;
            Ok(Config::of("ClusterProviderConfig", None, found.metadata, found.spec.config))
        }
        other => Err(Fault::terminal(
            "ProviderConfigInvalid",
            format!("referenced provider config kind \"{other}\" is invalid for {namespace}/{name}"),
        )
        .at(".spec.providerConfigRef.kind")
        .remedy("use ProviderConfig or ClusterProviderConfig")),
    }
}

fn missing(kind: &str, name: &str) -> Fault {
    Fault::user("ProviderConfigNotFound", format!("cannot get credentials: there is no {kind} \"{name}\""))
        .at(".spec.providerConfigRef")
        .remedy("create it, or refer to another one")
}

// === impl Config ===

impl Config {
    /// The account of the credentials, where a role names it: the last of the chain, or that of the web identity.
    pub(super) fn account(&self) -> Option<&str> {
        let last = self.assume_role_chain.last().map(|role| role.role_arn.as_str());
        let first = self.credentials.web_identity.as_ref().map(|identity| identity.role_arn.as_str());
        last.or(first).and_then(account_of)
    }

    fn of(kind: &'static str, namespace: Option<String>, meta: ObjectMeta, spec: ProviderConfigSpec) -> Self {
        let backoff = spec.backoff();
        let ProviderConfigSpec { credentials, assume_role_chain, endpoint, reconciliation_policy: _ } = spec;
        Self {
            kind,
            namespace,
            name: meta.name.unwrap_or_default(),
            uid: meta.uid.unwrap_or_default(),
            generation: meta.generation.unwrap_or_default(),
            credentials,
            assume_role_chain,
            endpoint,
            backoff,
        }
    }

    /// The Secret that this configuration selects: of its own namespace, if it has one (R183).
    pub(super) fn secret(&self, selector: &SecretKeySelector) -> Result<SecretReference, Fault> {
        selector.reference(self.namespace.as_deref()).ok_or_else(|| {
            let message = format!(
                "cannot get credentials: {} \"{}\" names secret \"{}\" without a namespace",
                self.kind, self.name, selector.name
            );
            Fault::user("CredentialsInvalid", message).remedy("set secretRef.namespace")
        })
    }
}
