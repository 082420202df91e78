//! The status of a claim: that of the golden path's XR.

use kube::core::object::HasStatus;
use pbjson_types::Struct;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::claims::{Claim, StatusOf, XR, XrOf, protection, xr_conditions};
use crate::condition::{ACCEPTED, AVAILABLE, Condition, DELETION_BLOCKED};
use crate::error::Error;
use crate::observed::Observed;
use crate::problems::{self, Problem};
use crate::rendering::{OBSERVED_GENERATION, Rendering, ResourceStatus};
use crate::wire;

/// How many composed resources a claim's status carries at most: it composes fewer.
const MOST_RESOURCES: usize = 16;

/// The parts of a mirrored status that the claim adds to.
#[derive(Default, Deserialize)]
#[serde(default)]
struct MirroredStatus {
    problems: Vec<Problem>,
    resources: Vec<IgnoredAny>,
}

/// The claim's own part, which is merged over a mirrored status.
#[derive(Serialize)]
struct ClaimStatus<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    problems: &'a [Problem],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    resources: &'a [ResourceStatus],
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<&'a str>,
}

/// The status and the conditions. The problems of the golden path's XR join those of the claim itself.
pub(super) fn report<C: Claim>(
    before: Option<&StatusOf<C>>,
    observed: Observed<'_>,
    rendering: &mut Rendering,
) -> Result<(Struct, Vec<Condition>), Error> {
    let accepted = rendering.accepted();
    let mut status = mirrored::<C>(before, observed)?;
    // It counts the generations of another object.
    status.fields.remove(OBSERVED_GENERATION);
    let MirroredStatus { problems, resources } = wire::read(&status).unwrap_or_default();
    // The rendering attributes them to a child; to the user they are the claim's own.
    let is_theirs =
        |p: &Problem| problems.iter().any(|theirs| p.code == theirs.code && p.message == theirs.message);
    rendering.problems.retain(|problem| !is_theirs(problem));
    rendering.problems.extend(problems);
    rendering.problems = problems::arrange(std::mem::take(&mut rendering.problems));
    let is_silent = resources.is_empty();
    let listed = if is_silent { rendering.listed_resources(MOST_RESOURCES) } else { Vec::new() };
    let ours = ClaimStatus {
        problems: problems::listed(&rendering.problems),
        resources: &listed,
        progress: rendering.progress.as_deref().filter(|_| is_silent),
    };
    wire::merge(&mut status, wire::encode(&ours).map_err(|source| Error::EncodeStatus { source })?);
    Ok((status, conditions::<C>(accepted, observed)))
}

/// The status of the golden path's XR; the last one that could be read of it.
fn mirrored<C: Claim>(before: Option<&StatusOf<C>>, observed: Observed<'_>) -> Result<Struct, Error> {
    let xr: Option<XrOf<C>> = observed.get(XR);
    let status = match (xr.as_ref().map(HasStatus::status), observed.contains(XR)) {
        (Some(Some(status)), _) => wire::encode(status),
        (None, true) if before.is_some() => wire::encode(&before),
        _ => wire::encode(&C::pending()),
    };
    status.map_err(|source| Error::EncodeStatus { source })
}

/// The conditions of the golden path's XR; `Accepted` is the claim's own while that is refused.
fn conditions<C: Claim>(accepted: Condition, observed: Observed<'_>) -> Vec<Condition> {
    let mut conditions = xr_conditions::<C>(observed);
    if !accepted.is_held() {
        conditions.retain(|condition| !condition.is(ACCEPTED));
        conditions.insert(0, accepted);
    }
    // Crossplane keeps omitted conditions, so unknown ones are set explicitly.
    for kind in [ACCEPTED, AVAILABLE] {
        if !conditions.iter().any(|condition| condition.is(kind)) {
            let why = "the golden path's XR has not reported it yet";
            conditions.push(Condition::unknown(kind, "Pending", why));
        }
    }
    let blocked = |condition: Condition| {
        if condition.is(DELETION_BLOCKED) { protection::blocked(condition, observed) } else { condition }
    };
    conditions.into_iter().map(blocked).collect()
}
