//! What differs between a spec and a parameter group.

use std::collections::BTreeSet;

use aws_sdk_rds::types::DbParameterGroup;
use goldenpath_provider_api::rds::{ParameterGroup, ParameterGroupParameters};
use goldenpath_provider_core::{Change, ChangeClass, Drift};

use super::known::{Applies, KnownParameter, KnownParameters};
use crate::tags::{self, Tags};

/// What is printed for a parameter without a value of its own.
const DEFAULT: &str = "(default)";

/// Everything that differs.
pub(super) fn drift(
    managed: &ParameterGroup,
    cluster: &str,
    group: &DbParameterGroup,
    observed: &Tags,
    known: &KnownParameters,
) -> Drift {
    // Complete on purpose: a new field is compared, or is named here as one that is not.
    let ParameterGroupParameters { region: _, family, description: _, parameter: _, tags: _ } =
        &managed.spec.for_provider;
    let seen = group.db_parameter_group_family().filter(|seen| *seen != family);
    let family =
        seen.map(|seen| Change { class: ChangeClass::Refused, ..Change::immediate("family", seen, family) });
    let tags = tags::change(managed, cluster, observed);
    let parameters = differing(managed, known).into_iter().map(|(name, value)| {
        let seen = known.get(&name);
        let from = seen.and_then(|known| known.value.as_deref()).unwrap_or(DEFAULT);
        let to = value.as_deref().unwrap_or(DEFAULT);
        let class = match seen.map(|known| known.applies) {
            Some(Applies::AtReboot) => ChangeClass::Reboot,
            Some(Applies::AtOnce) | None => ChangeClass::Immediate,
        };
        Change { class, ..Change::immediate(field(&name), from, to) }
    });
    family.into_iter().chain(tags).chain(parameters).fold(Drift::none(), Drift::with)
}

/// The path of a parameter below `spec.forProvider`.
pub(super) fn field(name: &str) -> String {
    format!("parameter[{name}]")
}

/// The parameters that differ from the spec, sorted by name, with the value to set; none for those that go back to their
/// default.
pub(super) fn differing(managed: &ParameterGroup, known: &KnownParameters) -> Vec<(String, Option<String>)> {
    let Some(wanted) = &managed.spec.for_provider.parameter else {
        return Vec::new();
    };
    let has = |name: &str, value: &str| known.get(name).is_some_and(|k| k.value.as_deref() == Some(value));
    let set =
        wanted.iter().filter(|p| !has(&p.name, &p.value)).map(|p| (p.name.clone(), Some(p.value.clone())));
    let names: BTreeSet<_> = wanted.iter().map(|p| p.name.as_str()).collect();
    let is_surplus =
        |(name, known): &(&String, &KnownParameter)| known.is_set && !names.contains(name.as_str());
    let reset = known.iter().filter(is_surplus).map(|(name, _)| (name.clone(), None));
    let mut differing: Vec<_> = set.chain(reset).collect();
    differing.sort();
    differing
}
