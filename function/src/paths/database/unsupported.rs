//! What an XR says and what has no effect. None of it is silently ignored.

use kube::ResourceExt;

use crate::paths::database::api::{DatabaseSpec, Engine, GoldenPathDatabase};
use crate::platform::Platform;
use crate::problems::Problem;

/// RDS's own default parameter groups refuse connections without TLS from this major version of PostgreSQL on.
const TLS_BY_DEFAULT: u32 = 15;

/// A warning for each field that is set and has no effect.
pub(super) fn problems(xr: &GoldenPathDatabase, platform: &Platform) -> Vec<Problem> {
    let spec = &xr.spec;
    let mut problems: Vec<Problem> = tier(xr, platform).into_iter().collect();
    if spec.parameters.as_ref().is_some_and(|p| !p.is_empty()) {
        problems.push(Problem::not_yet_supported(
            ".spec.parameters",
            "engine parameters are not applied",
            "ask the platform team to name a parameter group in Platform.parameterGroups",
        ));
    }
    if spec.credentials.rotation_interval_days > 0 {
        problems.push(Problem::not_yet_supported(
            ".spec.credentials.rotationIntervalDays",
            "credentials are not rotated by themselves",
            "set it to 0",
        ));
    }
    if spec.upgrade.allow_major && spec.upgrade.pre_snapshot {
        problems.push(Problem::not_yet_supported(
            ".spec.upgrade.preSnapshot",
            "no snapshot of our own is taken before a major upgrade",
            "take one by hand before changing the major version",
        ));
    }
    problems.extend(tls(spec, platform));
    problems
}

fn tier(xr: &GoldenPathDatabase, platform: &Platform) -> Option<Problem> {
    let tier = xr.labels().get("goldenpath.io/tier").filter(|tier| !platform.tiers.contains_key(*tier))?;
    let known: Vec<&str> = platform.tiers.keys().map(String::as_str).collect();
    Some(
        Problem::warning("UnknownTier", format!("the platform has no tier {tier}; its general limits apply"))
            .at(".metadata.labels[goldenpath.io/tier]")
            .remedy(format!("choose one of: {}", known.join(", "))),
    )
}

/// Whether connections without TLS are refused is up to the parameter group.
fn tls(spec: &DatabaseSpec, platform: &Platform) -> Option<Problem> {
    if platform.parameter_groups.of(spec.engine).is_some() {
        return None;
    }
    let major = spec.version.split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0);
    let (told, remedy) = match (spec.encryption.require_tls, by_default(spec.engine, major)) {
        (true, false) => (
            "connections without TLS are not refused",
            "ask the platform team for a parameter group that refuses them, or set it to false",
        ),
        (false, true) => (
            "connections without TLS are refused all the same",
            "set it to true, or ask the platform team for a parameter group that accepts them",
        ),
        (true, true) | (false, false) => return None,
    };
    Some(Problem::not_yet_supported(".spec.encryption.requireTLS", told, remedy))
}

fn by_default(engine: Engine, major: u32) -> bool {
    match engine {
        Engine::Postgresql => major >= TLS_BY_DEFAULT,
        Engine::Mysql => false,
    }
}
