//! A DB instance that is in AWS already and becomes the database of an XR.
//!
//! ```text
//!            nobody asks for more, or it      it is asked for,
//!            is not seen, or cannot fit       and it is seen          its tags are the XR's
//! Instance   only observes                    takes over              as of every other database
//! the rest   is not made                      is not made             is made
//! ```
//!
//! Nothing is written to AWS before it is asked for; what differs is in `status.pendingChanges`. What has another owner is
//! never taken over: the provider says so.

use std::collections::BTreeMap;

use goldenpath_provider_api::rds::{ADOPT_PASSWORD, InstanceObservation, PlannedChange};
use goldenpath_provider_api::secretsmanager::SecretObservation;
use goldenpath_provider_api::{ADOPT, ManagementAction, PASSWORD_APPLIED, RESOURCE_ID, UNOWNED};

use crate::composition::Gate;
use crate::observed::Observed;
use crate::paths::database::api::{Adopt, AdoptedPassword, DatabaseSpec};
use crate::paths::database::identity::Identity;
use crate::paths::database::policy::DatabasePolicy;
use crate::paths::database::{INSTANCE, SECRET, fields};
use crate::problems::Problem;

/// What the provider has in `PASSWORD_APPLIED` of a password that only its former owner knows.
const ADOPTED: &str = "adopted";
/// Where the provider says of a planned change that nothing but another database would bring it.
const REFUSED: &str = "Refused";
const ANNOTATIONS: [&str; 2] = ["metadata", "annotations"];

/// How far a managed resource of the database is taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// It is only looked at.
    Observes,
    /// It becomes the XR's, unless it is another one's.
    TakesOver,
    /// It is the XR's.
    Manages,
}

/// What becomes of what is in AWS already.
#[derive(Clone, Debug)]
pub(super) struct Adoption<'a> {
    asked: Option<&'a Adopt>,
    /// How the Instance stands.
    pub(super) instance: Stage,
    /// How the Secret stands.
    pub(super) secret: Stage,
    /// What AWS says of the DB instance.
    seen: InstanceObservation,
    /// Whether the DB instance has a password that only its former owner knows.
    awaits_password: bool,
}

// === impl Adoption ===

impl<'a> Adoption<'a> {
    /// Of a spec, as far as it has come.
    pub(super) fn of(spec: &'a DatabaseSpec, observed: Observed<'_>) -> Self {
        let asked = spec.adopt.as_ref();
        let at_provider = ["status", "atProvider"];
        let seen: InstanceObservation = observed.part(INSTANCE, &at_provider).unwrap_or_default();
        let secret: SecretObservation = observed.part(SECRET, &at_provider).unwrap_or_default();
        let is_pinned = |key| observed.text(key, &ANNOTATIONS, RESOURCE_ID).is_some();
        let fits = seen.planned_changes.iter().all(|change| change.when != REFUSED);
        let stage = |key, is_seen: bool| match asked {
            None => Stage::Manages,
            Some(_) if is_pinned(key) => Stage::Manages,
            Some(adopt) if adopt.take_over && is_seen && fits => Stage::TakesOver,
            Some(_) => Stage::Observes,
        };
        let keeps = asked.is_some_and(|adopt| adopt.password == Some(AdoptedPassword::Keep));
        let instance = stage(INSTANCE, seen.resource_id.is_some());
        let secret = match stage(SECRET, secret.arn.is_some()) {
            // Nothing is made in AWS for a database that may turn out to be another one's.
            Stage::TakesOver if instance != Stage::Manages => Stage::Observes,
            _ if !keeps => Stage::Manages,
            stage => stage,
        };
        let applied = observed.text(INSTANCE, &ANNOTATIONS, PASSWORD_APPLIED);
        let awaits_password = applied.is_none_or(|applied| applied == ADOPTED);
        Self { asked, instance, secret, seen, awaits_password }
    }

    /// Whether the database is one that was made by somebody else.
    pub(super) fn is_asked_for(&self) -> bool {
        self.asked.is_some()
    }

    /// Whether the DB instance is there and only looked at.
    pub(super) fn is_observing(&self) -> bool {
        self.instance == Stage::Observes && self.seen.resource_id.is_some()
    }

    /// Its DB instance identifier, where it is not one of the XR's making.
    pub(super) fn identifier(&self) -> Option<&str> {
        self.asked.map(|adopt| adopt.identifier.as_str())
    }

    /// What keeps the rest from being made.
    pub(super) fn gate(&self) -> Gate {
        match self.instance {
            Stage::Manages => Gate::Open,
            Stage::Observes | Stage::TakesOver => {
                Gate::HoldsCreation("waiting for the database to be taken over".into())
            }
        }
    }

