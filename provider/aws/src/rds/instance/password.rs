//! Which password a DB instance has, as far as that can be known: never the password, but where it came from.
//!
//! ```text
//! recorded                        the secret's current version is
//!                                 the same, or merged from it    another            not known
//! a version                       applied                        differs            applied
//! nothing (made, restored)        differs                        differs            differs
//! that somebody else made it      awaits consent
//! ```

mod stored;

use aws_sdk_rds::types::DbInstance;
use goldenpath_provider_api::AwsManaged;
use goldenpath_provider_api::rds::{ADOPT_PASSWORD, Instance, PasswordVersion};
use goldenpath_provider_core::creation::{PASSWORD_APPLIED, RESOURCE_ID};
use goldenpath_provider_core::{Change, Drift, Fault};
use kube::ResourceExt;

use super::field::Field;
use super::is_restored;
use crate::ownership::{adoption, only_observes};
pub(super) use stored::{Password, Stored, is_published, read, stored};

/// What the annotation has of a DB instance whose password its former owner knows.
const ADOPTED: &str = "adopted";

/// What is known of the password that a DB instance has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Recorded {
    /// It was set from this version.
    Version(PasswordVersion),
    /// Whoever made the DB instance knows it.
    Adopted,
    /// Nothing: it was restored, or the record of its creation is lost.
    Nothing,
}

/// How the password of a DB instance stands to that of its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// The object has none to set.
    NotManaged,
    /// It is the secret's, of this version.
    Applied(PasswordVersion),
    /// It is another one, or may be.
    Differs { from: String, to: String },
    /// It is not known, and nobody has said whether it may be set.
    AwaitsConsent,
}

/// What a person says of the password of a DB instance that was adopted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString)]
enum Consent {
    /// It is to become the secret's.
    Set,
    /// It is the secret's already.
    Keep,
}

/// How the password stands, by what is recorded of it and by what the secret has.
pub(super) fn standing(managed: &Instance, recorded: &Recorded, stored: Option<&Stored>) -> Standing {
    if managed.spec.for_provider.master_user_password_from.is_none() || only_observes(managed) {
        return Standing::NotManaged;
    }
    let wanted = stored.map(|stored| &stored.version);
    let differs = |from: &str| Standing::Differs {
        from: from.to_owned(),
        to: wanted.map_or("(of the secret)", |wanted| &wanted.version_id).to_owned(),
    };
    match (recorded, stored) {
        (Recorded::Version(applied), None) => Standing::Applied(applied.clone()),
        (Recorded::Version(applied), Some(stored)) if stored.has_password_of(applied) => {
            Standing::Applied(stored.version.clone())
        }
        (Recorded::Version(applied), Some(_)) => differs(&applied.version_id),
        (Recorded::Nothing, _) if is_restored(&managed.spec.for_provider) => differs("(of the backup)"),
        (Recorded::Nothing, _) => differs("(not known)"),
        (Recorded::Adopted, stored) => match (consent(managed), stored) {
            (Some(Consent::Set), _) => differs("(not known)"),
            (Some(Consent::Keep), Some(stored)) => Standing::Applied(stored.version.clone()),
            (Some(Consent::Keep), None) | (None, _) => Standing::AwaitsConsent,
        },
    }
}

/// What was recorded of the password of a DB instance, of this one and no other: in the status, or where that is lost, in
/// an annotation. Read before what identifies the DB instance is recorded anew.
pub(super) fn recorded(managed: &Instance, db: &DbInstance) -> Recorded {
    let found = db.dbi_resource_id();
    let seen = managed.at_provider().filter(|seen| seen.resource_id.as_deref() == found);
    if let Some(version) = seen.and_then(|seen| seen.password_applied.clone()) {
        return Recorded::Version(version);
    }
    let annotated = |key| managed.annotations().get(key).map(String::as_str);
    let is_pinned = annotated(RESOURCE_ID) == found;
    match annotated(PASSWORD_APPLIED).filter(|_| is_pinned) {
        Some(ADOPTED) => Recorded::Adopted,
        Some(text) => parse(text).map_or(Recorded::Nothing, Recorded::Version),
        // One that was looked at before it is managed is in the status, and not pinned.
        None if !is_pinned && (adoption(managed).is_some() || seen.is_some()) => Recorded::Adopted,
        None => Recorded::Nothing,
    }
}

