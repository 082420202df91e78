//! What keeps a database of its own: an app is not deleted while its database may not be, and the database not while its pods
//! are there.

use kube::Resource;
use kube::core::TypeMeta;

use crate::composition::Composition;
use crate::condition::{Condition, DELETION_BLOCKED, Status};
use crate::kinds::deployment::Deployment;
use crate::kinds::usage::{NOT_PROTECTED, Usage};
use crate::observed::Observed;
use crate::paths::app::api::GoldenPathApp;
use crate::paths::app::database::child::GoldenPathDatabase;
use crate::paths::app::database::{in_terms_of_the_app, name_of};
use crate::paths::app::identity::Identity;
use crate::paths::app::{DATABASE, DEPLOYMENT, USAGE_SELF};
use crate::problems::Problem;
use crate::readiness::crossplane;

/// What a database says of its own deletion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// Nothing keeps it.
    Free,
    /// It may not be deleted; the words say why.
    Blocked(String),
    /// It has not said anything yet.
    Nothing,
}

/// Composes the `Usage` of the app while its database may not be deleted: the deletion of an app that goes without its database
/// would never end.
pub(super) fn of_app(composition: Composition, identity: &Identity, observed: Observed<'_>) -> Composition {
    match Says::of(observed) {
        Says::Blocked(why) => {
            let reason = format!("its database {} may not be deleted: {why}", name_of(identity));
            let metadata = identity.object_meta_of(format!("{}.app", identity.name));
            let used = TypeMeta::resource::<GoldenPathApp>();
            composition.with(USAGE_SELF, &Usage::of(metadata, used, identity.name.clone(), reason))
        }
        Says::Nothing if observed.contains(DATABASE) => composition.keeping(USAGE_SELF),
        Says::Nothing | Says::Free => composition.removing(USAGE_SELF),
    }
}

/// The `Usage` of the database by the pods, so that it goes after them, and by no other hand.
pub(super) fn of_database(identity: &Identity) -> Usage {
    Usage::of_by(
        identity.object_meta_of(format!("{}.database", identity.name)),
        (TypeMeta::resource::<GoldenPathDatabase>(), name_of(identity)),
        (TypeMeta::resource::<Deployment>(), identity.name.clone()),
    )
}

/// Whether both are there.
pub(super) fn is_in_use(observed: Observed<'_>) -> bool {
    observed.contains(DATABASE) && observed.contains(DEPLOYMENT)
}

/// A database that is asked for no longer and stays.
pub(super) fn stays(identity: &Identity, why: &str) -> Problem {
    let (kind, name) = (GoldenPathDatabase::kind(&()), name_of(identity));
    let message = format!("no database is asked for any more, and {name} stays: {why}");
    Problem::warning("DeletionProtected", message).on(&kind, &name).remedy(format!(
        "set .spec.database.deletion.protection to false to have it deleted, or .spec.database.ref.name to {name} to go on using it"
    ))
}

/// `DeletionBlocked` of the app, once Crossplane enforces it.
pub(super) fn blocked(observed: Observed<'_>) -> Condition {
    let is = DELETION_BLOCKED;
    match Says::of(observed) {
        Says::Blocked(why) if observed.object(USAGE_SELF).is_some_and(crossplane::says_ready) => {
            Condition::holds(is, "DatabaseProtected").saying(why)
        }
        Says::Blocked(_) => {
            let message = "Crossplane does not enforce its Usage yet; it needs its webhooks for that";
            Condition::fails(is, "Pending", message)
        }
        Says::Nothing | Says::Free => {
            Condition::fails(is, NOT_PROTECTED, "nothing blocks the deletion of this object")
        }
    }
}

// === impl Says ===

impl Says {
    pub(super) fn of(observed: Observed<'_>) -> Self {
        let object = observed.object(DATABASE);
        let conditions =
            object.map(|object| Condition::all_of(object, &[DELETION_BLOCKED])).unwrap_or_default();
        match conditions.into_iter().find(|condition| condition.is(DELETION_BLOCKED)) {
            Some(blocked) if blocked.is_held() => {
                Self::Blocked(in_terms_of_the_app(blocked.message_or_reason()))
            }
            Some(blocked) if blocked.status == Status::False && blocked.reason == NOT_PROTECTED => Self::Free,
            _ => Self::Nothing,
        }
    }
}
