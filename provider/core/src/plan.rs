//! What is to be done next: the whole life of a managed resource as two pure functions.
//!
//! Source: the order of Crossplane's managed reconciler, steps 1 to 20 (managed-runtime §0.5).

use k8s_openapi::jiff::{SignedDuration, Timestamp};
use kube::ResourceExt;

use crate::condition::{READY, is_deletion_requested};
use crate::creation::Creation;
use crate::drift::{Change, Drift};
use crate::external::{Observation, Present, Readiness};
use crate::fault::Fault;
use crate::managed::{FINALIZER, Managed, PAUSED};
use crate::policy::{Parsed, Policies};

/// Whether an object may be reconciled at all, decided before anything outside is asked (steps 1 to 6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Paused by annotation or by an empty set of policies.
    Paused,
    /// The set of policies is not one that Crossplane supports.
    Refused(String),
    /// Deleted, and its external resource is to stay: only the finalizer goes.
    Orphaned,
    /// To be observed.
    Admitted(Lifecycle, Policies),
}

/// Where an object stands in its own life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifecycle {
    /// Whether the object is being deleted.
    pub deletion: Deletion,
    /// When Create was last begun and how it ended.
    pub creation: Creation,
    /// How long after a successful Create absence may be only a delay.
    pub creation_grace: SignedDuration,
    /// Since when the external resource was not found, each time that it was looked for.
    pub missing_since: Option<Timestamp>,
}

/// Whether an object is being deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// It is not.
    None,
    /// It is, and finalizers of others come first (R84).
    Held,
    /// It is, and only our finalizer is left.
    Due,
    /// It is, only our finalizer is left, and the external resource was there and was asked to go. Absence is no
    /// delay of an earlier Create then, but what was asked for.
    Begun,
}

/// The one thing to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Make the external resource (15).
    Create,
    /// Put back what differs (19).
    Update(Drift),
    /// Begin to remove the external resource (12).
    Delete,
    /// Remove the finalizer: the external resource is gone, or was never ours (12).
    RemoveFinalizer,
    /// Requeue soon: a successful Create is not visible yet (11), or one answer says that what was there is gone.
    AwaitExistence,
    /// Requeue soon: finalizers of others come first (12).
    AwaitFinalizers,
    /// Requeue soon: the external resource is being removed (12).
    AwaitRemoval,
    /// Nothing to do until the next poll: nothing differs (17).
    Nothing,
    /// Nothing may be done about what differs (18).
    SkipUpdate(Drift),
    /// What differs was asked to be put back often enough, and stays (R119).
    StopUpdating(Drift),
    /// Nothing can be done; report why (10, and what is not ours).
    Fail(Fault),
    /// What differs would replace the external resource; never ask for it, and report it (R120).
    RefuseReplacement(Fault),
}

/// The reason of a fault over an external resource that was never there, and may not be made.
pub const MISSING: &str = "ExternalResourceMissing";

/// The field that says which external resource is meant.
const EXTERNAL_NAME_AT: &str = ".metadata.annotations[crossplane.io/external-name]";

/// How long after a successful Create absence may be only a delay. Source: crossplane-runtime's default.
pub const CREATION_GRACE: SignedDuration = SignedDuration::from_secs(30);

/// How long what was there has to be missing before its object is let go, unless it was asked to go: one answer may be
/// wrong, and what is let go is forgotten.
pub const REMOVAL_GRACE: SignedDuration = SignedDuration::from_secs(20);

/// Decides steps 1 to 6 from the object alone.
pub fn admit<M: Managed>(managed: &M) -> Admission {
    if managed.is_annotated(PAUSED) {
        return Admission::Paused;
    }
    let policies = match Policies::parse(&managed.management_policies()) {
        Parsed::Paused => return Admission::Paused,
        Parsed::Unsupported(set) => return Admission::Refused(set),
        Parsed::Supported(policies) => policies,
    };
    let deletion = deletion(managed);
    if deletion != Deletion::None && !policies.may_delete() {
        return Admission::Orphaned;
    }
    let creation = Creation::from_annotations(managed.annotations());
    Admission::Admitted(
        Lifecycle { deletion, creation, creation_grace: CREATION_GRACE, missing_since: None },
        policies,
    )
}

