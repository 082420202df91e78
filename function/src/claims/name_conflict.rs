//! Whether the name is free: only what is of this claim is ever written to.
//!
//! Crossplane applies what is composed on top of what is there, and an object without a controller would become the
//! claim's. So before the golden path's XR is rendered for the first time, the object of its name is looked up. An XR
//! that is observed is this claim's, so nothing is looked up in a steady state.

use kube::Resource;
use kube::core::TypeMeta;
use pbjson_types::Struct;

use crate::claims::binding::Binding;
use crate::claims::{Claim, XR, XrOf, kind};
use crate::composition::Gate;
use crate::observed::Observed;
use crate::owner::Owner;
use crate::problems::Problem;
use crate::required_resources::{RequiredResources, Selector};
use crate::wire;
use crate::xr;

/// Name of the lookup.
const LOOKUP: &str = "same-name";

/// What there is under the name.
#[derive(Debug, PartialEq, Eq)]
enum Name {
    /// This claim's XR, or nothing.
    Free,
    /// Crossplane has not said yet.
    Unknown,
    /// An XR that is not this claim's, and is being deleted.
    Leaving,
    /// What an earlier XR of this claim still controls.
    Left {
        /// Name of the earlier one.
        by: String,
    },
    /// An XR that is not this claim's.
    Taken,
}

/// What is asked of Crossplane: the XR of the name, unless it is this claim's already.
pub(super) fn lookup<C: Claim>(binding: &Binding, observed: Observed<'_>) -> Option<RequiredResources> {
    let Binding { name, namespace, owner: _ } = binding.clone();
    (!observed.contains(XR)).then(|| RequiredResources {
        name: LOOKUP.into(),
        r#type: TypeMeta::resource::<XrOf<C>>(),
        selector: Selector::Name { namespace: Some(namespace), name },
        // Nothing wakes Crossplane once the name is free.
        ages: true,
    })
}

/// Closed until the name is known to be free.
pub(super) fn gate<C: Claim>(binding: &Binding, observed: Observed<'_>) -> Gate {
    let what = XrOf::<C>::kind(&());
    match name::<C>(binding, observed) {
        Name::Free => Gate::Open,
        Name::Unknown => Gate::HoldsCreation("waiting for Crossplane to say whether the name is free".into()),
        Name::Leaving => Gate::HoldsCreation(format!("waiting for the {what} of the same name to be gone")),
        Name::Left { by } => {
            Gate::HoldsCreation(format!("waiting for {}/{by} to let go of the {what}", kind::<C>()))
        }
        Name::Taken => Gate::HoldsCreation(format!("waiting for the name: another {what} has it")),
    }
}

/// Reports a name that another XR has, or that an earlier XR of the claim still holds.
pub(super) fn problem<C: Claim>(binding: &Binding, observed: Observed<'_>) -> Option<Problem> {
    let Binding { name: taken, namespace, owner: _ } = binding;
    let what = XrOf::<C>::kind(&());
    let (message, remedy) = match name::<C>(binding, observed) {
        Name::Taken => (
            format!("the namespace {namespace} has a {what} {taken} that is not this claim's"),
            format!("delete this claim and use the {what}, or create the claim under another name"),
        ),
        Name::Left { by } => {
            let xr = kind::<C>();
            (
                format!(
                    "the {what} {taken} is controlled by {xr}/{by}, which an earlier claim of this name became"
                ),
                // Of one that goes already nobody is to do anything; without orphaning, a deletion would remove what it controls.
                format!(
                    "if {xr}/{by} is being deleted, wait; if it is there for good, hand the {what} over: kubectl delete {}.{} {by} \
                     --cascade=orphan",
                    xr.to_lowercase(),
                    XrOf::<C>::group(&()),
                ),
            )
        }
        Name::Free | Name::Unknown | Name::Leaving => return None,
    };
    Some(Problem::error("NameTaken", message).at(".metadata.name").remedy(remedy))
}

fn name<C: Claim>(binding: &Binding, observed: Observed<'_>) -> Name {
    // Before 2.2 Crossplane answers nothing, and the name counts as free.
    if observed.contains(XR) || !observed.can_look_up() {
        return Name::Free;
    }
    let Some(found) = observed.found(LOOKUP) else { return Name::Unknown };
    let Some(object) = found.first() else { return Name::Free };
    whose(object, &kind::<C>(), binding)
}

/// The owner is known by its name: an XR that Crossplane has made anew for the same claim takes over what the one before
/// it has left. One of another name is known by the claim that Crossplane wrote on what it composed; so is what nothing
/// controls any more, as after a restore.
fn whose(object: &Struct, kind: &str, binding: &Binding) -> Name {
    let leaves =
        wire::child(object, "metadata").is_some_and(|m| wire::text(m, "deletionTimestamp").is_some());
    let is_claimed = xr::claim(object) == Some((&binding.namespace, &binding.name));
    match Owner::controller(object) {
        Some(controller) if controller.is(kind, &binding.owner) => Name::Free,
        _ if leaves => Name::Leaving,
        Some(controller) if controller.is_of(kind) && is_claimed => Name::Left { by: controller.name },
        None if is_claimed => Name::Free,
        _ => Name::Taken,
    }
}
