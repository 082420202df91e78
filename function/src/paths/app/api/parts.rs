//! The parts of the spec.

use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::defaults::{five_minutes, half_a_minute, one, seventy, ten, yes};

/// One variable of the environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "(has(self.value) ? 1 : 0) + (has(self.fieldPath) ? 1 : 0) + (has(self.secretKeyRef) ? 1 : 0) + (has(self.configMapKeyRef) ? 1 : 0) == 1",
     "message": "exactly one of value, fieldPath, secretKeyRef, configMapKeyRef"},
]))]
pub struct EnvVar {
    /// Its name.
    #[schemars(length(max = 253), regex(pattern = r"^[A-Za-z_][A-Za-z0-9_.-]*$"))]
    pub name: String,
    /// Its value.
    #[schemars(length(max = 32768))]
    pub value: Option<String>,
    /// The field of the pod that it is of, e.g. status.podIP.
    #[schemars(
        length(max = 253),
        regex(
            pattern = r"^(metadata\.(name|namespace|uid)|metadata\.(labels|annotations)\['[A-Za-z0-9./_-]+'\]|spec\.(nodeName|serviceAccountName)|status\.(hostIPs?|podIPs?))$"
        )
    )]
    pub field_path: Option<String>,
    /// The key of a Secret of this namespace that it is of.
    pub secret_key_ref: Option<KeyReference>,
    /// The key of a config map of this namespace that it is of.
    pub config_map_key_ref: Option<KeyReference>,
}

/// Names a key of a Secret or config map of this namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeyReference {
    /// The object's name.
    #[schemars(length(max = 253), regex(pattern = r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub name: String,
    /// The key.
    #[schemars(length(min = 1, max = 253), regex(pattern = r"^[-._a-zA-Z0-9]+$"))]
    pub key: String,
}

/// What a pod is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "!has(self.requests) || !has(self.limits) || !has(self.requests.memory) || !has(self.limits.memory) || quantity(self.requests.memory).compareTo(quantity(self.limits.memory)) <= 0",
     "message": "the memory request must not exceed the limit"},
    {"rule": "!has(self.requests) || !has(self.limits) || !has(self.requests.cpu) || !has(self.limits.cpu) || self.limits.cpu == '' || quantity(self.requests.cpu).compareTo(quantity(self.limits.cpu)) <= 0",
     "message": "the cpu request must not exceed the limit"},
    {"rule": "(!has(self.requests) || !has(self.requests.memory) || quantity(self.requests.memory).compareTo(quantity('4Mi')) >= 0) && (!has(self.limits) || !has(self.limits.memory) || quantity(self.limits.memory).compareTo(quantity('4Mi')) >= 0)",
     "message": "memory is at least 4Mi; write 512Mi"},
    {"rule": "!has(self.limits) || !has(self.limits.cpu) || self.limits.cpu == '' || quantity(self.limits.cpu).compareTo(quantity('1m')) >= 0",
     "message": "the cpu limit is at least 1m; an empty string means no limit"},
]))]
pub struct Resources {
    /// What is kept free for it.
    pub requests: Option<Requests>,
    /// What it is held to.
    pub limits: Option<Limits>,
}

/// What is kept free for a pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Requests {
    /// 100m unless set, or the limit where that is less.
    #[schemars(length(max = 16), regex(pattern = r"^[0-9]+(\.[0-9]+)?m?$"))]
    pub cpu: Option<String>,
    /// 256Mi unless set, or the limit where that is less.
    #[schemars(length(max = 16), regex(pattern = r"^[0-9]+(\.[0-9]+)?([KMGTPE]i|[kMGTPE])?$"))]
    pub memory: Option<String>,
}

/// What a pod is held to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Limits {
    /// 500m unless set, or the request where that is more; an empty string means no limit.
    #[schemars(length(max = 16), regex(pattern = r"^([0-9]+(\.[0-9]+)?m?)?$"))]
    pub cpu: Option<String>,
    /// 512Mi unless set, or the request where that is more.
    #[schemars(length(max = 16), regex(pattern = r"^[0-9]+(\.[0-9]+)?([KMGTPE]i|[kMGTPE])?$"))]
    pub memory: Option<String>,
}

/// How health is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Probes {
    /// Whether a pod gets traffic; of a Web app always asked, by its port unless set.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub readiness: Probe,
    /// Whether a container is restarted; never unless set.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub liveness: Probe,
    /// Whether a container has started, before which the others are not asked; not asked unless set.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub startup: Probe,
}

