//! The tier that the label `goldenpath.io/tier` names.

use kube::ResourceExt;

use crate::paths::database::api::GoldenPathDatabase;
use crate::platform::{Limits, Platform};
use crate::problems::Problem;

const LABEL: &str = "goldenpath.io/tier";
const UNKNOWN: &str = "UnknownTier";

/// The tier whose limits were applied, by what was told of it.
pub(super) fn applied(xr: &GoldenPathDatabase, problems: &[Problem]) -> Option<String> {
    named(xr).filter(|_| problems.iter().all(|p| p.code != UNKNOWN)).map(str::to_owned)
}

/// What a database of the tier may ask for.
pub(super) fn limits<'a>(xr: &GoldenPathDatabase, platform: &'a Platform) -> &'a Limits {
    platform.limits_of(named(xr))
}

/// A label that names no tier.
pub(super) fn problem(xr: &GoldenPathDatabase, platform: &Platform) -> Option<Problem> {
    let tier = named(xr).filter(|tier| !platform.tiers.contains_key(*tier))?;
    let known: Vec<&str> = platform.tiers.keys().map(String::as_str).collect();
    Some(
        Problem::warning(UNKNOWN, format!("the platform has no tier {tier}; its general limits apply"))
            .at(".metadata.labels[goldenpath.io/tier]")
            .remedy(format!("choose one of: {}", known.join(", "))),
    )
}

fn named(xr: &GoldenPathDatabase) -> Option<&str> {
    xr.labels().get(LABEL).map(String::as_str)
}
