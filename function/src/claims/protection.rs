//! The two `Usage`s of a claim.
//!
//! Deleting the claim is refused for the reason for which Crossplane refuses to delete the golden path's XR: otherwise the
//! claim would go and the XR stay behind. Deleting the XR is refused with a pointer to the claim: otherwise Crossplane would
//! make it anew, and empty.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource;
use kube::core::TypeMeta;

use crate::claims::binding::Binding;
use crate::claims::{Claim, USAGE, XR, XrOf, xr_conditions};
use crate::composition::{Composition, Gate};
use crate::condition::{Condition, DELETION_BLOCKED, Status};
use crate::kinds::usage::{NOT_PROTECTED, Usage};
use crate::labels;
use crate::object_meta::object_meta;
use crate::observed::Observed;
use crate::readiness::crossplane;

/// Composes the `Usage` while the golden path's XR may not be deleted, and removes it once that reports that it may. While
/// that is unknown, it stays.
pub(super) fn with_usage<C: Claim>(
    composition: Composition,
    binding: &Binding,
    observed: Observed<'_>,
) -> Composition {
    let conditions = xr_conditions::<C>(observed);
    match conditions.into_iter().find(|c| c.is(DELETION_BLOCKED)) {
        Some(blocked) if blocked.is_held() => {
            composition.with(USAGE, &of_claim::<C>(binding, blocked.message_or_reason()))
        }
        Some(blocked) if blocked.status == Status::False && blocked.reason == NOT_PROTECTED => {
            composition.removing(USAGE)
        }
        _ => composition.keeping(USAGE),
    }
}

/// The `Usage` of the golden path's XR.
pub(super) fn of_xr<C: Claim>(binding: &Binding) -> Usage {
    let kind = XrOf::<C>::kind(&()).into_owned();
    let reason = format!("{}/{} makes it: delete that instead", C::KIND, binding.name);
    usage::<C>(binding, kind, reason)
}

/// Closed before there is anything to delete.
pub(super) fn gate<C: Claim>(observed: Observed<'_>) -> Gate {
    if observed.contains(XR) {
        return Gate::Open;
    }
    Gate::HoldsCreation(format!("waiting for the {}", XrOf::<C>::kind(&())))
}

fn of_claim<C: Claim>(binding: &Binding, reason: &str) -> Usage {
    usage::<C>(binding, C::KIND.to_owned(), reason.to_owned())
}

/// Named by what is in use, for claims of several kinds may have one name; no golden path's own `Usage` has a name with a dot
/// and a kind.
fn usage<C: Claim>(binding: &Binding, kind: String, reason: String) -> Usage {
    let Binding { name, namespace, owner: _ } = binding.clone();
    let own = format!("{name}.{}", kind.to_lowercase());
    let metadata = ObjectMeta { namespace: Some(namespace), ..object_meta(own, &labels::managed()) };
    let used = TypeMeta { api_version: XrOf::<C>::api_version(&()).into_owned(), kind };
    Usage::of(metadata, used, name, reason)
}

/// `DeletionBlocked` of the claim: as of the golden path's XR, once Crossplane enforces it here as well.
pub(super) fn blocked(theirs: Condition, observed: Observed<'_>) -> Condition {
    if !theirs.is_held() || observed.object(USAGE).is_some_and(crossplane::says_ready) {
        return theirs;
    }
    let message = "Crossplane does not enforce the Usage of the claim yet; it needs its webhooks for that";
    Condition::fails(DELETION_BLOCKED, "Pending", message)
}