/// One question to a container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "!has(self.path) || self.type in ['Default', 'HTTP']",
     "message": "a path is asked for by HTTP"},
    {"rule": "self.type != 'None' || !(has(self.path) || has(self.port) || has(self.initialDelaySeconds) || has(self.periodSeconds) || has(self.timeoutSeconds) || has(self.failureThreshold))",
     "message": "a probe of type None has no other fields"},
]))]
pub struct Probe {
    /// Default is HTTP where there is a path, else what the protocol offers: a TCP connection, or the health service of
    /// gRPC.
    #[serde(default)]
    pub r#type: ProbeType,
    /// The path of HTTP; / unless set.
    #[schemars(length(max = 512), regex(pattern = r"^/[^\s]*$"))]
    pub path: Option<String>,
    /// The port; spec.port unless set.
    #[schemars(range(min = 1, max = 65535))]
    pub port: Option<i32>,
    /// Seconds before it is asked first; none unless set.
    #[schemars(range(min = 0, max = 3600))]
    pub initial_delay_seconds: Option<i32>,
    /// Seconds from one to the next; 10 unless set.
    #[schemars(range(min = 1, max = 3600))]
    pub period_seconds: Option<i32>,
    /// Seconds after which no answer is a failure; 1 unless set.
    #[schemars(range(min = 1, max = 300))]
    pub timeout_seconds: Option<i32>,
    /// Failures in a row that count; 3 unless set.
    #[schemars(range(min = 1, max = 240))]
    pub failure_threshold: Option<i32>,
}

/// How a container is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "told by the field; docs would make the schema a oneOf")]
pub enum ProbeType {
    #[default]
    Default,
    #[serde(rename = "HTTP")]
    Http,
    #[serde(rename = "TCP")]
    Tcp,
    #[serde(rename = "GRPC")]
    Grpc,
    None,
}

/// How a pod ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "!has(self.preStopSleepSeconds) || self.preStopSleepSeconds < self.terminationGracePeriodSeconds",
     "message": "preStopSleepSeconds must be shorter than terminationGracePeriodSeconds"},
]))]
pub struct Lifecycle {
    /// Seconds until a pod that is asked to end is killed.
    #[serde(default = "half_a_minute")]
    #[schemars(range(min = 1, max = 600))]
    pub termination_grace_period_seconds: i64,
    /// Seconds that a pod goes on serving before it is asked to end, so that nobody is sent to it any more; 5 unless set,
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
    /// Pods, or percent of them, that there may be besides; 25% unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "int_or_percent")]
    pub max_surge: Option<IntOrString>,
    /// Pods, or percent of them, that may be missing meanwhile; 0 unless set.
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

/// How the number of pods follows their load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "!has(self.enabled) || !self.enabled || self.minReplicas <= self.maxReplicas",
     "message": "spec.scaling.minReplicas must not exceed maxReplicas"},
]))]
pub struct Scaling {
    /// Let an autoscaler say how many there are.
    #[serde(default)]
    pub enabled: bool,
    /// The fewest.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 200))]
    pub min_replicas: i32,
    /// The most.
    #[serde(default = "ten")]
    #[schemars(range(min = 1, max = 200))]
    pub max_replicas: i32,
    /// Percent of the requested CPU that pods are to use.
    #[serde(default = "seventy", rename = "targetCPUUtilization")]
    #[schemars(range(min = 1, max = 100))]
    pub target_cpu_utilization: i32,
    /// Percent of the requested memory that pods are to use; not looked at unless set.
    #[schemars(range(min = 1, max = 100))]
    pub target_memory_utilization: Option<i32>,
    /// Seconds of less load before there are fewer.
    #[serde(default = "five_minutes")]
    #[schemars(range(min = 0, max = 3600))]
    pub scale_down_stabilization_seconds: i32,
}

/// How an app stays up while nodes come and go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Availability {
    /// Auto lets nodes be emptied one pod at a time, wherever there may be more than one.
    #[serde(default)]
    pub pod_disruption_budget: DisruptionBudget,
    /// Spread pods over zones and nodes: where possible, always, or not at all.
    #[serde(default)]
    pub topology_spread: TopologySpread,
}

/// Whether there is a disruption budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "told by the field; docs would make the schema a oneOf")]
pub enum DisruptionBudget {
    #[default]
    Auto,
    Disabled,
}

/// How strictly pods are spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "told by the field; docs would make the schema a oneOf")]
pub enum TopologySpread {
    #[default]
    Soft,
    Hard,
    None,
}

/// What a container may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Security {
    /// The user that it runs as; the image's unless set, which must be a number and not 0.
    #[schemars(range(min = 1, max = 2_147_483_647_i64))]
    pub run_as_user: Option<i64>,
    /// Refuse to write to the image's own files.
    #[serde(default = "yes")]
    pub read_only_root_filesystem: bool,
    /// Give it a directory /tmp that it may write to, up to 1Gi.
    #[serde(default = "yes")]
    pub writable_tmp: bool,
    /// Give it a token of its service account, for the API of Kubernetes.
    #[serde(default)]
    pub automount_service_account_token: bool,
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
