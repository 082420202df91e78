//! Health probes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Health probes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Probes {
    /// Whether a pod gets traffic; a Web app is probed on its port unless set.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub readiness: Probe,
    /// Whether a container is restarted; not probed unless set.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub liveness: Probe,
    /// Whether a container has started; the other probes wait for it. Not probed unless set.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub startup: Probe,
}

/// One probe of a container.
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
    /// The HTTP path; / unless set.
    #[schemars(length(max = 512), regex(pattern = r"^/[^\s]*$"))]
    pub path: Option<String>,
    /// The port; spec.port unless set.
    #[schemars(range(min = 1, max = 65535))]
    pub port: Option<i32>,
    /// Seconds before the first probe; none unless set.
    #[schemars(range(min = 0, max = 3600))]
    pub initial_delay_seconds: Option<i32>,
    /// Seconds between probes; 10 unless set.
    #[schemars(range(min = 1, max = 3600))]
    pub period_seconds: Option<i32>,
    /// Seconds until a probe times out; 1 unless set.
    #[schemars(range(min = 1, max = 300))]
    pub timeout_seconds: Option<i32>,
    /// Failures in a row until the probe has failed; 3 unless set.
    #[schemars(range(min = 1, max = 240))]
    pub failure_threshold: Option<i32>,
}

/// The ways to probe a container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "said by the field; docs would make the schema a oneOf")]
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
