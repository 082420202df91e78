//! What a spec says of a route, wherever it stands.

mod text;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::platform::PluginType;
pub(in crate::paths::gateway) use text::normalized;
pub use text::{ConsumerName, Host, RoutePath, Wait};

/// A host name; no wildcards, so that of two routes of one host each can say so.
pub(in crate::paths) const HOST: &str = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$";
/// Whole segments. Kong's ingress controller puts a path into a regular expression as it is, and takes what begins with
/// `/~` for one, so nothing with a meaning there may be in it but the dot, which is written in another way.
pub(in crate::paths) const PATH: &str =
    r"^/((\.?[A-Za-z0-9_-][A-Za-z0-9._-]*)(/\.?[A-Za-z0-9_-][A-Za-z0-9._-]*)*/?)?$";
/// The name of a class of routes.
pub(in crate::paths) const CLASS: &str = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";
/// The name of an object.
const NAME: &str = r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$";
/// A length of time.
const WAIT: &str = r"^[0-9]{1,8}(ms|s|m|h)$";

/// A plugin of Kong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Plugin {
    /// What Kong calls it, e.g. rate-limiting, key-auth or cors; the platform says which are allowed.
    #[schemars(with = "String", length(max = 63), regex(pattern = r"^[a-z][a-z0-9-]*$"))]
    pub r#type: PluginType,
    /// Its configuration as Kong documents it; the fields may be in camel case.
    // Else what has a schema of its own would be required.
    #[serde(default)]
    #[schemars(schema_with = "config")]
    pub config: Option<Map<String, Value>>,
    /// The key of a Secret with the configuration, of a plugin that logs or traces.
    pub config_secret_ref: Option<SecretKey>,
}

/// A key of a Secret of the namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SecretKey {
    /// The Secret.
    #[schemars(length(max = 253), regex(pattern = NAME))]
    pub name: String,
    /// The key.
    #[schemars(length(max = 253), regex(pattern = r"^[-._a-zA-Z0-9]+$"))]
    pub key: String,
}

/// Who may call, with an API key of the secret store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Consumer {
    /// The name of the consumer.
    #[schemars(with = "String", length(max = 40), regex(pattern = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"))]
    pub name: ConsumerName,
    /// The path of the key in the secret store, of a secret that the namespace may read.
    #[schemars(
        length(min = 1, max = 512),
        regex(pattern = r"^[A-Za-z0-9_+=@-][A-Za-z0-9_+=.@-]*(/[A-Za-z0-9_+=@-][A-Za-z0-9_+=.@-]*)*$")
    )]
    pub source: String,
    /// The field of a JSON secret; the whole value is the key unless set.
    #[schemars(length(min = 1, max = 253), regex(pattern = r"^[A-Za-z0-9_.\-/]+$"))]
    pub property: Option<String>,
}

/// Encryption on the way to the gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "!has(self.enabled) || !self.enabled || has(self.secretName) || has(self.issuer)",
     "message": "tls needs secretName or issuer when enabled"},
]))]
pub struct Tls {
    /// Serve HTTPS.
    #[serde(default)]
    pub enabled: bool,
    /// A Secret of type kubernetes.io/tls of this namespace; with issuer: where the certificate goes (default NAME-tls).
    #[schemars(length(max = 253), regex(pattern = NAME))]
    pub secret_name: Option<String>,
    /// What issues the certificate, of cert-manager and of the whole cluster; the platform says which are allowed.
    #[schemars(length(max = 253), regex(pattern = NAME))]
    pub issuer: Option<String>,
    /// Answer plain HTTP with a redirect to HTTPS and let none through.
    #[serde(default = "yes")]
    pub redirect: bool,
}

/// How the gateway passes requests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Traffic {
    /// How often Kong tries another time; Kong's 5 unless set.
    #[schemars(range(min = 0, max = 10))]
    pub retries: Option<i32>,
    /// How long one read and one write may take; Kong's 60s unless set.
    #[schemars(
        with = "Option<String>",
        length(max = 16),
        regex(pattern = WAIT),
        extend("x-kubernetes-validations" = of_wait("timeout", "1h"))
    )]
    pub timeout: Option<Wait>,
    /// How long it may take to connect; Kong's 60s unless set.
    #[schemars(
        with = "Option<String>",
        length(max = 16),
        regex(pattern = WAIT),
        extend("x-kubernetes-validations" = of_wait("connectTimeout", "10m"))
    )]
    pub connect_timeout: Option<Wait>,
}

/// The rules over the plugins and the consumers of a route.
///
/// Of two plugins of one type on a route Kong refuses its whole configuration. A plugin whose Secret is missing is dropped
/// and its route kept, so what guards has its configuration in the spec.
pub(in crate::paths) fn rules() -> Value {
    let some = "has(self.consumers) && size(self.consumers) > 0";
    json!([
        {"rule": "!has(self.plugins) || self.plugins.all(p, self.plugins.exists_one(q, q.type == p.type))",
         "message": "Kong takes one plugin of a type on a route"},
        {"rule": "!has(self.plugins) || self.plugins.all(p, !has(p.configSecretRef) || (!has(p.config) && p.type in ['datadog', 'file-log', 'http-log', 'kafka-log', 'loggly', 'opentelemetry', 'prometheus', 'statsd', 'syslog', 'tcp-log', 'udp-log', 'zipkin']))",
         "message": "configSecretRef is for logging and tracing plugins, and replaces config; a plugin that guards the route has its config here (Kong resolves references such as {vault://env/name} in it)"},
        {"rule": format!("!({some}) || (has(self.plugins) && self.plugins.exists(p, p.type == 'key-auth'))"),
         "message": "consumers have API keys, so plugins needs key-auth"},
        {"rule": format!("!({some}) || !has(self.plugins) || !self.plugins.exists(p, p.type == 'acl')"),
         "message": "the acl plugin is made from consumers; list one or the other"},
    ])
}

/// What is written in another way is refused for that alone.
fn of_wait(name: &str, most: &str) -> Value {
    json!([{"rule": format!("size(self) > 16 || !self.matches('{WAIT}') || (duration(self) >= duration('1ms') && duration(self) <= duration('{most}'))"),
            "message": format!("{name} is between 1ms and {most}")}])
}

fn config(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "maxProperties": 64,
        "x-kubernetes-preserve-unknown-fields": true,
    })
}

fn yes() -> bool {
    true
}

impl Default for Tls {
    fn default() -> Self {
        Self { enabled: false, secret_name: None, issuer: None, redirect: true }
    }
}
