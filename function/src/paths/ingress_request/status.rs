//! The status of a way through the gateway.

use crate::condition::Condition;
use crate::observed::Observed;
use crate::paths::gateway::{Report, guards_of};
use crate::paths::ingress_request::api::{Conflict, IngressRequest, IngressRequestStatus, Phase};
use crate::paths::ingress_request::ingress;
use crate::problems;
use crate::rendering::{Ready, Rendering};

/// How many composed resources a status carries at most; the XRD declares it.
const MOST_RESOURCES: usize = 64;

/// The status and the conditions.
pub(super) fn report(
    xr: &IngressRequest,
    observed: Observed<'_>,
    rendering: &Rendering,
) -> (IngressRequestStatus, Vec<Condition>) {
    let asked = ingress::asked(xr);
    let guards = guards_of(asked.plugins, asked.consumers);
    let place = (asked.host, asked.path, asked.tls);
    let route = ingress::with_subject(xr, |subject| Report::of(subject, place, &guards, observed));
    let Report { condition, url, address, guards, conflict } = route;
    let accepted = rendering.accepted();
    let status = IngressRequestStatus {
        phase: Some(phase(xr, &accepted, &condition, url.is_some(), rendering)),
        observed_generation: xr.metadata.generation,
        progress: rendering.progress.clone(),
        url,
        address,
        guards,
        conflict: conflict.map(|holder| Conflict {
            kind: holder.kind,
            namespace: holder.namespace,
            name: holder.name,
        }),
        problems: problems::listed(&rendering.problems).to_vec(),
        resources: rendering.listed_resources(MOST_RESOURCES),
        function_version: Some(env!("CARGO_PKG_VERSION").into()),
    };
    (status, vec![accepted, condition])
}

/// Derived from the conditions.
fn phase(
    xr: &IngressRequest,
    accepted: &Condition,
    ready: &Condition,
    is_served: bool,
    rendering: &Rendering,
) -> Phase {
    if xr.metadata.deletion_timestamp.is_some() {
        return Phase::Terminating;
    }
    match (ready.is_held(), accepted.is_held()) {
        (true, true) => Phase::Ready,
        (true, false) => Phase::Degraded,
        (false, false) if is_served => Phase::Degraded,
        (false, false) => Phase::Failed,
        (false, true) if rendering.resources.iter().any(|resource| resource.ready == Ready::True) => {
            Phase::Progressing
        }
        (false, true) => Phase::Pending,
    }
}
