//! Engine versions: a wanted one is a floor, and a major one needs permission.

use std::cmp::Ordering;

use goldenpath_provider_api::rds::{Engine, Instance};
use goldenpath_provider_core::{Change, Drift, Fault};

use super::field::Field;

/// Whether a running version is below the wanted one. A shorter wanted version covers every longer one: `16` is
/// reached by `16.3`, and `16.1` is not reached by a running `16.0`, nor confused with `16.10`.
pub(super) fn is_below(running: &str, wanted: &str) -> bool {
    let (running, wanted) = (components(running), components(wanted));
    for (running, wanted) in running.iter().zip(&wanted) {
        match order(running, wanted) {
            Ordering::Equal => {}
            other => return other == Ordering::Less,
        }
    }
    running.len() < wanted.len()
}

/// Whether a version is the wanted one, or one of its line: `16.4` is of `16`, and `17` is not.
pub(super) fn is_of(version: &str, wanted: &str) -> bool {
    let (version, wanted) = (components(version), components(wanted));
    version.len() >= wanted.len() && version.iter().zip(&wanted).all(|(a, b)| order(a, b) == Ordering::Equal)
}

/// Whether a change is an upgrade to another major version. Going back to the running version is none.
pub(super) fn is_major_upgrade(managed: &Instance, change: &Change) -> bool {
    let engine = Engine::of(&managed.spec.for_provider.engine);
    Field::of(change) == Some(Field::EngineVersion)
        && engine.is_major_upgrade(&change.from, &change.to)
        && is_below(&change.from, &change.to)
}

/// Takes a major upgrade that the spec does not allow out of a drift, and says so. Its parameter group goes with it: it is
/// of the family of the new version.
pub(super) fn without_major_upgrade(managed: &Instance, drift: &Drift) -> (Drift, Option<Fault>) {
    let allowed = managed.spec.for_provider.allow_major_version_upgrade == Some(true);
    let upgrade = drift.changes.iter().find(|change| is_major_upgrade(managed, change));
    let Some(upgrade) = upgrade.filter(|_| !allowed) else {
        return (drift.clone(), None);
    };
    let message = format!(
        "going from version {} to {} is a major upgrade, which cannot be undone, and it is not allowed",
        upgrade.from, upgrade.to
    );
    let fault = Fault::terminal("MajorUpgradeNotAllowed", message)
        .at(".spec.forProvider.allowMajorVersionUpgrade")
        .remedy("set .spec.forProvider.allowMajorVersionUpgrade to true, or keep the version");
    let goes_with_it = |change: &Change| {
        is_major_upgrade(managed, change) || Field::of(change) == Some(Field::ParameterGroupName)
    };
    let rest = drift.changes.iter().filter(|change| !goes_with_it(change)).cloned().collect();
    (Drift { changes: rest }, Some(fault))
}

fn components(version: &str) -> Vec<&str> {
    version.trim().split('.').collect()
}

/// Numbers by value, everything else by its letters.
fn order(a: &str, b: &str) -> Ordering {
    match (a.parse::<u64>(), b.parse::<u64>()) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        _ => a.cmp(b),
    }
}
