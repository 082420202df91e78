//! Whether the name is free: nothing that is not of this claim is ever written to.
//!
//! Crossplane applies what is composed on top of what is there, and an object that nobody controls would become the
//! claim's. So before the golden path's XR is rendered for the first time, the object of its name is looked up. An XR
//! that is observed is this claim's, so a steady state looks nothing up.

use kube::Resource;
use kube::core::TypeMeta;
use pbjson_types::Struct;

use crate::claims::binding::Binding;
use crate::claims::owner::Owner;
use crate::claims::{Claim, XR, XrOf, kind};
use crate::composition::Gate;
use crate::lookups::{Chosen, Lookup};
use crate::observed::Observed;
use crate::problems::Problem;
use crate::wire;

/// Name of the lookup.
const LOOKUP: &str = "same-name";

/// What there is under the name.
#[derive(Debug, PartialEq, Eq)]
enum Name {
    /// This claim's XR, or nothing.
    Free,
    /// Crossplane has not said yet.
    Unknown,
    /// Somebody else's XR, on its way out.
    Leaving,
    /// Somebody else's XR.
    Taken,
}

/// What is asked of Crossplane: the XR of the name, unless it is this claim's already.
pub(super) fn lookup<C: Claim>(binding: &Binding, observed: Observed<'_>) -> Option<Lookup> {
    let Binding { name, namespace, owner: _ } = binding.clone();
    (!observed.contains(XR)).then(|| Lookup {
        name: LOOKUP,
        r#type: TypeMeta::resource::<XrOf<C>>(),
        chosen: Chosen::Named { namespace, name },
    })
}

/// Closed while the name is not known to be free.
pub(super) fn gate<C: Claim>(binding: &Binding, observed: Observed<'_>) -> Gate {
    let what = XrOf::<C>::kind(&());
    match name::<C>(binding, observed) {
        Name::Free => Gate::Open,
        Name::Unknown => Gate::Closed("waiting for Crossplane to say whether the name is free".into()),
        Name::Leaving => Gate::Closed(format!("waiting for the {what} of the same name to be gone")),
        Name::Taken => Gate::Closed(format!("waiting for the name: another {what} has it")),
    }
}

/// Told of a name that somebody else has.
pub(super) fn problem<C: Claim>(binding: &Binding, observed: Observed<'_>) -> Option<Problem> {
    let Binding { name: taken, namespace, owner: _ } = binding;
    let what = XrOf::<C>::kind(&());
    (name::<C>(binding, observed) == Name::Taken).then(|| {
        let message = format!("the namespace {namespace} has a {what} {taken} that is not this claim's");
        Problem::error("NameTaken", message)
            .at(".metadata.name")
            .remedy(format!("delete this claim and use the {what}, or create the claim under another name"))
    })
}

fn name<C: Claim>(binding: &Binding, observed: Observed<'_>) -> Name {
    // A Crossplane that looks nothing up (before 2.2) cannot tell.
    if observed.contains(XR) || !observed.can_look_up() {
        return Name::Free;
    }
    let Some(found) = observed.found(LOOKUP) else { return Name::Unknown };
    let Some(object) = found.first() else { return Name::Free };
    whose(object, &kind::<C>(), &binding.owner)
}

/// The owner is known by its name: an XR that Crossplane has made anew for the same claim takes over what the one before
/// it has left.
fn whose(object: &Struct, kind: &str, owner: &str) -> Name {
    let leaves =
        wire::below(object, "metadata").is_some_and(|m| wire::text(m, "deletionTimestamp").is_some());
    match Owner::of(object) {
        Some(controller) if controller.is(kind, owner) => Name::Free,
        _ if leaves => Name::Leaving,
        _ => Name::Taken,
    }
}
