//! Autoscaling.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::defaults::{five_minutes, one, seventy, ten};
use super::rules;

/// How the number of pods follows the load.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "!has(self.enabled) || !self.enabled || self.minReplicas <= self.maxReplicas",
     "message": "spec.scaling.minReplicas must not exceed maxReplicas"},
    {"rule": "!has(self.enabled) || !self.enabled || self.minReplicas > 0 || (has(self.triggers) && size(self.triggers) > 0)",
     "message": "scaling to zero (minReplicas 0) needs at least one entry in spec.scaling.triggers"},
]))]
pub struct Scaling {
    /// Let an autoscaler set the number of pods.
    #[serde(default)]
    pub enabled: bool,
    /// The fewest pods; with triggers it may be 0.
    #[serde(default = "one")]
    #[schemars(range(min = 0, max = 200))]
    pub min_replicas: i32,
    /// The most pods.
    #[serde(default = "ten")]
    #[schemars(range(min = 1, max = 200))]
    pub max_replicas: i32,
    /// Target CPU use, in percent of the request.
    #[serde(default = "seventy", rename = "targetCPUUtilization")]
    #[schemars(range(min = 1, max = 100))]
    pub target_cpu_utilization: i32,
    /// Target memory use, in percent of the request; ignored unless set.
    #[schemars(range(min = 1, max = 100))]
    pub target_memory_utilization: Option<i32>,
    /// Seconds of lower load before pods are removed.
    #[serde(default = "five_minutes")]
    #[schemars(range(min = 0, max = 3600))]
    pub scale_down_stabilization_seconds: i32,
    /// Events by which KEDA scales, besides CPU and memory.
    #[schemars(length(max = 8))]
    pub triggers: Option<Vec<Trigger>>,
}

/// One source of events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Trigger {
    /// Its type.
    pub r#type: TriggerType,
    /// What KEDA asks for of its type.
    #[schemars(extend("maxProperties" = 32), inner(length(max = 4096)))]
    pub metadata: BTreeMap<String, String>,
    /// The `TriggerAuthentication` of this namespace with the credentials.
    #[schemars(length(max = 253), regex(pattern = rules::NAME))]
    pub authentication_ref: Option<String>,
}

/// The types of triggers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, strum::IntoStaticStr)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
#[allow(missing_docs, reason = "KEDA's names; docs would make the schema a oneOf")]
pub enum TriggerType {
    Prometheus,
    Kafka,
    AwsSqsQueue,
    Rabbitmq,
    Cron,
}

impl Default for Scaling {
    fn default() -> Self {
        Self {
            enabled: false,
            min_replicas: one(),
            max_replicas: ten(),
            target_cpu_utilization: seventy(),
            target_memory_utilization: None,
            scale_down_stabilization_seconds: five_minutes(),
            triggers: None,
        }
    }
}
