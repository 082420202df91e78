//! What becomes the response.

use std::collections::BTreeMap;

use function_sdk_rust::proto::v1::Resource as Composite;
use pbjson_types::Struct;
use serde::Serialize;

use crate::condition::{Condition, ConditionType};
use crate::error::Error;
use crate::observed::Observed;
use crate::operators::Requirements;
use crate::problems::Problem;
use crate::rendering::Rendering;
use crate::wire;

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

/// What becomes the response, from what a golden path reports.
pub(crate) fn outcome<S: Serialize>(
    rendering: Rendering,
    status: &S,
    conditions: Vec<Condition>,
) -> Result<Outcome, Error> {
    Ok(Outcome {
        complete: rendering.is_complete() && conditions.iter().filter(|c| is_use(c)).all(Condition::is_held),
        status: wire::encode(status).map_err(|source| Error::EncodeStatus { source })?,
        conditions,
        problems: rendering.problems,
        requirements: rendering.requirements,
        desired: rendering.desired,
    })
}

/// Whether a condition is about using the thing, and not about its spec or its care.
fn is_use(condition: &Condition) -> bool {
    match condition.r#type {
        ConditionType::Available | ConditionType::SecretSynced => true,
        ConditionType::Accepted
        | ConditionType::BackupHealthy
        | ConditionType::UpgradePending
        | ConditionType::DeletionBlocked => false,
    }
}

/// The part of a status that every golden path has.
#[derive(Serialize)]
struct Problems<'a> {
    problems: &'a [Problem],
}

/// What becomes the response when the XR itself cannot be read: everything stays, and the status says why.
pub(crate) fn refused_outcome(composite: &Composite, problem: Problem, observed: Observed<'_>) -> Outcome {
    let rendering = Rendering::refused(vec![problem], observed, &|_, _| None);
    let mut status = wire::child(wire::object(composite), "status").cloned().unwrap_or_default();
    status.fields.remove("conditions");
    status.fields.remove("crossplane");
    let told = Problems { problems: &rendering.problems };
    wire::merge(&mut status, wire::encode(&told).unwrap_or_default());
    Outcome {
        complete: rendering.is_complete(),
        conditions: vec![rendering.accepted()],
        status,
        problems: rendering.problems,
        requirements: rendering.requirements,
        desired: rendering.desired,
    }
}
