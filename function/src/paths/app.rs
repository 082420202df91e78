//! `GoldenPathApp`: a stateless workload, hardened, spread and rolled out safely.

mod allowed;
pub mod api;
mod causes;
mod conditions;
mod container;
mod deployment;
mod disruption;
mod identity;
mod ingress;
mod monitoring;
mod network;
mod pod;
pub mod policy;
mod probes;
mod resources;
mod scaling;
mod secrets;
mod security;
mod service;
mod status;
mod telemetry;
mod volumes;

use std::borrow::Cow;

use crate::composition::Composition;
use crate::condition::{Condition, ConditionKind};
use crate::error::Error;
use crate::keys::{Family, Known};
use crate::observed::Observed;
use crate::path::GoldenPath;
use crate::paths::gateway;
use crate::platform::Platform;
use crate::rendering::Rendering;
use crate::xr::NAME;
use api::{AppStatus, GoldenPathApp};
use identity::Identity;
use policy::AppPolicy;
use secrets::Pods;

/// Key of the `ServiceAccount`.
pub const SERVICE_ACCOUNT: &str = "service-account";
/// Keys of the `ExternalSecret`s, by the names of their Secrets.
pub const EXTERNAL_SECRET: Family = Family::new("external-secret");
/// Key of the `Deployment`.
pub const DEPLOYMENT: &str = "deployment";
/// Key of the `Service`.
pub const SERVICE: &str = "service";
/// Key of the `HorizontalPodAutoscaler`.
pub const HPA: &str = "hpa";
/// Key of the `ScaledObject`.
pub const SCALED_OBJECT: &str = "scaled-object";
/// Key of the `PodDisruptionBudget`.
pub const PDB: &str = "pdb";
/// Key of the `NetworkPolicy`.
pub const NETWORK_POLICY: &str = "network-policy";
/// Key of the `ServiceMonitor`.
pub const SERVICE_MONITOR: &str = "service-monitor";
/// Key of the `PodMonitor`.
pub const POD_MONITOR: &str = "pod-monitor";
/// Key of the `PrometheusRule`.
pub const PROMETHEUS_RULE: &str = "prometheus-rule";

/// The golden path of apps.
#[derive(Debug)]
pub struct App;

// === impl App ===

impl GoldenPath for App {
    type Composite = GoldenPathApp;
    type Status = AppStatus;
    type Policy = AppPolicy;
    const KEYS: &'static [Known] = &[
        Known::Always(SERVICE_ACCOUNT),
        Known::Each(EXTERNAL_SECRET),
        Known::Always(DEPLOYMENT),
        Known::Optional(SERVICE),
        Known::Optional(HPA),
        Known::Optional(SCALED_OBJECT),
        Known::Optional(PDB),
        Known::Optional(NETWORK_POLICY),
        Known::Optional(SERVICE_MONITOR),
        Known::Optional(POD_MONITOR),
        Known::Optional(PROMETHEUS_RULE),
        Known::Each(gateway::PLUGIN),
        Known::Optional(gateway::PROBE_SERVICE),
        Known::Each(gateway::PROBE),
        Known::Each(gateway::INGRESS),
        Known::Each(gateway::CONSUMER),
        Known::Each(gateway::CONSUMER_KEY),
        Known::Each(gateway::CONSUMER_ACL),
        Known::Each(gateway::USAGE_GUARD),
        Known::Each(gateway::USAGE_DRAIN),
    ];
    const CONDITIONS: &'static [ConditionKind] = conditions::ALL;
    // A name of an object of an app is the app's with a word behind it, and a label has 63 characters.
    const MAX_NAME_LENGTH: u32 = 40;

    fn compose(
        xr: &GoldenPathApp,
        platform: &Platform<AppPolicy>,
        observed: Observed<'_>,
    ) -> Result<Composition, Error> {
        let identity = Identity::of(xr);
        let route = allowed::check(xr, &identity, platform)?;
        let pods = Pods::of(&xr.spec, observed);
        let composition = Composition::new()
            .with(SERVICE_ACCOUNT, &security::service_account(&xr.spec.security, &identity));
        let composition = secrets::compose(composition, &xr.spec, &identity, platform, observed);
        let composition = scaling::compose(composition, &xr.spec, &identity, observed);
        let composition = network::compose(composition, &xr.spec, &identity, platform);
        let composition = ingress::compose(composition, xr, &identity, route.as_ref(), platform, observed);
        let composition = service::compose(composition, &xr.spec, &identity, observed);
        Ok(monitoring::compose(composition, &xr.spec, &identity, &platform.policy)
            .with_gated(
                DEPLOYMENT,
                pods.gate(),
                &deployment::deployment(xr, &identity, &platform.policy, &pods, observed),
            )
            .with_optional(PDB, disruption::budget(&xr.spec, &identity).as_ref())
            .requiring(causes::lookup(&identity, observed))
            .with_problems(causes::problems(&identity, observed)))
    }

    fn report(
        xr: &GoldenPathApp,
        observed: Observed<'_>,
        rendering: &Rendering,
    ) -> (AppStatus, Vec<Condition>) {
        status::report(xr, observed, rendering)
    }

    fn field(_: &GoldenPathApp, key: &str, field: &str) -> Option<Cow<'static, str>> {
        let secret = EXTERNAL_SECRET.member(key).filter(|_| field == NAME)?;
        Some(format!(".spec.secrets[{secret}].name").into())
    }
}
