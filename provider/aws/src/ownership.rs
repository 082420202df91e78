//! Whose an external resource is: one rule for every kind.
//!
//! ```text
//! tags that name         identity that was recorded
//!                        the same    another         none
//! this object            ours        replaced        ours
//! another owner          theirs      theirs          theirs     whatever else is known
//! no owner               ours        replaced        not owned
//! ```
//!
//! An object that adopts takes over what is there, whatever its owner; with `Unowned`, what is not owned. Nothing is concluded from "not found" in a region or
//! an account where the external resource never was.

mod location;

use goldenpath_provider_api::AwsManaged;
use goldenpath_provider_core::creation::{RECORDED, RESOURCE_ARN, RESOURCE_ID};
use goldenpath_provider_core::managed::{ADOPT, UNOWNED};
use goldenpath_provider_core::policy::Parsed;
use goldenpath_provider_core::{Fault, Managed, Objects, Observation, Policies};
use kube::ResourceExt;

use crate::connector::Session;
use crate::tags::{self, Owner, Tags};

/// The reason of a fault over another external resource in the place of the one that is known.
pub(crate) const IDENTITY_CHANGED: &str = "IdentityChanged";

/// A kind whose external resources have an identity of AWS's own, which another one under the same name has not.
pub(crate) trait Owned: AwsManaged {
    /// What messages call its external resources, e.g. `DB instance`.
    const NOUN: &'static str;

    /// One as AWS shows it.
    type Found: Send + Sync;

    /// The identity of one that was found.
    fn identity(found: &Self::Found) -> Identity;

    /// The tags of one that was found.
    fn tags_of(found: &Self::Found) -> Tags;

    /// The identity that the status has.
    fn recorded(&self) -> Identity;

    /// What becomes of an external resource that was deleted outside of its object.
    fn when_lost(&self) -> WhenLost;
}

/// What AWS knows an external resource by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    /// What no other one ever has.
    pub(crate) id: Option<String>,
    /// Where it is, and under which name.
    pub(crate) arn: Option<String>,
}

/// What becomes of an external resource that was deleted outside of its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhenLost {
    /// It is made again: nothing was in it, or the object asks for a new one.
    MadeAgain,
    /// It is reported, with what a person can do.
    Reported(&'static str),
}

/// What an object takes over that is not its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Adoption {
    /// Whatever is there.
    Anyones,
    /// What nobody owns.
    Unowned,
}

/// Why the external resource of the object's name is not the object's.
#[derive(Clone, Debug, PartialEq, Eq)]
enum NotOurs {
    /// Another one owns it, or no one does.
    Theirs(Fault),
    /// Its tags give it to the object, in the place of the one that was.
    Replaced(Fault),
}

// === impl Session ===

impl<O: Objects> Session<O> {
    /// Passes what was found under the name of an object if it is the object's, and records what identifies it; otherwise
    /// returns the observation of one that is not, or that is missing.
    pub(crate) async fn ours<M: Owned>(
        &self,
        managed: &mut M,
        found: Option<M::Found>,
    ) -> Result<Result<M::Found, Observation>, Fault> {
        let judged = found.map(|found| judge(managed, self.cluster(), &found).map(|()| found)).transpose();
        if let Ok(Some(found)) = judged {
            settle(managed, self.cluster(), &found);
            return Ok(Ok(found));
        }
        self.check_location(managed).await?;
        match judged {
            Ok(_) => Ok(Err(missing(managed))),
            // What has the tags of a deleted object is not left behind in silence.
            Err(NotOurs::Replaced(fault)) if managed.meta().deletion_timestamp.is_some() => Err(fault),
            Err(NotOurs::Replaced(fault) | NotOurs::Theirs(fault)) => Ok(Err(Observation::Foreign(fault))),
        }
    }

    /// As [`ours`](Self::ours), of what was found when the object was observed, a moment ago.
    pub(crate) fn still_ours<M: Owned>(
        &self,
        managed: &M,
        found: Option<M::Found>,
    ) -> Result<M::Found, Fault> {
        let gone =
            || Fault::waiting("WaitingForState", format!("{} is gone; reconciling again", name(managed)));
        self.already_made(managed, found.ok_or_else(gone)?)
    }

    /// Passes what has the name already if an earlier Create has made it whose answer was lost. One that is not ours stays
    /// untouched.
    pub(crate) fn already_made<M: Owned>(&self, managed: &M, found: M::Found) -> Result<M::Found, Fault> {
        match judge(managed, self.cluster(), &found) {
            Ok(()) => Ok(found),
            Err(NotOurs::Theirs(fault) | NotOurs::Replaced(fault)) => Err(fault),
        }
    }
}

/// Records what identifies the external resource of an object in annotations, which a backup keeps as it does not the status.
pub(crate) fn pin<M: Owned>(managed: &mut M, identity: &Identity) {
    let Identity { id, arn } = identity;
    let place = arn.as_ref().filter(|_| id != arn);
    let recorded = [(RESOURCE_ID, id.as_ref()), (RESOURCE_ARN, place)];
    for (key, value) in recorded.into_iter().filter_map(|(key, value)| Some((key, value?))) {
        managed.annotations_mut().insert(key.to_owned(), value.clone());
    }
}

