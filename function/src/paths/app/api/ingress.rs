//! The way through the gateway.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::defaults::yes;
use crate::paths::gateway::api::{self, Consumer, Host, Plugin, RoutePath, Tls, Traffic};

/// The way through the gateway to the app.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules()))]
pub struct Ingress {
    /// Let requests in through the gateway.
    #[serde(default)]
    pub enabled: bool,
    /// Host name; no wildcards, so that a conflict can be told.
    #[schemars(with = "Option<String>", length(max = 253), regex(pattern = api::HOST))]
    pub host: Option<Host>,
    /// Path, with what is below it: whole segments of letters, digits, - _ . only.
    #[serde(default)]
    #[schemars(with = "String", length(max = 512), regex(pattern = api::PATH))]
    pub path: RoutePath,
    /// Class of the gateway; as the platform says unless set.
    #[schemars(length(max = 63), regex(pattern = api::CLASS))]
    pub class_name: Option<String>,
    /// Take path off before the app sees the request; never done for grpc.
    #[serde(default = "yes")]
    pub strip_path: bool,
    /// Encryption on the way to the gateway.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub tls: Tls,
    /// How the gateway passes requests on.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub traffic: Traffic,
    /// Plugins of Kong. One that guards is there before anything is served.
    #[schemars(length(max = 16))]
    pub plugins: Option<Vec<Plugin>>,
    /// Who may call; each has an API key in the secret store.
    #[schemars(length(max = 32), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    pub consumers: Option<Vec<Consumer>>,
}

fn rules() -> Value {
    let host = json!({
        "rule": "!has(self.enabled) || !self.enabled || has(self.host)",
        "message": "spec.ingress.host is required when ingress is enabled",
    });
    let mut rules = api::rules();
    if let Value::Array(rules) = &mut rules {
        rules.insert(0, host);
    }
    rules
}

impl Default for Ingress {
    fn default() -> Self {
        Self {
            enabled: false,
            host: None,
            path: RoutePath::default(),
            class_name: None,
            strip_path: true,
            tls: Tls::default(),
            traffic: Traffic::default(),
            plugins: None,
            consumers: None,
        }
    }
}