    /// What keeps the Secret from being made. One that is to be there already is looked for at once.
    pub(super) fn secret_gate(&self) -> Gate {
        match self.secret {
            Stage::Observes | Stage::TakesOver => Gate::Open,
            Stage::Manages => self.gate(),
        }
    }

    /// The annotations of the Instance, besides its external name.
    pub(super) fn of_instance(&self) -> BTreeMap<String, String> {
        let mut annotations = taking_over(self.instance);
        let password = self.asked.and_then(|adopt| adopt.password);
        let is_due = match password {
            None => false,
            Some(AdoptedPassword::Set) => self.instance != Stage::Observes,
            // The secret is the one that has it, and no other.
            Some(AdoptedPassword::Keep) => self.instance == Stage::Manages && self.secret == Stage::Manages,
        };
        if let Some(password) = password.filter(|_| is_due && self.awaits_password) {
            annotations.insert(ADOPT_PASSWORD.to_owned(), password.to_string());
        }
        annotations
    }

    /// The annotations of the Secret, besides its external name.
    pub(super) fn of_secret(&self) -> BTreeMap<String, String> {
        taking_over(self.secret)
    }

    /// Refuses what the platform has not given to the namespace. A database that is taken over stays.
    pub(super) fn allowed(&self, policy: &DatabasePolicy, identity: &Identity) -> Result<(), Problem> {
        let Some(identifier) = self.identifier() else { return Ok(()) };
        let Identity { namespace, .. } = identity;
        let listed = policy.adoptable.get(namespace).is_some_and(|ids| ids.iter().any(|id| id == identifier));
        if listed || self.instance == Stage::Manages {
            return Ok(());
        }
        let message = format!("the platform does not let the namespace {namespace} take over {identifier}");
        Err(Problem::error("AdoptionNotAllowed", message).at(".spec.adopt.identifier").remedy(
            "ask the platform team to add it to Platform.database.adoptable, or leave .spec.adopt out",
        ))
    }

    /// What keeps it from being taken over: what cannot fit, or that nobody has asked for it.
    pub(super) fn problems(&self, spec: &DatabaseSpec) -> Vec<Problem> {
        let Some(adopt) = self.asked.filter(|_| self.is_observing()) else { return Vec::new() };
        let refused = self.seen.planned_changes.iter().filter(|change| change.when == REFUSED);
        let refused: Vec<_> = refused.map(|change| does_not_fit(spec, &adopt.identifier, change)).collect();
        if !refused.is_empty() || adopt.take_over {
            return refused;
        }
        let changes = match self.seen.planned_changes.len() {
            0 => "changes nothing of it but its tags".to_owned(),
            1 => "changes what is in .status.pendingChanges".to_owned(),
            changes => format!("changes the {changes} fields in .status.pendingChanges"),
        };
        let message = format!("{} is only looked at; taking it over {changes}", adopt.identifier);
        let remedy = "set .spec.adopt.takeOver to true, and .spec.adopt.password to Set for a new password, or to Keep";
        vec![Problem::warning("AdoptionPending", message).at(".spec.adopt.takeOver").remedy(remedy)]
    }
}

/// What a managed resource may do.
pub(super) fn policies(stage: Stage) -> Option<Vec<ManagementAction>> {
    match stage {
        Stage::Observes => Some(vec![ManagementAction::Observe]),
        Stage::TakesOver | Stage::Manages => None,
    }
}

fn taking_over(stage: Stage) -> BTreeMap<String, String> {
    match stage {
        Stage::TakesOver => BTreeMap::from([(ADOPT.to_owned(), UNOWNED.to_owned())]),
        Stage::Observes | Stage::Manages => BTreeMap::new(),
    }
}

fn does_not_fit(spec: &DatabaseSpec, identifier: &str, change: &PlannedChange) -> Problem {
    let PlannedChange { field, from, to, when: _, downtime: _ } = change;
    let of_xr = fields::of_composite(spec, INSTANCE, field);
    let at = of_xr.as_deref().unwrap_or(".spec.adopt.identifier").to_owned();
    let (from, to) = (from.as_deref().unwrap_or("unset"), to.as_deref().unwrap_or("unset"));
    let message = format!("AWS cannot change {field} of {identifier} from {from} to {to}");
    let remedy = match of_xr {
        Some(field) => format!("make {field} what the DB instance has"),
        None => format!(
            "take over a DB instance whose {field} is {to}, such as one that is restored so from a snapshot"
        ),
    };
    Problem::error("ReplacementRefused", message).at(at).remedy(remedy)
}