/// Decides steps 10 to 20 from the object, what was observed, and the difference that updates did not remove.
pub fn plan(
    lifecycle: Lifecycle,
    policies: Policies,
    seen: &Observation,
    exhausted: Option<&Drift>,
    now: Timestamp,
) -> Step {
    let Lifecycle { deletion, creation, creation_grace, missing_since } = lifecycle;
    let may_be_mistaken = missing_since.is_none_or(|since| now.duration_since(since) < REMOVAL_GRACE);
    let may_be_delayed = creation.succeeded_within(creation_grace, now);
    match (deletion, seen) {
        (Deletion::Begun, Observation::Absent | Observation::Vanished(_))
        | (Deletion::Due | Deletion::Begun, Observation::Foreign(_)) => Step::RemoveFinalizer,
        (_, Observation::Absent) if policies.only_observe() => Step::Fail(missing()),
        (_, Observation::Absent | Observation::Vanished(_)) if may_be_delayed => Step::AwaitExistence,

        (Deletion::Held, _) => Step::AwaitFinalizers,
        (Deletion::Due, Observation::Vanished(_)) if may_be_mistaken => Step::AwaitExistence,
        (Deletion::Due, Observation::Absent | Observation::Vanished(_)) => Step::RemoveFinalizer,
        (Deletion::Due | Deletion::Begun, Observation::Present(Present { readiness, .. })) => match readiness
        {
            Readiness::Deleting => Step::AwaitRemoval,
            _ => Step::Delete,
        },

        (Deletion::None, Observation::Absent) if policies.may_create() => Step::Create,
        (Deletion::None, Observation::Absent) => Step::Fail(missing()),
        (Deletion::None, Observation::Vanished(fault) | Observation::Foreign(fault)) => {
            Step::Fail(fault.clone())
        }
        (Deletion::None, Observation::Present(Present { drift, .. })) => {
            match (drift.actionable().next(), drift.refused().next()) {
                (None, None) => Step::Nothing,
                _ if !policies.may_update() => Step::SkipUpdate(drift.clone()),
                (Some(_), _) if exhausted == Some(drift) => Step::StopUpdating(drift.clone()),
                (Some(_), _) => Step::Update(drift.clone()),
                (None, Some(change)) => Step::RefuseReplacement(refusal(change)),
            }
        }
    }
}

fn deletion<M: Managed>(managed: &M) -> Deletion {
    match managed.meta().deletion_timestamp {
        None => Deletion::None,
        Some(_) if managed.finalizers().iter().any(|f| f != FINALIZER) => Deletion::Held,
        Some(_) if managed.condition(READY).is_some_and(is_deletion_requested) => Deletion::Begun,
        Some(_) => Deletion::Due,
    }
}

fn refusal(change: &Change) -> Fault {
    let Change { field, from, to, class: _, downtime: _ } = change;
    let message = format!(
        "refuse to update the external resource because the following update requires replacing it: \
         cannot change the value of the argument \"{field}\" from \"{from}\" to \"{to}\""
    );
    Fault::terminal("ReplacementRefused", message)
        .at(format!(".spec.forProvider.{field}"))
        .remedy(format!("set {field} back to \"{from}\", or make a new resource"))
}

fn missing() -> Fault {
    Fault::user(MISSING, "external resource does not exist")
        .remedy(format!(
            "create it, correct {EXTERNAL_NAME_AT}, or have it created by .spec.managementPolicies"
        ))
        .at(EXTERNAL_NAME_AT)
}

#[cfg(test)]
mod tests;
