//! What the registry says of a golden path: its names, its XRD, and how it runs, without its types.

use function_sdk_rust::proto::v1::{Resource as Composite, RunFunctionRequest};
use kube::Resource;
use pbjson_types::Struct;

use crate::claims::{self, Claim};
use crate::condition::ConditionKind;
use crate::definition::{self, Definition};
use crate::error::Error;
use crate::keys::Known;
use crate::observed::Observed;
use crate::path::{self, GoldenPath, undecodable};
use crate::platform::{self, Part, PlatformInput, Policy};
use crate::rendering::{Outcome, Pass, Rendering, outcome, refused_outcome};
use crate::requirements::RequiredSchemas;
use crate::wire;
use crate::xr::Xr;

type RenderFn = fn(&Composite, &PlatformInput, Observed<'_>, RequiredSchemas<'_>) -> Result<Outcome, Error>;

/// A golden path without its types.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Group and version of the XR.
    pub api_version: fn() -> String,
    /// Kind of the XR.
    pub kind: fn() -> String,
    /// Where the platform's input has its choices; none of one of which the platform says nothing of its own, as of a claim.
    pub part: Option<Part>,
    /// Those choices as they are unless the platform says otherwise.
    pub defaults: fn() -> Struct,
    /// Whether an XR, and what the platform says to it, can be read; what is composed for one that cannot stays as it is.
    pub reads: fn(&Struct, &PlatformInput) -> bool,
    /// The keys that it composes under.
    pub keys: &'static [Known],
    /// The conditions that it sets.
    pub conditions: &'static [ConditionKind],
    /// The XRD.
    pub definition: fn() -> Definition,
    pub(crate) render: RenderFn,
    origin: Origin,
}

/// What asks for it.
#[derive(Clone, Copy)]
enum Origin {
    /// A user, by an XR of the kind.
    Path,
    /// A claim, which becomes an XR of another golden path: the platform's choices are applied to that.
    Claim,
}

// === impl Entry ===

impl Entry {
    /// The entry of a golden path.
    pub const fn of<P: GoldenPath>() -> Self {
        Self {
            api_version: || P::Composite::api_version(&()).into_owned(),
            kind: || P::Composite::kind(&()).into_owned(),
            part: P::Policy::PART,
            defaults: || wire::encode(&P::Policy::default()).unwrap_or_default(),
            reads: reads::<P>,
            keys: P::KEYS,
            conditions: P::CONDITIONS,
            definition: definition::of::<P>,
            render: render::<P>,
            origin: Origin::Path,
        }
    }

    /// The entry of a claim of a golden path.
    pub const fn of_claim<C: Claim>() -> Self {
        Self {
            api_version: Self::of::<C::Of>().api_version,
            kind: claims::kind::<C>,
            part: None,
            defaults: Struct::default,
            reads: |xr, _| wire::read::<<C::Of as GoldenPath>::Composite>(xr).is_ok(),
            keys: claims::KEYS,
            conditions: <C::Of as GoldenPath>::CONDITIONS,
            definition: definition::of_claim::<C>,
            render: claims::render::<C>,
            origin: Origin::Claim,
        }
    }

    /// What the platform says in a request to one of these.
    pub fn input(entries: &[Self], request: &RunFunctionRequest) -> PlatformInput {
        let parts: Vec<_> = entries.iter().filter_map(|entry| entry.part).collect();
        let paths = entries.iter().filter(|entry| matches!(entry.origin, Origin::Path));
        let kinds: Vec<_> = paths.map(|path| (path.kind)()).collect();
        PlatformInput::of(request, &parts, &kinds)
    }
}

fn reads<P: GoldenPath>(xr: &Struct, input: &PlatformInput) -> bool {
    let composite = wire::read::<P::Composite>(xr);
    composite.is_ok_and(|composite| input.platform::<P::Policy>(platform::named_tier(&composite)).is_ok())
}

/// Composes, and reports what that means for the user, whether or not anything could be composed.
fn render<P: GoldenPath>(
    resource: &Composite,
    input: &PlatformInput,
    observed: Observed<'_>,
    schemas: RequiredSchemas<'_>,
) -> Result<Outcome, Error> {
    let xr = Xr::new(wire::object(resource));
    let pass = |field| Pass { known: P::KEYS, xr, observed, schemas, field };
    let composite: P::Composite = match wire::decode(wire::object(resource)) {
        Ok(composite) => composite,
        Err(error) => {
            let own = path::status_fields::<P>();
            return Ok(refused_outcome(resource, undecodable(&error), pass(&|_, _| None), &own));
        }
    };
    let offer = if observed.is_empty() { input.offers(&P::Composite::kind(&())) } else { Ok(()) };
    let composed = match offer.and_then(|()| input.platform(platform::named_tier(&composite))) {
        Ok(platform) => P::compose(&composite, &platform, observed)
            .map(|composition| composition.with_problems(platform.tier_problem)),
        Err(problems) => Err(Error::Refused { problems }),
    };
    let field = |key: &str, field: &str| P::field(&composite, key, field);
    let pass = pass(&field);
    let rendering = match composed {
        Ok(composition) => {
            let other_writer = claims::other_writer(wire::object(resource));
            Rendering::of(composition.with_problems(other_writer), pass)?
        }
        Err(Error::Refused { problems }) => Rendering::refused(problems, pass),
        Err(bug) => return Err(bug),
    };
    let (status, conditions) = P::report(&composite, observed, &rendering);
    outcome(rendering, &status, conditions)
}
