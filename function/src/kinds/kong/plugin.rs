//! `KongPlugin`: what the gateway does with the requests of the routes that name it.

use std::borrow::Cow;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{API_VERSION, GROUP, VERSION};

/// A plugin. Whatever somebody adds by hand to open a route is owned here, and so put back.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KongPlugin {
    api_version: &'static str,
    kind: &'static str,
    /// Its metadata.
    pub metadata: ObjectMeta,
    /// What Kong calls it; it never changes.
    pub plugin: String,
    /// Its configuration, in Kong's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<Map<String, Value>>,
    /// Where its configuration is instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_from: Option<ConfigSource>,
    /// Empty; none where the configuration is elsewhere, beside which Kong's CRD lets no patches stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_patches: Option<Vec<Value>>,
    disabled: bool,
    /// The protocols of the requests that it is for.
    pub protocols: Vec<String>,
}

/// Where a configuration is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigSource {
    /// The key of a Secret of the namespace.
    pub secret_key_ref: SecretKey,
}

/// A key of a Secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SecretKey {
    /// The Secret.
    pub name: String,
    /// The key.
    pub key: String,
}

// === impl KongPlugin ===

impl KongPlugin {
    /// A plugin with a configuration of its own.
    pub fn of(metadata: ObjectMeta, plugin: String, config: Map<String, Value>) -> Self {
        let config = Some(config).filter(|config| !config.is_empty());
        Self { config, config_patches: Some(Vec::new()), ..Self::plain(metadata, plugin) }
    }

    /// A plugin whose configuration is in a Secret. Where that is missing, Kong's ingress controller serves the route
    /// without the plugin: never for one that guards.
    pub fn configured_by(metadata: ObjectMeta, plugin: String, secret_key_ref: SecretKey) -> Self {
        Self { config_from: Some(ConfigSource { secret_key_ref }), ..Self::plain(metadata, plugin) }
    }

    fn plain(metadata: ObjectMeta, plugin: String) -> Self {
        Self {
            api_version: API_VERSION,
            kind: "KongPlugin",
            metadata,
            plugin,
            config: None,
            config_from: None,
            config_patches: None,
            disabled: false,
            protocols: ["grpc", "grpcs", "http", "https"].map(str::to_owned).into(),
        }
    }
}

impl Resource for KongPlugin {
    type DynamicType = ();
    type Scope = k8s_openapi::NamespaceResourceScope;

    fn kind((): &()) -> Cow<'_, str> {
        "KongPlugin".into()
    }

    fn group((): &()) -> Cow<'_, str> {
        GROUP.into()
    }

    fn version((): &()) -> Cow<'_, str> {
        VERSION.into()
    }

    fn plural((): &()) -> Cow<'_, str> {
        "kongplugins".into()
    }

    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}
