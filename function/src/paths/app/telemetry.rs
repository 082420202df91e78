//! Where programs send what they trace and measure, in the variables that every SDK of OpenTelemetry reads.

use k8s_openapi::api::core::v1::EnvVar;

use crate::paths::app::identity::Identity;
use crate::paths::app::policy::AppPolicy;

/// The variables, where the platform has an endpoint.
pub(super) fn variables(identity: &Identity, policy: &AppPolicy) -> Vec<EnvVar> {
    let Some(endpoint) = &policy.otlp_endpoint else { return Vec::new() };
    let attributes = [
        ("service.namespace", Some(identity.namespace.as_str())),
        ("service.version", identity.version()),
        ("team", identity.team()),
    ];
    let attributes = attributes.into_iter().filter_map(|(key, value)| Some(format!("{key}={}", value?)));
    let attributes: Vec<_> = attributes.collect();
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.clone().into()),
        ("OTEL_SERVICE_NAME", identity.name.clone()),
        ("OTEL_RESOURCE_ATTRIBUTES", attributes.join(",")),
    ];
    let variable = |(name, value): (&str, String)| EnvVar {
        name: name.to_owned(),
        value: Some(value),
        value_from: None,
    };
    variables.map(variable).into()
}
