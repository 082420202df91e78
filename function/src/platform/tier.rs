//! The tier that the label `goldenpath.io/tier` names.

use std::collections::BTreeMap;

use kube::ResourceExt;

use crate::problems::Problem;

const LABEL: &str = "goldenpath.io/tier";
const UNKNOWN: &str = "UnknownTier";

/// The tier that an XR names, whether or not the platform has it.
pub(crate) fn named(xr: &impl ResourceExt) -> Option<&str> {
    xr.labels().get(LABEL).map(String::as_str)
}

/// The tier whose choices were applied: none where it was reported as unknown.
pub(crate) fn applied(xr: &impl ResourceExt, problems: &[Problem]) -> Option<String> {
    named(xr).filter(|_| problems.iter().all(|p| p.code != UNKNOWN)).map(str::to_owned)
}

/// A label that names no tier.
pub(super) fn problem<T>(tier: &str, tiers: &BTreeMap<String, T>) -> Option<Problem> {
    if tiers.contains_key(tier) {
        return None;
    }
    let known: Vec<&str> = tiers.keys().map(String::as_str).collect();
    Some(
        Problem::warning(UNKNOWN, format!("the platform has no tier {tier}; its general limits apply"))
            .at(".metadata.labels[goldenpath.io/tier]")
            .remedy(format!("choose one of: {}", known.join(", "))),
    )
}
