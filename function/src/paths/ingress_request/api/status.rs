//! The status of the XR, as its users read it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::problems::Problem;
use crate::rendering::ResourceStatus;

/// The status of an `IngressRequest`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct IngressRequestStatus {
    /// Phase of the route.
    pub phase: Option<Phase>,
    /// `metadata.generation` that this status describes.
    pub observed_generation: Option<i64>,
    /// e.g. 2/3 waiting for Ingress/shop
    pub progress: Option<String>,
    /// What is served, once it is.
    pub url: Option<String>,
    /// Where the gateway listens; the DNS record of the host points here.
    pub address: Option<String>,
    /// Plugins that guard the route, as the gateway has acknowledged them, e.g. key-auth,rate-limiting
    pub guards: Option<String>,
    /// Who has the host and path.
    pub conflict: Option<Conflict>,
    /// What is wrong, worst first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    pub problems: Vec<Problem>,
    /// The composed resources.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    pub resources: Vec<ResourceStatus>,
    /// Version of the function that wrote this status.
    pub function_version: Option<String>,
}

/// The phases of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "said by docs/golden-paths.md; docs would make the schema a oneOf")]
pub enum Phase {
    Pending,
    Progressing,
    Ready,
    Degraded,
    Failed,
    Terminating,
}

/// Another XR.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Conflict {
    /// Its kind.
    pub kind: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}
