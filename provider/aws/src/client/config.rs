//! The configuration that a managed resource names.

use goldenpath_provider_api::config::{
    ClusterProviderConfig, Credentials, Endpoint, ProviderConfig, ProviderConfigReference, SecretKeySelector,
};
use goldenpath_provider_core::{Fault, Objects};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

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
    endpoint: Option<Endpoint>,
}

/// Finds the configuration that an object of a namespace refers to.
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
            let (credentials, endpoint) = (found.spec.credentials, found.spec.endpoint);
            Ok(Config::of(
                "ProviderConfig",
                Some(namespace.to_owned()),
                found.metadata,
                credentials,
                endpoint,
            ))
        }
        "ClusterProviderConfig" => {
            let found = objects.get_cluster::<ClusterProviderConfig>(name).await?;
            let found = found.ok_or_else(|| missing(kind, name))?;
            let (credentials, endpoint) = (found.spec.config.credentials, found.spec.config.endpoint);
            Ok(Config::of("ClusterProviderConfig", None, found.metadata, credentials, endpoint))
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
    fn of(
        kind: &'static str,
        namespace: Option<String>,
        meta: ObjectMeta,
        credentials: Credentials,
        endpoint: Option<Endpoint>,
    ) -> Self {
        Self {
            kind,
            namespace,
            name: meta.name.unwrap_or_default(),
            uid: meta.uid.unwrap_or_default(),
            generation: meta.generation.unwrap_or_default(),
            credentials,
            endpoint,
        }
    }

    /// The namespace of a Secret that this configuration selects. A `ProviderConfig` reads its own, whatever the
    /// selector says: a tenant never reads another namespace's Secret through it (R183).
    pub(super) fn secret_namespace(&self, selector: &SecretKeySelector) -> Result<String, Fault> {
        let own = self.namespace.clone();
        own.or_else(|| selector.namespace.clone()).ok_or_else(|| {
            Fault::user(
                "CredentialsInvalid",
                format!(
                    "cannot get credentials: {} \"{}\" names secret \"{}\" without a namespace",
                    self.kind, self.name, selector.name
                ),
            )
            .remedy("set secretRef.namespace")
        })
    }

    /// The configured address of a service; `None` means AWS's own.
    pub(super) fn endpoint(&self, service: &str) -> Option<String> {
        let endpoint = self.endpoint.as_ref()?;
        let listed =
            endpoint.services.as_ref().is_none_or(|s| s.is_empty() || s.iter().any(|s| s == service));
        listed.then(|| endpoint.url.r#static.clone())
    }

    /// The address of a service as a message names it.
    pub(super) fn address(&self, service: &str, region: &str) -> String {
        let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        self.endpoint(service).unwrap_or_else(|| format!("{service}.{region}.{suffix}"))
    }

    /// Refuses an address that is not one, before the SDK does so in its own words.
    pub(super) fn check_endpoint(&self) -> Result<(), Fault> {
        let Some(Endpoint { url, services: _ }) = &self.endpoint else {
            return Ok(());
        };
        let host = url.r#static.strip_prefix("http://").or_else(|| url.r#static.strip_prefix("https://"));
        if host.is_some_and(|h| !h.is_empty() && !h.contains(char::is_whitespace)) {
            return Ok(());
        }
        let message =
            format!("endpoint \"{}\" of {} \"{}\" is not a URL", url.r#static, self.kind, self.name);
        Err(Fault::user("EndpointInvalid", message).remedy("write it as https://host or http://host:port"))
    }
}
