//! Whose an external resource is: one rule for every kind.

use goldenpath_provider_api::AwsManaged;
use goldenpath_provider_core::managed::ADOPT;
use goldenpath_provider_core::policy::Parsed;
use goldenpath_provider_core::{Fault, Managed, Observation, Policies};

use crate::tags::{self, Tags};

/// A kind whose external resources have an identity of AWS's own, which another one under the same name has not.
pub(crate) trait Owned: AwsManaged {
    /// What messages call its external resources, e.g. `DB instance`.
    const NOUN: &'static str;

    /// One as AWS shows it.
    type Found;

    /// The identity of one that was found.
    fn id(found: &Self::Found) -> Option<&str>;

    /// The tags of one that was found.
    fn tags_of(found: &Self::Found) -> Tags;

    /// The identity that was recorded when the external resource was found to be this object's.
    fn pinned(&self) -> Option<&str>;

    /// What becomes of an external resource that was deleted outside of its object.
    fn when_lost(&self) -> WhenLost;
}

/// What becomes of an external resource that was deleted outside of its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhenLost {
    /// It is made again: nothing was in it, or the object asks for a new one.
    MadeAgain,
    /// It is reported, with what a person can do.
    Reported(&'static str),
}

/// Passes what was found under the name of an object if it is the object's; otherwise what it means that it is not, or
/// that nothing is there.
pub(crate) fn ours<M: Owned>(managed: &mut M, found: Option<M::Found>) -> Result<M::Found, Observation> {
    let Some(found) = found else {
        return Err(missing(managed));
    };
    match check(managed, &found) {
        Ok(()) => Ok(found),
        Err(foreign) => Err(Observation::Foreign(foreign)),
    }
}

/// As [`ours`], of what was found when the object was observed, a moment ago.
pub(crate) fn still_ours<M: Owned>(managed: &M, found: Option<M::Found>) -> Result<M::Found, Fault> {
    let gone = || Fault::waiting("WaitingForState", format!("{} is gone; looking again", name(managed)));
    let found = found.ok_or_else(gone)?;
    check(managed, &found)?;
    Ok(found)
}

/// Passes an external resource that is this object's, and says why another is not.
///
/// It is when its tags say so, when its identity is the pinned one, or when the object asks to adopt it. An object
/// that only observes may look at anything.
pub(crate) fn check<M: Owned>(managed: &M, found: &M::Found) -> Result<(), Fault> {
    if managed.is_annotated(ADOPT) || only_observes(managed) {
        return Ok(());
    }
    let is_tagged = tags::are_of(managed, &M::tags_of(found));
    match (managed.pinned(), M::id(found)) {
        (Some(pinned), Some(found)) if pinned == found => Ok(()),
        (Some(pinned), Some(found)) if !(is_tagged && managed.when_lost() == WhenLost::MadeAgain) => {
            Err(replaced(managed, pinned, found))
        }
        _ if is_tagged => Ok(()),
        _ => Err(not_owned(managed)),
    }
}

/// What it means that there is none of the name. Forgets the one that was, if another is to take its place.
fn missing<M: Owned>(managed: &mut M) -> Observation {
    let Some(lost) = managed.pinned() else {
        return Observation::Absent;
    };
    match managed.when_lost() {
        WhenLost::MadeAgain => {
            *managed.at_provider_mut() = M::Observation::default();
            Observation::Absent
        }
        WhenLost::Reported(remedy) => {
            let message = format!("{} ({lost}) was deleted outside of this object", name(managed));
            Observation::Vanished(Fault::user("ExternallyDeleted", message).remedy(remedy))
        }
    }
}

/// Whether looking is all that the object may do.
pub(crate) fn only_observes<M: Managed>(managed: &M) -> bool {
    matches!(Policies::parse(&managed.management_policies()), Parsed::Supported(p) if p.only_observe())
}

fn not_owned<M: Owned>(managed: &M) -> Fault {
    let message = format!("{} exists in AWS and its tags do not name this object", name(managed));
    Fault::user("NotOwned", message)
        .at(".metadata.annotations[crossplane.io/external-name]")
        .remedy("choose another external name, or annotate goldenpath.io/adopt: \"true\" to take it over")
}

fn replaced<M: Owned>(managed: &M, pinned: &str, found: &str) -> Fault {
    let message =
        format!("{} was replaced outside of this object: it was {pinned} and is {found}", name(managed));
    Fault::user("IdentityChanged", message)
        .remedy("annotate goldenpath.io/adopt: \"true\" to take the new one over")
}

fn name<M: Owned>(managed: &M) -> String {
    format!("{} \"{}\"", M::NOUN, managed.external_name())
}
