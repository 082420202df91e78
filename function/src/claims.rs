//! Claims: how users of Crossplane v1 ask for a golden path.
//!
//! ```text
//! claim ──► XR of the cluster ──► the golden path's XR, in the claim's namespace
//!       ◄──                   ◄── its status, conditions and problems
//! ```
//!
//! Crossplane keeps claim and XR alike. The golden path's XR has the claim's name and spec, so that a reader of one of
//! them knows the other, and so that both ways lead to the same Secret. One name is one database: an XR that is already
//! there under the name and is not the claim's is left alone, and the claim is refused.

mod binding;
mod mirror;
mod name_conflict;
mod other_writer;
mod protection;

use function_sdk_rust::proto::v1::Resource as Composite;
use kube::core::object::HasStatus;

use crate::composition::Composition;
use crate::condition::Condition;
use crate::error::Error;
use crate::keys::Known;
use crate::observed::Observed;
use crate::path::{self, GoldenPath};
use crate::platform::PlatformInput;
use crate::rendering::{OBSERVED_GENERATION, Outcome, Pass, Rendering, outcome, refused_outcome};
use crate::requirements::RequiredSchemas;
use crate::wire;
use crate::xr::Xr;
use binding::Binding;
pub(crate) use other_writer::problem as other_writer;

/// Key of the golden path's XR.
pub const XR: &str = "xr";
/// Key of the `Usage` of the claim.
pub const USAGE: &str = "usage";
/// Key of the `Usage` of the golden path's XR.
pub const XR_USAGE: &str = "xr-usage";

/// The keys of every claim.
pub(crate) const KEYS: &[Known] = &[Known::Always(XR), Known::Optional(USAGE), Known::Always(XR_USAGE)];

/// A claim of a golden path. Its spec and its status are those of the golden path's XR.
pub trait Claim {
    /// The golden path.
    type Of: GoldenPath;
    /// Kind of the claim; its XR's begins with an `X`.
    const KIND: &'static str;

    /// The status before there is anything to mirror.
    fn pending() -> StatusOf<Self>;
}

/// The golden path's XR.
type XrOf<C> = <<C as Claim>::Of as GoldenPath>::Composite;
/// The status of claim and XR.
pub(crate) type StatusOf<C> = <<C as Claim>::Of as GoldenPath>::Status;

/// Kind of the XR of a claim.
pub(crate) fn kind<C: Claim>() -> String {
    format!("X{}", C::KIND)
}

/// The conditions of the golden path's XR.
pub(crate) fn xr_conditions<C: Claim>(observed: Observed<'_>) -> Vec<Condition> {
    let declared = <C::Of as GoldenPath>::CONDITIONS;
    observed.object(XR).map(|xr| Condition::all_of(xr, declared)).unwrap_or_default()
}

/// Composes the golden path's XR, and reports what that XR reports. The platform's choices are applied to that XR, not here.
pub(crate) fn render<C: Claim>(
    resource: &Composite,
    _: &PlatformInput,
    observed: Observed<'_>,
    schemas: RequiredSchemas<'_>,
) -> Result<Outcome, Error> {
    let xr = Xr::new(wire::object(resource));
    let pass = Pass { known: KEYS, xr, observed, schemas, field: &|_, _| None };
    // Spec and status are the golden path's, so the XR of the cluster is read as what it becomes.
    let composite: XrOf<C> = match wire::decode(wire::object(resource)) {
        Ok(composite) => composite,
        Err(error) => {
            let mut own = path::status_fields::<C::Of>();
            own.remove(OBSERVED_GENERATION);
            return Ok(refused_outcome(resource, path::undecodable(&error), pass, &own));
        }
    };
    let mut rendering = match Binding::of::<C>(&composite, wire::object(resource)) {
        Ok(binding) => Rendering::of(compose::<C>(&composite, &binding, observed), pass)?,
        Err(Error::Refused { problems }) => Rendering::refused(problems, pass),
        Err(bug) => return Err(bug),
    };
    let (status, conditions) = mirror::report::<C>(composite.status(), observed, &mut rendering)?;
    outcome(rendering, &status, conditions)
}

fn compose<C: Claim>(composite: &XrOf<C>, binding: &Binding, observed: Observed<'_>) -> Composition {
    let composition = Composition::new()
        .with_gated(XR, name_conflict::gate::<C>(binding, observed), &binding.xr::<C>(composite))
        .guarding(XR)
        .with_gated(XR_USAGE, protection::gate::<C>(observed), &protection::of_xr::<C>(binding))
        .requiring(name_conflict::lookup::<C>(binding, observed))
        .with_problems(name_conflict::problem::<C>(binding, observed));
    protection::with_usage::<C>(composition, binding, observed)
}
