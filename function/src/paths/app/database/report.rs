//! What an app says of its database.

use crate::condition::{AVAILABLE, Condition, ConditionKind, DELETION_BLOCKED, Event, SECRET_SYNCED};
use crate::observed::Observed;
use crate::paths::app::DATABASE;
use crate::paths::app::api::{DatabaseStatus, GoldenPathApp};
use crate::paths::app::database::{Database, Which, in_terms_of_the_app, own_conditions, protection};
use crate::paths::app::identity::Identity;
use crate::paths::database::lent::Lent;

/// The database can be used, with its credentials.
pub(in crate::paths::app) const READY: ConditionKind =
    ConditionKind { name: "DatabaseReady", counts_for_ready: true, event: Event::BothWays };

/// What the status says of the database.
pub(in crate::paths::app) fn status(
    xr: &GoldenPathApp,
    identity: &Identity,
    observed: Observed<'_>,
) -> Option<DatabaseStatus> {
    let database = Database::of(&xr.spec, identity, observed)?;
    let phase = match Which::of(&xr.spec, identity, observed) {
        Which::Lent(_) => Lent::says(observed, "phase"),
        Which::None | Which::Own | Which::Kept => observed.text(DATABASE, &["status"], "phase"),
    };
    Some(DatabaseStatus {
        name: database.name,
        phase: phase.map(str::to_owned),
        secret_name: database.is_delivered.then_some(database.secret_name),
    })
}

/// The conditions of the database; none of an app that has never had one.
pub(in crate::paths::app) fn conditions(
    xr: &GoldenPathApp,
    identity: &Identity,
    observed: Observed<'_>,
) -> Vec<Condition> {
    let ready = match Which::of(&xr.spec, identity, observed) {
        Which::None => {
            xr.has_said(READY).then(|| Condition::not_asked_for(READY, "no database is asked for"))
        }
        Which::Own | Which::Kept => Some(ready(&own_conditions(observed), in_terms_of_the_app)),
        Which::Lent(_) => Some(ready(&Lent::conditions(observed), str::to_owned)),
    };
    let is_asked = observed.contains(DATABASE) || xr.has_said(DELETION_BLOCKED);
    ready.into_iter().chain(is_asked.then(|| protection::blocked(observed))).collect()
}

/// As the database says, once its credentials are there.
fn ready(said: &[Condition], words: impl Fn(&str) -> String) -> Condition {
    let missing = |kind: ConditionKind| {
        let one = said.iter().find(|condition| condition.is(kind) && !condition.is_held())?;
        Some((one.reason.clone(), words(&one.message)))
    };
    let has_said = said.iter().any(|condition| condition.is(AVAILABLE));
    match missing(AVAILABLE).or_else(|| missing(SECRET_SYNCED)) {
        Some((reason, message)) => Condition::fails(READY, reason, message),
        None if has_said => {
            Condition::holds(READY, "Available").saying("the database and its credentials are there")
        }
        None => Condition::fails(READY, "Pending", "the database has not said anything yet"),
    }
}
