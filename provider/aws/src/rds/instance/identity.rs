//! Whose a DB instance is.

use aws_sdk_rds::types::DbInstance;
use goldenpath_provider_api::rds::{Instance, InstanceObservation};
use goldenpath_provider_core::managed::ADOPT;
use goldenpath_provider_core::policy::Parsed;
use goldenpath_provider_core::{Fault, Managed, Observation, Policies};

use super::tags_of;
use crate::tags;

/// Passes a DB instance that is this object's, and says why another is not.
///
/// It is when its tags say so, when its identity is the pinned one, or when the object asks to adopt it. An object
/// that only observes may look at anything.
pub(super) fn check(managed: &Instance, db: &DbInstance) -> Result<(), Fault> {
    if managed.is_annotated(ADOPT) || only_observes(managed) {
        return Ok(());
    }
    let tagged = tags::are_of(managed, &tags_of(db));
    let may_be_new = tagged && managed.spec.for_provider.recreate_when_missing == Some(true);
    match (pinned(managed), db.dbi_resource_id()) {
        (Some(pinned), Some(found)) if pinned == found => Ok(()),
        (Some(pinned), Some(found)) if !may_be_new => Err(changed(managed, pinned, found)),
        _ if tagged => Ok(()),
        _ => Err(not_owned(managed)),
    }
}

/// What it means that there is no DB instance of the name. Forgets the one that was.
pub(super) fn missing(managed: &mut Instance) -> Observation {
    let Some(lost) = pinned(managed).map(str::to_owned) else {
        return Observation::Absent;
    };
    if managed.spec.for_provider.recreate_when_missing == Some(true) {
        if let Some(status) = &mut managed.status {
            status.at_provider = InstanceObservation::default();
        }
        return Observation::Absent;
    }
    let message =
        format!("DB instance \"{}\" ({lost}) was deleted outside of this object", managed.external_name());
    Observation::Vanished(Fault::user("ExternallyDeleted", message).remedy(
        "restore it in AWS and annotate goldenpath.io/adopt: \"true\", \
         or set .spec.forProvider.recreateWhenMissing to true for a new one",
    ))
}

fn pinned(managed: &Instance) -> Option<&str> {
    managed.status.as_ref()?.at_provider.resource_id.as_deref()
}

/// Whether looking is all that the object may do.
pub(super) fn only_observes(managed: &Instance) -> bool {
    matches!(Policies::parse(&managed.management_policies()), Parsed::Supported(p) if p.only_observe())
}

fn not_owned(managed: &Instance) -> Fault {
    let message = format!(
        "DB instance \"{}\" exists in AWS and its tags do not name this object",
        managed.external_name()
    );
    Fault::user("NotOwned", message)
        .at(".metadata.annotations[crossplane.io/external-name]")
        .remedy("choose another external name, or annotate goldenpath.io/adopt: \"true\" to take it over")
}

fn changed(managed: &Instance, pinned: &str, found: &str) -> Fault {
    let message = format!(
        "DB instance \"{}\" was replaced outside of this object: it was {pinned} and is {found}",
        managed.external_name()
    );
    Fault::user("IdentityChanged", message)
        .remedy("annotate goldenpath.io/adopt: \"true\" to take the new one over")
}
