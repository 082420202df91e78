//! `IngressRequest`: a way through the gateway to a Service that somebody else makes.
//!
//! How requests are passed on is said on a Service, and the one that is asked for is not this XR's. So there is one of its own
//! with the same selector, to which the route leads.

pub mod api;
mod conditions;
mod ingress;
mod service;
mod status;
mod target;

use std::borrow::Cow;

use crate::composition::Composition;
use crate::condition::{Condition, ConditionKind};
use crate::error::Error;
use crate::keys::Known;
use crate::observed::Observed;
use crate::path::GoldenPath;
use crate::paths::gateway;
use crate::platform::{NoPolicy, Platform};
use crate::rendering::Rendering;
use api::{IngressRequest, IngressRequestStatus};
use target::Target;

/// Key of the `Service`.
pub const SERVICE: &str = "service";

/// The golden path of ways through the gateway.
#[derive(Debug)]
pub struct IngressRequests;

// === impl IngressRequests ===

impl GoldenPath for IngressRequests {
    type Composite = IngressRequest;
    type Status = IngressRequestStatus;
    type Policy = NoPolicy;
    const KEYS: &'static [Known] = &[
        Known::Always(SERVICE),
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
    // A name of an object of a route is the XR's with a word behind it, and a Service's has 63 characters.
    const MAX_NAME_LENGTH: u32 = 40;

    fn compose(
        xr: &IngressRequest,
        platform: &Platform<NoPolicy>,
        observed: Observed<'_>,
    ) -> Result<Composition, Error> {
        let route = ingress::route(xr, platform).map_err(|problems| Error::Refused { problems })?;
        let target = Target::of(xr, observed);
        let composition = service::compose(Composition::new(), xr, &target);
        let composition = ingress::with_subject(xr, |subject| {
            gateway::compose(composition, subject, Some(&route), platform, observed)
        });
        Ok(composition.requiring(target::lookups(xr, observed)).with_problems(target.problems(xr, observed)))
    }

    fn report(
        xr: &IngressRequest,
        observed: Observed<'_>,
        rendering: &Rendering,
    ) -> (IngressRequestStatus, Vec<Condition>) {
        status::report(xr, observed, rendering)
    }

    fn field(_: &IngressRequest, _: &str, _: &str) -> Option<Cow<'static, str>> {
        None
    }
}