/// What the external resource of an object is known by, if it was found to be this object's at any time.
pub(crate) fn pinned_id<M: Owned>(managed: &M) -> Option<String> {
    pinned(managed).id
}

/// The identity that was recorded when the external resource was found to be this object's: in the status, or where a
/// restore from a backup has brought none, in the annotations.
fn pinned<M: Owned>(managed: &M) -> Identity {
    let Identity { id, arn } = managed.recorded();
    let annotated = |key: &str| managed.annotations().get(key).filter(|value| !value.is_empty()).cloned();
    let id = id.or_else(|| annotated(RESOURCE_ID));
    let arn = arn.or_else(|| annotated(RESOURCE_ARN)).or_else(|| id.clone());
    Identity { id, arn }
}

/// Decides whose an external resource is. An object that only observes may observe any.
fn judge<M: Owned>(managed: &M, cluster: &str, found: &M::Found) -> Result<(), NotOurs> {
    let adoption = adoption(managed);
    if only_observes(managed) || adoption == Some(Adoption::Anyones) {
        return Ok(());
    }
    let owner = tags::owner(managed, cluster, &M::tags_of(found));
    if let Owner::Another(owner) = owner {
        return Err(NotOurs::Theirs(not_owned(managed, &format!("it is {owner}'s"))));
    }
    let (pinned, found) = (pinned(managed).id, M::identity(found).id);
    match (pinned, found, owner) {
        (Some(pinned), Some(found), _) if pinned == found => Ok(()),
        (Some(_), Some(_), Owner::This) if managed.when_lost() == WhenLost::MadeAgain => Ok(()),
        (Some(pinned), Some(found), Owner::This) => {
            Err(NotOurs::Replaced(replaced(managed, &pinned, &found)))
        }
        (Some(pinned), Some(found), _) => Err(NotOurs::Theirs(replaced(managed, &pinned, &found))),
        (_, _, Owner::This) => Ok(()),
        _ if adoption == Some(Adoption::Unowned) => Ok(()),
        _ => Err(NotOurs::Theirs(not_owned(managed, "its tags do not name this object"))),
    }
}

/// What an object takes over. One that is being deleted takes over nothing any more.
pub(crate) fn adoption<M: Managed>(managed: &M) -> Option<Adoption> {
    let asked = managed.annotations().get(ADOPT).filter(|_| managed.meta().deletion_timestamp.is_none())?;
    match asked.as_str() {
        "true" => Some(Adoption::Anyones),
        UNOWNED => Some(Adoption::Unowned),
        _ => None,
    }
}

/// Records what identifies an external resource that is the object's. Adopting it is over once its tags say so.
fn settle<M: Owned>(managed: &mut M, cluster: &str, found: &M::Found) {
    if only_observes(managed) {
        return;
    }
    pin(managed, &M::identity(found));
    let observed = M::tags_of(found);
    if tags::owner(managed, cluster, &observed) == Owner::This {
        managed.annotations_mut().remove(ADOPT);
    }
    tags::remember(managed, &observed);
}

/// The observation where nothing has the name. Forgets the identity of the lost one if another is to take its place.
fn missing<M: Owned>(managed: &mut M) -> Observation {
    let lost = pinned(managed).id;
    tags::remember(managed, &Tags::new());
    let Some(lost) = lost else {
        return Observation::Absent;
    };
    match managed.when_lost() {
        // One that is being deleted is not made again: that it is gone is to be sure before it is let go.
        WhenLost::MadeAgain if managed.meta().deletion_timestamp.is_some() => {
            Observation::Vanished(deleted_outside(managed, &lost))
        }
        WhenLost::MadeAgain => {
            *managed.at_provider_mut() = M::Observation::default();
            managed.annotations_mut().retain(|key, _| !RECORDED.contains(&key.as_str()));
            Observation::Absent
        }
        WhenLost::Reported(remedy) => Observation::Vanished(deleted_outside(managed, &lost).remedy(remedy)),
    }
}

fn deleted_outside<M: Owned>(managed: &M, lost: &str) -> Fault {
    let message = format!("{} ({lost}) was deleted outside of this object", name(managed));
    Fault::user("ExternallyDeleted", message)
}

/// Whether the object may only observe.
pub(crate) fn only_observes<M: Managed>(managed: &M) -> bool {
    matches!(Policies::parse(&managed.management_policies()), Parsed::Supported(p) if p.only_observe())
}

fn not_owned<M: Owned>(managed: &M, why: &str) -> Fault {
    let message = format!("{} exists in AWS and {why}", name(managed));
    Fault::user("NotOwned", message)
        .at(".metadata.annotations[crossplane.io/external-name]")
        .remedy("choose another external name, or annotate goldenpath.io/adopt: \"true\" to take it over")
}

fn replaced<M: Owned>(managed: &M, pinned: &str, found: &str) -> Fault {
    let message =
        format!("{} was replaced outside of this object: it was {pinned} and is {found}", name(managed));
    Fault::user(IDENTITY_CHANGED, message)
        .remedy("annotate goldenpath.io/adopt: \"true\" to take the new one over")
}

fn name<M: Owned>(managed: &M) -> String {
    format!("{} \"{}\"", M::NOUN, managed.external_name())
}

#[cfg(test)]
mod tests;
