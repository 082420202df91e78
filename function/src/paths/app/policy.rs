//! The platform's choices for apps: the part `app` of its input.

mod engine_version;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::paths::app::api::{NetworkMode, Priority};
use crate::paths::database::policy::PerEngine;
use crate::platform::{ObjectName, Part, Policy};
pub use engine_version::EngineVersion;

/// The platform's choices for apps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AppPolicy {
    /// Secrets that every image is pulled with, besides those of the spec; each namespace has its own of these names.
    pub image_pull_secrets: Vec<String>,
    /// The annotations that an app may give its service account.
    pub service_account_annotations: Vec<String>,
    /// The most that `/tmp` may hold.
    pub tmp_size: Size,
    /// The priority class of each priority; pods of one without a class have none.
    pub priority_classes: PriorityClasses,
    /// Where programs send traces and metrics to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otlp_endpoint: Option<Endpoint>,
    /// Whether the network of an app is managed that does not say.
    pub network_mode: NetworkMode,
    /// Engine version of databases that are made for an app which names none. One that is made keeps it.
    pub database_versions: PerEngine<EngineVersion>,
    /// Of monitors and alerts.
    pub monitoring: MonitoringPolicy,
}

/// The platform's choices for monitors and alerts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct MonitoringPolicy {
    /// Labels by which Prometheus finds what it reads: `{release: kube-prometheus-stack}`.
    pub labels: BTreeMap<String, String>,
    /// Where runbooks are, before the names of alerts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runbook_base: Option<Endpoint>,
}

/// Priority classes by priority.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PriorityClasses {
    /// Of what may go first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<ObjectName>,
    /// Of what does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub medium: Option<ObjectName>,
    /// Of what goes last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<ObjectName>,
}

/// An amount of disk in whole units, e.g. `1Gi`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Size(String);

/// The address of a service, e.g. `http://collector.observability:4317`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Endpoint(String);

// === impl AppPolicy ===

impl Policy for AppPolicy {
    const PART: Option<Part> = Some(Part { key: "app", former: &[] });
}

impl Default for AppPolicy {
    fn default() -> Self {
        Self {
            image_pull_secrets: Vec::new(),
            service_account_annotations: Vec::new(),
            tmp_size: Size::default(),
            priority_classes: PriorityClasses::default(),
            otlp_endpoint: None,
            network_mode: NetworkMode::Open,
            database_versions: engine_version::usual(),
            monitoring: MonitoringPolicy::default(),
        }
    }
}

// === impl MonitoringPolicy ===

impl MonitoringPolicy {
    /// The runbook of an alert.
    pub(super) fn runbook(&self, alert: &str) -> Option<String> {
        let Endpoint(base) = self.runbook_base.as_ref()?;
        Some(format!("{}/{alert}", base.trim_end_matches('/')))
    }
}

// === impl PriorityClasses ===

impl PriorityClasses {
    pub(super) fn of(&self, priority: Priority) -> Option<String> {
        let class = match priority {
            Priority::Low => &self.low,
            Priority::Medium => &self.medium,
            Priority::High => &self.high,
        };
        class.clone().map(Into::into)
    }
}

// === impl Size ===

impl Default for Size {
    fn default() -> Self {
        Self("1Gi".to_owned())
    }
}

impl TryFrom<String> for Size {
    type Error = &'static str;

    fn try_from(given: String) -> Result<Self, Self::Error> {
        let number = ["Mi", "Gi", "Ti"].into_iter().find_map(|unit| given.strip_suffix(unit));
        if number.and_then(|number| number.parse::<u32>().ok()).is_some_and(|number| number > 0) {
            Ok(Self(given))
        } else {
            Err("an amount such as 512Mi or 1Gi is expected")
        }
    }
}

impl From<Size> for String {
    fn from(size: Size) -> Self {
        size.0
    }
}

// === impl Endpoint ===

impl Endpoint {
    /// The namespace of a Service of the cluster: `collector.observability`, `collector.observability.svc`.
    pub(super) fn namespace(&self) -> Option<&str> {
        let host = self.0.split("://").nth(1)?.split(['/', ':']).next()?;
        match host.split('.').collect::<Vec<_>>()[..] {
            [_, namespace] | [_, namespace, "svc", ..] => Some(namespace),
            _ => None,
        }
    }
}

impl TryFrom<String> for Endpoint {
    type Error = &'static str;

    fn try_from(given: String) -> Result<Self, Self::Error> {
        let rest = given.strip_prefix("http://").or_else(|| given.strip_prefix("https://"));
        let is_address =
            rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(|c: char| c.is_whitespace()));
        if is_address { Ok(Self(given)) } else { Err("an address such as http://collector:4317 is expected") }
    }
}

impl From<Endpoint> for String {
    fn from(endpoint: Endpoint) -> Self {
        endpoint.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("512Mi", true)]
    #[case("1Gi", true)]
    #[case("0Gi", false)]
    #[case("1G", false)]
    #[case("lots", false)]
    fn sizes_are_whole_and_not_zero(#[case] given: &str, #[case] valid: bool) {
        assert_eq!(Size::try_from(given.to_owned()).is_ok(), valid);
    }

    #[rstest]
    #[case("http://collector.observability:4317", true)]
    #[case("https://otlp.example.org", true)]
    #[case("collector:4317", false)]
    #[case("http://", false)]
    #[case("http://a b", false)]
    fn endpoints_have_a_scheme(#[case] given: &str, #[case] valid: bool) {
        assert_eq!(Endpoint::try_from(given.to_owned()).is_ok(), valid);
    }

    #[rstest]
    #[case("http://collector.observability:4317", Some("observability"))]
    #[case("http://collector.observability.svc.cluster.local:4317/v1", Some("observability"))]
    #[case("https://otlp.eu.example.org", None)]
    #[case("http://10.0.0.1:4317", None)]
    #[case("http://collector:4317", None)]
    fn a_service_of_the_cluster_has_a_namespace(#[case] given: &str, #[case] namespace: Option<&str>) {
        assert_eq!(Endpoint::try_from(given.to_owned()).unwrap().namespace(), namespace);
    }
}
