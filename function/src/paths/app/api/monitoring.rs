//! Metrics and alerts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::defaults::{half_a_minute_in_words, metrics};

/// Metrics and alerts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Monitoring {
    /// Have Prometheus read the metrics of the pods.
    #[serde(default)]
    pub enabled: bool,
    /// The port of the metrics; spec.port unless set.
    #[schemars(range(min = 1, max = 65535))]
    pub port: Option<i32>,
    /// Their path.
    #[serde(default = "metrics")]
    #[schemars(length(max = 512), regex(pattern = r"^/[^\s]*$"))]
    pub path: String,
    /// How often they are read.
    #[serde(default = "half_a_minute_in_words")]
    #[schemars(length(max = 8), regex(pattern = r"^[1-9][0-9]{0,3}(s|m)$"))]
    pub interval: String,
    /// Alerts.
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub alerting: Alerting,
}

/// Alerts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [
    {"rule": "(has(self.enabled) && self.enabled) || !has(self.slo)",
     "message": "objectives are watched by alerts: set enabled to true"},
]))]
pub struct Alerting {
    /// Alert when the app is down, ends again and again, stalls or is at its limits.
    #[serde(default)]
    pub enabled: bool,
    /// The channel of Slack that alerts go to; a label of each alert, for Alertmanager's routes.
    #[schemars(length(max = 81), regex(pattern = r"^#[a-z0-9._-]+$"))]
    pub slack_channel: Option<String>,
    /// What to do about an alert; the platform's runbook unless set.
    #[serde(rename = "runbookURL")]
    #[schemars(length(max = 512), regex(pattern = r"^https?://[^\s]+$"))]
    pub runbook_url: Option<String>,
    /// Objectives, measured at the gateway.
    pub slo: Option<Objectives>,
}

/// Objectives.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Objectives {
    /// Requests that do not fail, in percent of all in 30 days, e.g. "99.9".
    #[schemars(length(max = 6), regex(pattern = r"^[0-9]{2}(\.[0-9]{1,3})?$"))]
    pub availability: Option<String>,
    /// The time in which 99 of 100 requests are answered.
    #[schemars(range(min = 1, max = 600_000))]
    pub latency_p99_milliseconds: Option<i32>,
}

impl Default for Monitoring {
    fn default() -> Self {
        Self {
            enabled: false,
            port: None,
            path: metrics(),
            interval: half_a_minute_in_words(),
            alerting: Alerting::default(),
        }
    }
}
