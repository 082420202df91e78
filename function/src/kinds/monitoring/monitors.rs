//! `ServiceMonitor` and `PodMonitor`, as far as golden paths speak them.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use kube::CustomResource;
use serde::{Deserialize, Serialize};

/// Has Prometheus read the metrics of what a Service selects.
#[derive(CustomResource, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "monitoring.coreos.com",
    version = "v1",
    kind = "ServiceMonitor",
    namespaced,
    schema = "disabled"
)]
#[serde(rename_all = "camelCase")]
pub struct ServiceMonitorSpec {
    /// The label of the Service that becomes the label `job`.
    pub job_label: String,
    /// Which Services.
    pub selector: LabelSelector,
    /// How they are read.
    pub endpoints: Vec<Endpoint>,
}

/// Has Prometheus read the metrics of pods.
#[derive(CustomResource, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(group = "monitoring.coreos.com", version = "v1", kind = "PodMonitor", namespaced, schema = "disabled")]
#[serde(rename_all = "camelCase")]
pub struct PodMonitorSpec {
    /// The label of the pods that becomes the label `job`.
    pub job_label: String,
    /// Which pods.
    pub selector: LabelSelector,
    /// How they are read.
    pub pod_metrics_endpoints: Vec<Endpoint>,
}

/// How metrics are read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Endpoint {
    /// The name of the port.
    pub port: String,
    /// The path.
    pub path: String,
    /// How often.
    pub interval: String,
    /// How long an answer may take.
    pub scrape_timeout: String,
}