/// Records what is known of the password, where the status may be lost as well. What a person said of it is over once it
/// is known.
pub(super) fn record(managed: &mut Instance, known: Recorded) {
    let text = match &known {
        Recorded::Version(PasswordVersion { secret_arn, version_id }) => {
            Some(format!("{secret_arn}/{version_id}"))
        }
        Recorded::Adopted => Some(ADOPTED.to_owned()),
        Recorded::Nothing => None,
    };
    let annotations = managed.annotations_mut();
    match text {
        Some(text) => annotations.insert(PASSWORD_APPLIED.to_owned(), text),
        None => annotations.remove(PASSWORD_APPLIED),
    };
    managed.at_provider_mut().password_applied = match known {
        Recorded::Version(version) => {
            managed.annotations_mut().remove(ADOPT_PASSWORD);
            Some(version)
        }
        Recorded::Adopted | Recorded::Nothing => None,
    };
}

/// Takes the password out of a drift if the DB instance has that of the secret already, and only the object of the secret
/// has not noticed yet that the secret has a newer one.
pub(super) fn without_unnoticed(
    managed: &Instance,
    drift: Drift,
    read: Option<&Password>,
) -> (Drift, Option<Fault>) {
    let applied = managed.at_provider().and_then(|seen| seen.password_applied.as_ref());
    if !Field::MasterUserPassword.is_in(&drift)
        || applied.is_none()
        || applied != read.map(|password| &password.version)
    {
        return (drift, None);
    }
    let others = drift.changes.into_iter().filter(|c| Field::of(c) != Some(Field::MasterUserPassword));
    let fault =
        Fault::waiting("WaitingForSecret", "the Secret does not show its current version yet; looking again")
            .at(".spec.forProvider.masterUserPasswordFrom");
    (Drift { changes: others.collect() }, Some(fault))
}

fn parse(text: &str) -> Option<PasswordVersion> {
    let (secret_arn, version_id) = text.rsplit_once('/')?;
    Some(PasswordVersion { secret_arn: secret_arn.to_owned(), version_id: version_id.to_owned() })
}

fn consent(managed: &Instance) -> Option<Consent> {
    managed.annotations().get(ADOPT_PASSWORD)?.parse().ok()
}

// === impl Standing ===

impl Standing {
    /// What is known once the password stands so.
    pub(super) fn known(&self, recorded: Recorded) -> Recorded {
        match self {
            Self::NotManaged => Recorded::Nothing,
            Self::Applied(version) => Recorded::Version(version.clone()),
            Self::Differs { .. } | Self::AwaitsConsent => recorded,
        }
    }

    /// The change that is to be asked for.
    pub(super) fn change(&self) -> Option<Change> {
        let Self::Differs { from, to } = self else { return None };
        Some(Change::immediate(Field::MasterUserPassword.to_string(), from.clone(), to.clone()))
    }

    /// What a person has to say.
    pub(super) fn question(&self) -> Option<Fault> {
        let message = "the DB instance was adopted, and its password may be another one than its secret's";
        (*self == Self::AwaitsConsent).then(|| {
            Fault::user("PasswordNotKnown", message).at(".spec.forProvider.masterUserPasswordFrom").remedy(
                "write the password that is in use into the secret in AWS and annotate \
                 goldenpath.io/adopt-password: Keep, or annotate goldenpath.io/adopt-password: Set to have \
                 the secret's set",
            )
        })
    }
}
