//! What becomes the response.

use std::collections::{BTreeMap, BTreeSet};

use function_sdk_rust::proto::v1::Resource as Composite;
use pbjson_types::Struct;
use serde::Serialize;

use crate::condition::Condition;
use crate::error::Error;
use crate::problems::{self, Problem};
use crate::rendering::{Pass, Rendering};
use crate::requirements::Requirements;
use crate::wire;

/// The field of a status that says which generation it describes.
pub(crate) const OBSERVED_GENERATION: &str = "observedGeneration";

/// What becomes the response.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) desired: BTreeMap<String, (Struct, bool)>,
    pub(crate) complete: bool,
    pub(crate) status: Struct,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) requirements: Requirements,
}

// === impl Outcome ===

impl Outcome {
    /// Whether the XR is not ready for a reason that Crossplane cannot see: something is not rendered yet, or nothing at all
    /// is. Crossplane itself names what is rendered and not ready, unless the function says something of the XR.
    pub(crate) fn is_held_back(&self) -> bool {
        !self.complete && self.desired.values().all(|(_, ready)| *ready)
    }

    /// With one problem more, which the status lists first.
    pub(crate) fn with_problem(mut self, problem: Problem) -> Self {
        self.problems.insert(0, problem);
        let reported = Problems { problems: problems::listed(&self.problems) };
        wire::merge(&mut self.status, wire::encode(&reported).unwrap_or_default());
        self
    }
}

/// What becomes the response, from what a golden path reports.
pub(crate) fn outcome<S: Serialize>(
    rendering: Rendering,
    status: &S,
    conditions: Vec<Condition>,
) -> Result<Outcome, Error> {
    Ok(Outcome {
        complete: rendering.is_complete()
            && conditions.iter().filter(|c| c.counts_for_ready).all(Condition::is_held),
        status: wire::encode(status).map_err(|source| Error::EncodeStatus { source })?,
        conditions,
        problems: rendering.problems,
        requirements: rendering.requirements,
        desired: rendering.desired,
    })
}

/// The part of a status that every golden path has.
#[derive(Serialize)]
struct Problems<'a> {
    problems: &'a [Problem],
}

/// What becomes the response when the XR itself cannot be read: everything stays, and the status says why.
///
/// Of the status stays what the golden path has written: the rest is Crossplane's to write.
pub(crate) fn refused_outcome(
    composite: &Composite,
    problem: Problem,
    pass: Pass<'_>,
    own_fields: &BTreeSet<String>,
) -> Outcome {
    let rendering = Rendering::refused(vec![problem], pass);
    let object = wire::object(composite);
    let mut status = wire::child(object, "status").cloned().unwrap_or_default();
    status.fields.retain(|field, _| own_fields.contains(field));
    if own_fields.contains(OBSERVED_GENERATION) {
        let generation =
            wire::child(object, "metadata").and_then(|metadata| metadata.fields.get("generation"));
        status.fields.extend(generation.map(|now| (OBSERVED_GENERATION.to_owned(), now.clone())));
    }
    let reported = Problems { problems: problems::listed(&rendering.problems) };
    wire::merge(&mut status, wire::encode(&reported).unwrap_or_default());
    Outcome {
        complete: rendering.is_complete(),
        conditions: vec![rendering.accepted()],
        status,
        problems: rendering.problems,
        requirements: rendering.requirements,
        desired: rendering.desired,
    }
}
