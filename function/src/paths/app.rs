//! `GoldenPathApp`: a stateless workload, hardened, spread and rolled out safely.

pub mod api;
mod causes;
mod conditions;
mod container;
mod deployment;
mod disruption;
mod identity;
mod pod;
pub mod policy;
mod probes;
mod resources;
mod scaling;
mod security;
mod service;
mod status;

use std::borrow::Cow;

use crate::composition::Composition;
use crate::condition::{Condition, ConditionKind};
use crate::error::Error;
use crate::keys::Known;
use crate::observed::Observed;
use crate::path::GoldenPath;
use crate::platform::Platform;
use crate::rendering::Rendering;
use api::{AppStatus, GoldenPathApp};
use identity::Identity;
use policy::AppPolicy;

/// Key of the `ServiceAccount`.
pub const SERVICE_ACCOUNT: &str = "service-account";
/// Key of the `Deployment`.
pub const DEPLOYMENT: &str = "deployment";
/// Key of the `Service`.
pub const SERVICE: &str = "service";
/// Key of the `HorizontalPodAutoscaler`.
pub const HPA: &str = "hpa";
/// Key of the `PodDisruptionBudget`.
pub const PDB: &str = "pdb";

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
        Known::Always(DEPLOYMENT),
        Known::Optional(SERVICE),
        Known::Optional(HPA),
        Known::Optional(PDB),
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
        Ok(Composition::new()
            .with(SERVICE_ACCOUNT, &security::service_account(&identity))
            .with(DEPLOYMENT, &deployment::deployment(xr, &identity, &platform.policy, observed))
            .with_optional(SERVICE, service::service(&xr.spec, &identity).as_ref())
            .with_optional(HPA, scaling::autoscaler(&xr.spec, &identity).as_ref())
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

    fn field(_: &GoldenPathApp, _: &str, _: &str) -> Option<Cow<'static, str>> {
        None
    }
}
