//! The XR, as its users write it.

mod database;
mod defaults;
mod env;
mod files;
mod ingress;
mod monitoring;
mod network;
mod parts;
mod probes;
mod release;
mod resources;
mod rules;
mod scaling;
mod secrets;
mod status;

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::condition::ConditionKind;

pub use database::{Backup, Database, DatabaseReference, Deletion, Storage, Upgrade};
use defaults::{one, usual_port};
pub use env::{EnvVar, KeyReference};
pub use files::{EmptyDir, File, Medium};
pub use ingress::Ingress;
pub use monitoring::{Alerting, Monitoring, Objectives};
pub use network::{Application, Destination, Network, NetworkMode};
pub use parts::{
    Availability, DisruptionBudget, Lifecycle, Priority, Security, Strategy, StrategyType, TopologySpread,
};
pub use probes::{Probe, ProbeType, Probes};
pub use release::Release;
pub use resources::{Limits, Requests, Resources};
pub use scaling::{Scaling, Trigger, TriggerType};
pub use secrets::{KeyMapping, Secret};
pub use status::{AppStatus, DatabaseStatus, Effective, Phase, Rollout, RolloutState};

/// A stateless workload: a web app that serves a port, or a worker without one.
#[derive(CustomResource, Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "goldenpath.io",
    version = "v1alpha1",
    kind = "GoldenPathApp",
    doc = "A stateless workload that serves a port, or works without one.",
    namespaced,
    status = "AppStatus",
    derive = "PartialEq",
    shortname = "gpapp",
    category = "goldenpath",
    scale(
        spec_replicas_path = ".spec.replicas",
        status_replicas_path = ".status.replicas",
        label_selector_path = ".status.selector"
    ),
    validation = kube::core::Rule::new("self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')")
        .message("metadata.name must be a DNS-1035 label (it becomes the name of a Service)"),
    validation = kube::core::Rule::new("!has(self.spec.secrets) || !has(self.spec.database) || !has(self.spec.database.enabled) || !self.spec.database.enabled || ![self.metadata.name + '-db'].exists(name, self.spec.secrets.exists(s, s.name == name))")
        .message("the Secret NAME-db is the database's while spec.database.enabled is true"),
    printcolumn = r#"{"name":"Phase","type":"string","jsonPath":".status.phase"}"#,
    printcolumn = r#"{"name":"Up","type":"string","jsonPath":".status.replicaSummary"}"#,
    printcolumn = r#"{"name":"URL","type":"string","jsonPath":".status.url"}"#,
    printcolumn = r#"{"name":"Problem","type":"string","jsonPath":".status.problems[0].message","priority":1}"#,
    printcolumn = r#"{"name":"Image","type":"string","jsonPath":".status.image","priority":1}"#
)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = rules::of_spec()))]
pub struct AppSpec {
    /// Web gets a Service for its port; a Worker gets none.
    #[serde(default)]
    pub kind: WorkloadKind,
    /// The container image, by digest or by a tag that never moves.
    #[schemars(length(min = 1, max = 512), regex(pattern = r"^[A-Za-z0-9][^\s]*$"))]
    pub image: String,
    /// The port that the container listens on; for a Worker, the port of its probes.
    #[serde(default = "usual_port")]
    #[schemars(range(min = 1024, max = 65535))]
    pub port: i32,
    /// The protocol of the port; probes use it, too.
    #[serde(default)]
    pub protocol: Protocol,
    /// Pull secrets of this namespace, in addition to the platform's.
    #[schemars(
        length(max = 8),
        inner(length(max = 253), regex(pattern = r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$")),
        extend("x-kubernetes-list-type" = "set")
    )]
    pub image_pull_secrets: Option<Vec<String>>,
    /// What runs once for each new image or command before the pods follow, such as a migration. It has their variables,
    /// files and rights.
    pub release: Option<Release>,
    /// The number of pods; ignored while scaling.enabled is true.
    #[serde(default = "one")]
    #[schemars(range(min = 0, max = 200))]
    pub replicas: i32,
    /// Scale to zero, and keep everything else.
    #[serde(default)]
    pub suspend: bool,
    /// The command, in place of the image's entry point.
    #[schemars(length(max = 32), inner(length(max = 4096)))]
    pub command: Option<Vec<String>>,
    /// The arguments, in place of the image's own.
    #[schemars(length(max = 64), inner(length(max = 4096)))]
    pub args: Option<Vec<String>>,
    /// Environment variables.
    #[schemars(length(max = 128), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    pub env: Option<Vec<EnvVar>>,
    /// Secrets of the platform's secret store, each copied into a Secret of the namespace. Their keys are environment
    /// variables, later ones over earlier ones and `env` over all of them; with a mountPath they are files.
    #[schemars(length(max = 32), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    pub secrets: Option<Vec<Secret>>,
    /// Files and folders that the container gets.
    #[schemars(length(max = 32), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["mountPath"]))]
    pub files: Option<Vec<File>>,
    /// Requests and limits. What is unset is filled in to fit the rest: requests 100m and 256Mi or the limit, limits 500m and
    /// 512Mi or the request.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub resources: Resources,
    /// Health probes.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub probes: Probes,
    /// How pods are terminated.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub lifecycle: Lifecycle,
    /// How a change is rolled out.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub strategy: Strategy,
    /// Autoscaling: how the number of pods follows the load.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub scaling: Scaling,
    /// How the app stays available while nodes come and go.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub availability: Availability,
    /// Who reaches the pods, and whom they reach.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub network: Network,
    /// The way through the gateway to the app.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub ingress: Ingress,
    /// The database of the app.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub database: Database,
    /// Metrics and alerts.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub monitoring: Monitoring,
    /// What the container may do.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub security: Security,
}

/// The kinds of workloads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "said by the field; docs would make the schema a oneOf")]
pub enum WorkloadKind {
    #[default]
    Web,
    Worker,
}

/// The protocols of a port.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, strum::IntoStaticStr,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
#[allow(missing_docs, reason = "the protocols' names; docs would make the schema a oneOf")]
pub enum Protocol {
    #[default]
    Http,
    Grpc,
}

// === impl GoldenPathApp ===

impl GoldenPathApp {
    /// Whether its status says a condition: what is not said of an XR any more stays on it.
    pub(in crate::paths::app) fn has_said(&self, condition: ConditionKind) -> bool {
        self.status.as_ref().is_some_and(|status| status.says(condition.name))
    }
}
