//! From what AWS says about a parameter group to `status.atProvider` and readiness.

use aws_sdk_rds::types::DbParameterGroup;
use goldenpath_provider_api::rds::{ParameterGroup, ParameterGroupObservation};
use goldenpath_provider_core::condition::READY;
use goldenpath_provider_core::{ConditionStatus, Drift, Managed, Readiness};

use super::known::{Applies, KnownParameters};

/// What AWS says, as `status.atProvider` has it.
pub(super) fn observation(
    managed: &ParameterGroup,
    group: &DbParameterGroup,
    known: &KnownParameters,
) -> ParameterGroupObservation {
    let wanted = managed.spec.for_provider.parameter.iter().flatten();
    let at_reboot = |name: &&str| known.get(*name).is_some_and(|known| known.applies == Applies::AtReboot);
    let mut names: Vec<_> = wanted.map(|p| p.name.as_str()).filter(at_reboot).map(str::to_owned).collect();
    names.sort();
    ParameterGroupObservation { arn: group.db_parameter_group_arn.clone(), applied_at_reboot: names }
}

/// Whether DB instances can be made with it: not before it has had its parameters for the first time.
pub(super) fn readiness(managed: &ParameterGroup, drift: &Drift) -> Readiness {
    let was_ready = managed.condition(READY).is_some_and(|c| c.status == ConditionStatus::True);
    let is_incomplete = drift.actionable().any(|change| change.field != crate::tags::FIELD);
    if is_incomplete && !was_ready {
        return Readiness::Creating("setting the parameters".into());
    }
    Readiness::Available
}
