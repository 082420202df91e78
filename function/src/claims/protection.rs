//! The `Usage` of the claim: who deletes the claim is refused with the reason for which Crossplane would refuse to delete
//! what the claim became.
//!
//! Without it the claim would go, and what it became would stay behind.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource;

use crate::claims::binding::Binding;
use crate::claims::{Claim, USAGE, XR, XrOf};
use crate::composition::Composition;
use crate::condition::{Condition, ConditionType, Status};
use crate::labels;
use crate::observed::Observed;
use crate::readiness;
use crate::usages::{NOT_PROTECTED, Usage, UsageSpec, Used, UsedReference};

/// Composes the `Usage` while the golden path's XR may not be deleted, and lets it go once that says that it may. In
/// doubt it stays.
pub(super) fn with_usage<C: Claim>(
    composition: Composition,
    binding: &Binding,
    observed: Observed<'_>,
) -> Composition {
    let conditions = observed.object(XR).map(Condition::all_of).unwrap_or_default();
    match conditions.into_iter().find(|c| c.r#type == ConditionType::DeletionBlocked) {
        Some(blocked) if blocked.is_held() => {
            composition.with(USAGE, &usage::<C>(binding, blocked.message_or_reason()))
        }
        Some(blocked) if blocked.status == Status::False && blocked.reason == NOT_PROTECTED => {
            composition.with_asked::<Usage>(USAGE, None)
        }
        _ => composition,
    }
}

fn usage<C: Claim>(binding: &Binding, reason: &str) -> Usage {
    let Binding { name, namespace, owner: _ } = binding.clone();
    Usage {
        metadata: ObjectMeta {
            // No Usage of a golden path ends like this.
            name: Some(format!("{name}-claim")),
            namespace: Some(namespace),
            labels: Some([(labels::MANAGED.to_owned(), "true".to_owned())].into()),
            ..ObjectMeta::default()
        },
        spec: UsageSpec {
            of: Used {
                api_version: XrOf::<C>::api_version(&()).into_owned(),
                kind: C::KIND.to_owned(),
                resource_ref: UsedReference { name },
            },
            reason: reason.to_owned(),
        },
    }
}

/// `DeletionBlocked` of the claim: as of the golden path's XR, once Crossplane enforces it here as well.
pub(super) fn blocked(theirs: Condition, observed: Observed<'_>) -> Condition {
    if !theirs.is_held() || observed.object(USAGE).is_some_and(readiness::is_told_ready) {
        return theirs;
    }
    let message = "Crossplane does not enforce the Usage of the claim yet; it needs its webhooks for that";
    Condition::fails(ConditionType::DeletionBlocked, "Pending", message)
}
