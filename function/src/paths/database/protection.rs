//! The `Usage`: Crossplane refuses to delete a database that is protected or has consumers, and says why.
//!
//! AWS's own deletion protection is the second line: it holds when the namespace is deleted, and the `Usage` with it.

use kube::ResourceExt;
use kube::core::TypeMeta;

use crate::condition::{Condition, DELETION_BLOCKED};
use crate::kinds::usage::{NOT_PROTECTED, Usage};
use crate::object_meta::object_meta;
use crate::observed::Observed;
use crate::paths::database::USAGE;
use crate::paths::database::api::GoldenPathDatabase;
use crate::paths::database::consumers::Consumers;
use crate::paths::database::identity::Identity;
use crate::readiness::crossplane;
use crate::rendering::Rendering;
use crate::wire;

const PROTECTED: &str = "deletion protection is on: set .spec.deletion.protection to false first";

/// The `Usage` of a database, while there is a reason for one.
pub(super) fn usage(xr: &GoldenPathDatabase, identity: &Identity, consumers: &Consumers) -> Option<Usage> {
    let reason = reason(xr.spec.deletion.protection, consumers)?;
    let metadata = object_meta(format!("{}-protection", identity.name), &identity.labels);
    Some(Usage::of(metadata, TypeMeta::resource::<GoldenPathDatabase>(), xr.name_any(), reason))
}

fn reason(protected: bool, consumers: &Consumers) -> Option<String> {
    let used = consumers.named().map(|who| {
        format!(
            "it is used by {who}: remove what uses it, or take the namespace out of .spec.allowedNamespaces"
        )
    });
    let reasons: Vec<_> = protected.then(|| PROTECTED.to_owned()).into_iter().chain(used).collect();
    (!reasons.is_empty()).then(|| reasons.join("; "))
}

/// `DeletionBlocked`, with the reason of the desired `Usage`, once Crossplane enforces it.
pub(super) fn blocked(observed: Observed<'_>, rendering: &Rendering) -> Condition {
    let is = DELETION_BLOCKED;
    let reason = |usage| wire::text(wire::child(usage, "spec")?, "reason");
    let Some(why) = rendering.desired(USAGE).and_then(reason) else {
        return Condition::fails(is, NOT_PROTECTED, "nothing blocks the deletion of this object");
    };
    if !observed.object(USAGE).is_some_and(crossplane::says_ready) {
        let message = "Crossplane does not enforce its Usage yet; it needs its webhooks for that";
        return Condition::fails(is, "Pending", message);
    }
    let reason = if why.starts_with(PROTECTED) { "Protected" } else { "HasConsumers" };
    Condition::holds(is, reason).saying(why)
}
