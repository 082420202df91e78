//! What will change, and when: `status.atProvider.plannedChanges`.

use aws_sdk_rds::types::DbInstance;
use goldenpath_provider_api::rds::{Engine, Instance, InstanceParameters, PlannedChange};
use goldenpath_provider_core::{Change, ChangeClass, Drift};
use strum::{Display, IntoEnumIterator};

use super::field::Field;
use super::modifiable::Modifiable;
use super::state::{State, state_of};
use super::{delta, version};
use crate::ownership::only_observes;

/// A value that AWS has queued for the maintenance window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Queued {
    pub(super) field: Field,
    /// What runs.
    pub(super) from: Option<String>,
    /// What is queued.
    pub(super) to: Option<String>,
}

/// When a change takes effect, as the API spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display)]
enum When {
    Now,
    MaintenanceWindow,
    NeedsApproval,
    NeedsReboot,
    Refused,
}

/// What will change: what AWS has queued, what waits for a reboot, and what is still to be requested. Of a DB instance that
/// is only looked at also what AWS cannot change: it is to be known before it is taken over, and no change is refused.
pub(super) fn planned(managed: &Instance, db: &DbInstance, drift: &Drift) -> Vec<PlannedChange> {
    let params = &managed.spec.for_provider;
    let refused = drift.refused().filter(|_| only_observes(managed));
    let is_busy = Modifiable::in_state(&state_of(db)) != Modifiable::Everything;
    let window = if params.apply_immediately == Some(true) { When::Now } else { When::MaintenanceWindow };
    let current = State::current(db);
    let reboot = awaits_reboot(db);
    let queued = queued(&current, &State::with_pending(db)).into_iter().map(|Queued { field, from, to }| {
        let when = if is_busy { When::Now } else { window };
        (field, change(field, from, to, when, delta::cost(field, params, &current).1))
    });
    let asked = drift.actionable().chain(refused).filter_map(|asked| {
        let field = Field::of(asked).filter(|field| *field != Field::Tags)?;
        Some((field, asked_for(params, field, asked, window)))
    });
    // Of one field, what waits for a reboot counts before what is requested now, and that before what was queued.
    let mut planned: Vec<(Field, PlannedChange)> = Vec::new();
    for (field, change) in queued.chain(asked).chain(reboot) {
        planned.retain(|(other, _)| *other != field);
        planned.push((field, change));
    }
    let mut planned: Vec<_> = planned.into_iter().map(|(_, change)| change).collect();
    planned.sort_by(|a, b| a.field.cmp(&b.field));
    planned
}

/// What AWS has queued for the maintenance window.
pub(super) fn queued(current: &State, with_pending: &State) -> Vec<Queued> {
    Field::iter()
        .map(|field| Queued { field, from: current.printed(field), to: with_pending.printed(field) })
        .filter(|queued| queued.from != queued.to)
        .collect()
}

fn awaits_reboot(db: &DbInstance) -> Option<(Field, PlannedChange)> {
    let group = db.db_parameter_groups().first()?;
    let field = Field::ParameterGroupName;
    (group.parameter_apply_status() == Some("pending-reboot"))
        .then(|| (field, change(field, None, group.db_parameter_group_name.clone(), When::NeedsReboot, true)))
}

fn asked_for(params: &InstanceParameters, field: Field, asked: &Change, window: When) -> PlannedChange {
    let Change { field: _, from, to, class, downtime } = asked;
    let allowed = params.allow_major_version_upgrade == Some(true);
    let is_major = field == Field::EngineVersion
        && Engine::of(&params.engine).is_major_upgrade(from, to)
        && version::is_below(from, to);
    let when = match class {
        ChangeClass::Window if is_major && !allowed => When::NeedsApproval,
        ChangeClass::Window => window,
        ChangeClass::Reboot => When::NeedsReboot,
        ChangeClass::Immediate => When::Now,
        ChangeClass::Refused => When::Refused,
    };
    change(field, Some(from.clone()), Some(to.clone()), when, *downtime)
}

fn change(
    field: Field,
    from: Option<String>,
    to: Option<String>,
    when: When,
    downtime: bool,
) -> PlannedChange {
    PlannedChange { field: field.to_string(), from, to, when: when.to_string(), downtime }
}
