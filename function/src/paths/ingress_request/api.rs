//! The XR, as its users write it.

mod status;

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::paths::gateway::api::{self, Consumer, Host, Plugin, RoutePath, Tls, Traffic};
pub use status::{Conflict, IngressRequestStatus, Phase};

/// A way through the gateway to a Service of the namespace, with the plugins that guard it.
#[derive(CustomResource, Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "goldenpath.io",
    version = "v1alpha1",
    kind = "IngressRequest",
    doc = "A way through the gateway to a Service of the namespace, with the plugins that guard it.",
    namespaced,
    status = "IngressRequestStatus",
    derive = "PartialEq",
    shortname = "gping",
    category = "goldenpath",
    validation = kube::core::Rule::new("self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')")
        .message("metadata.name must be a DNS-1035 label (it becomes the name of a Service)"),
    validation = kube::core::Rule::new("self.spec.service.name != self.metadata.name + '-gw'")
        .message("spec.service.name must not be this request's own Service (NAME-gw)"),
    printcolumn = r#"{"name":"Phase","type":"string","jsonPath":".status.phase"}"#,
    printcolumn = r#"{"name":"URL","type":"string","jsonPath":".status.url"}"#,
    printcolumn = r#"{"name":"Service","type":"string","jsonPath":".spec.service.name"}"#,
    printcolumn = r#"{"name":"Guards","type":"string","jsonPath":".status.guards"}"#,
    printcolumn = r#"{"name":"Address","type":"string","jsonPath":".status.address","priority":1}"#,
    printcolumn = r#"{"name":"Problem","type":"string","jsonPath":".status.problems[0].message","priority":1}"#
)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = api::rules()))]
pub struct IngressRequestSpec {
    /// Host name; no wildcards, so that a conflict can be told.
    #[schemars(with = "String", length(max = 253), regex(pattern = api::HOST))]
    pub host: Host,
    /// Path: whole segments, as pathType says, of letters, digits, - _ . only.
    #[serde(default)]
    #[schemars(with = "String", length(max = 512), regex(pattern = api::PATH))]
    pub path: RoutePath,
    /// Prefix for the path and what is below it, Exact for the path alone.
    #[serde(default)]
    pub path_type: PathType,
    /// Class of the gateway; as the platform says unless set.
    #[schemars(length(max = 63), regex(pattern = api::CLASS))]
    pub class_name: Option<String>,
    /// Take path off before the Service sees the request; never done for grpc.
    #[serde(default = "yes")]
    pub strip_path: bool,
    /// Where requests go.
    pub service: ServiceReference,
    /// Plugins of Kong. One that guards is there before anything is served.
    #[schemars(length(max = 16))]
    pub plugins: Option<Vec<Plugin>>,
    /// Who may call; each has an API key in the secret store.
    #[schemars(length(max = 32), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    pub consumers: Option<Vec<Consumer>>,
    /// How the gateway passes requests on.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub traffic: Traffic,
    /// Encryption on the way to the gateway.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub tls: Tls,
}

/// Names a port of a Service of the namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceReference {
    /// A Service of this namespace, with a selector.
    #[schemars(length(max = 63), regex(pattern = r"^[a-z]([-a-z0-9]*[a-z0-9])?$"))]
    pub name: String,
    /// A port of it.
    #[serde(default = "usual_port")]
    #[schemars(range(min = 1, max = 65535))]
    pub port: i32,
    /// The protocol that it speaks.
    #[serde(default)]
    pub protocol: Protocol,
}

/// Which paths are meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "said by the field; docs would make the schema a oneOf")]
pub enum PathType {
    #[default]
    Prefix,
    Exact,
}

/// The protocols of a Service.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, strum::IntoStaticStr,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
#[allow(missing_docs, reason = "the protocols' names; docs would make the schema a oneOf")]
pub enum Protocol {
    #[default]
    Http,
    Https,
    Grpc,
    Grpcs,
}

fn yes() -> bool {
    true
}

fn usual_port() -> i32 {
    8080
}
