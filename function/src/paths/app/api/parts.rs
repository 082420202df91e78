//! The other parts of the spec.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::defaults::{five_minutes, half_a_minute, yes};

/// How pods are terminated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "!has(self.preStopSleepSeconds) || self.preStopSleepSeconds < self.terminationGracePeriodSeconds",
     "message": "preStopSleepSeconds must be shorter than terminationGracePeriodSeconds"},
]))]
pub struct Lifecycle {
    /// Seconds from the termination signal until a pod is killed.
    #[serde(default = "half_a_minute")]
    #[schemars(range(min = 1, max = 600))]
    pub termination_grace_period_seconds: i64,
    /// Seconds that a pod goes on serving before the termination signal, until no requests are routed to it; 5 unless set,
    /// or as many as the grace period lets it.
    #[schemars(range(min = 0, max = 120))]
    pub pre_stop_sleep_seconds: Option<i64>,
}

/// How a change is rolled out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "!(has(self.maxSurge) && string(self.maxSurge) in ['0', '0%'] && (!has(self.maxUnavailable) || string(self.maxUnavailable) in ['0', '0%']))",
     "message": "maxSurge and maxUnavailable must not both be 0, and maxUnavailable is 0 unless set"},
    {"rule": "self.type == 'RollingUpdate' || !(has(self.maxSurge) || has(self.maxUnavailable))",
     "message": "maxSurge and maxUnavailable are of a RollingUpdate"},
]))]
pub struct Strategy {
    /// Recreate ends every pod before the first new one.
    #[serde(default)]
    pub r#type: StrategyType,
    /// Pods, or percent of them, above the wanted number; 25% unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "int_or_percent")]
    pub max_surge: Option<IntOrString>,
    /// Pods, or percent of them, that may be unavailable; 0 unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "int_or_percent")]
    pub max_unavailable: Option<IntOrString>,
    /// Seconds without progress after which a rollout is stalled.
    #[serde(default = "five_minutes")]
    #[schemars(range(min = 30, max = 3600))]
    pub progress_deadline_seconds: i32,
}

/// The ways to roll out.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, strum::IntoStaticStr,
)]
#[allow(missing_docs, reason = "Kubernetes' names; docs would make the schema a oneOf")]
pub enum StrategyType {
    #[default]
    RollingUpdate,
    Recreate,
}

/// How the app stays available while nodes come and go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Availability {
    /// Auto: nodes are drained one pod of the app at a time, if it may have more than one.
    #[serde(default)]
    pub pod_disruption_budget: DisruptionBudget,
    /// Which pods go first where nodes are full; the platform maps it to a priority class.
    #[serde(default)]
    pub priority: Priority,
    /// Spread pods over zones and nodes: where possible, always, or not at all.
    #[serde(default)]
    pub topology_spread: TopologySpread,
}

/// Whether there is a disruption budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "said by the field; docs would make the schema a oneOf")]
pub enum DisruptionBudget {
    #[default]
    Auto,
    Disabled,
}

/// How much the pods matter where there is no room for all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "said by the field; docs would make the schema a oneOf")]
pub enum Priority {
    Low,
    #[default]
    Medium,
    High,
}

/// How strictly pods are spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "said by the field; docs would make the schema a oneOf")]
pub enum TopologySpread {
    #[default]
    Soft,
    Hard,
    None,
}

/// What the container may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Security {
    /// The user id of the container; the image's unless set, which must be a number and not 0.
    #[schemars(range(min = 1, max = 2_147_483_647_i64))]
    pub run_as_user: Option<i64>,
    /// Make the image's file system read-only.
    #[serde(default = "yes")]
    pub read_only_root_filesystem: bool,
    /// Mount a writable /tmp of up to 1Gi.
    #[serde(default = "yes")]
    pub writable_tmp: bool,
    /// Mount the token of the service account, for the Kubernetes API.
    #[serde(default)]
    pub automount_service_account_token: bool,
    /// Annotations of the service account, such as the role of a cloud; the platform says which are allowed.
    #[schemars(extend("maxProperties" = 8), inner(length(max = 2048)))]
    pub service_account_annotations: Option<BTreeMap<String, String>>,
}

fn int_or_percent(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "x-kubernetes-int-or-string": true,
        "minimum": 0,
        "maximum": 200,
        "maxLength": 4,
        "pattern": "^([0-9]|[1-9][0-9]|100)%$",
    })
}

impl Default for Lifecycle {
    fn default() -> Self {
        Self { termination_grace_period_seconds: half_a_minute(), pre_stop_sleep_seconds: None }
    }
}

impl Default for Strategy {
    fn default() -> Self {
        Self {
            r#type: StrategyType::default(),
            max_surge: None,
            max_unavailable: None,
            progress_deadline_seconds: five_minutes(),
        }
    }
}

impl Default for Security {
    fn default() -> Self {
        Self {
            run_as_user: None,
            read_only_root_filesystem: true,
            writable_tmp: true,
            automount_service_account_token: false,
            service_account_annotations: None,
        }
    }
}
