//! `GoldenPathApp`: a stateless workload, hardened, spread and rolled out safely.

mod allowed;
pub mod api;
mod causes;
pub mod claim;
mod conditions;
mod container;
mod database;
mod deployment;
mod disruption;
mod identity;
mod ingress;
mod monitoring;
mod network;
mod pod;
pub mod policy;
mod probes;
mod release;
mod resources;
mod scaling;
pub(in crate::paths) mod secrets;
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
use database::Database;
use identity::Identity;
use policy::AppPolicy;
use release::Release;
use secrets::{Followed, Pods};

/// Key of the `ServiceAccount`.
pub const SERVICE_ACCOUNT: &str = "service-account";
/// Keys of the `ExternalSecret`s, by the names of their Secrets.
pub const EXTERNAL_SECRET: Family = Family::new("external-secret");
/// Keys of the `Job`s of releases, by what they run.
pub const RELEASE: Family = Family::new("release");
/// Key of the `Deployment`.
pub const DEPLOYMENT: &str = "deployment";
/// Key of the `GoldenPathDatabase`.
pub const DATABASE: &str = "database";
/// Key of the `ExternalSecret` of a database of another namespace.
pub const DATABASE_CREDENTIALS: &str = "database-credentials";
/// Key of the `NetworkPolicy` of the pods that use a database of another namespace.
pub const DATABASE_NETWORK_POLICY: &str = "database-network-policy";
/// Key of the `SecurityGroupPolicy` of the pods that use a database of another namespace.
pub const DATABASE_SECURITY_GROUP_POLICY: &str = "database-security-group-policy";
/// Key of the `Usage` of the app, while its database may not be deleted.
pub const USAGE_SELF: &str = "usage-self";
/// Key of the `Usage` of the database by the pods.
pub const USAGE_DATABASE: &str = "usage-database";
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
        Known::Optional(DATABASE),
        Known::Optional(DATABASE_CREDENTIALS),
        Known::Optional(DATABASE_NETWORK_POLICY),
        Known::Optional(DATABASE_SECURITY_GROUP_POLICY),
        Known::Optional(USAGE_SELF),
        Known::Optional(USAGE_DATABASE),
        Known::Each(RELEASE),
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
        let database = Database::of(&xr.spec, &identity, observed);
        let of_the_list = secrets::needed(&xr.spec, observed);
        let needed: Vec<_> = of_the_list.chain(database.as_ref().map(Database::needed)).collect();
        let release = Release::of(xr, &identity, observed);
        let pods = Pods::of(&needed, observed);
        let followed = Followed::of(&xr.spec, &identity, &needed);
        let hash = secrets::hash(&needed, &followed, observed);
        let template = deployment::template(xr, &identity, &platform.policy, database.as_ref(), hash);
        let composition = Composition::new()
            .with(SERVICE_ACCOUNT, &security::service_account(&xr.spec.security, &identity));
        let composition =
            secrets::compose(composition, &xr.spec, &needed, &followed, &identity, platform, observed);
        let composition = database::compose(composition, &xr.spec, &identity, platform, observed);
        let composition = scaling::compose(composition, &xr.spec, &identity, observed);
        let composition = network::compose(composition, &xr.spec, &identity, database.as_ref(), platform);
        let composition =
            release::compose(composition, release.as_ref(), &template, &pods, &identity, observed);
        let pods = pods.following(release.as_ref().and_then(Release::holds_pods), observed);
        let composition = ingress::compose(composition, xr, &identity, route.as_ref(), platform, observed);
        let composition = service::compose(composition, &xr.spec, &identity, observed);
        Ok(monitoring::compose(composition, &xr.spec, &identity, &platform.policy)
            .with_gated(
                DEPLOYMENT,
                pods.gate(),
                &deployment::deployment(xr, &identity, &pods, template, observed),
            )
            .with_optional(PDB, disruption::budget(&xr.spec, &identity).as_ref())
            .requiring(causes::lookup(&identity, observed))
            .requiring(release::lookup(release.as_ref(), &identity))
            .with_problems(causes::problems(&identity, observed))
            .with_problems(release::problems(release.as_ref(), observed)))
    }

    fn report(
        xr: &GoldenPathApp,
        observed: Observed<'_>,
        rendering: &Rendering,
    ) -> (AppStatus, Vec<Condition>) {
        status::report(xr, observed, rendering)
    }

    fn field(_: &GoldenPathApp, key: &str, field: &str) -> Option<Cow<'static, str>> {
        if key == DATABASE {
            return database::field(field);
        }
        let secret = EXTERNAL_SECRET.member(key).filter(|_| field == NAME)?;
        Some(format!(".spec.secrets[{secret}].name").into())
    }
}
