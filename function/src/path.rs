//! What a golden path is.

use function_sdk_rust::proto::v1::Resource as Composite;
use kube::core::object::HasStatus;
use kube::{CustomResourceExt, Resource, ResourceExt};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::claims::{self, Claim};
use crate::composition::Composition;
use crate::condition::Condition;
use crate::definition::{self, Definition};
use crate::error::Error;
use crate::observed::Observed;
use crate::operators::Kinds;
use crate::platform::Platform;
use crate::problems::Problem;
use crate::rendering::{Outcome, Rendering, outcome, refused_outcome};
use crate::wire;

/// One kind of XR and what it becomes. Everything that is needed is in the arguments.
pub trait GoldenPath {
    /// The XR.
    type Composite: Resource<DynamicType = ()>
        + CustomResourceExt
        + ResourceExt
        + HasStatus<Status = Self::Status>
        + Clone
        + Serialize
        + DeserializeOwned;
    /// Its status.
    type Status: Serialize;
    /// The longest name of an XR whose composed resources still have legal names.
    const LONGEST_NAME: u32;

    /// What is composed. [`Error::Refused`] keeps what is there already.
    fn compose(
        composite: &Self::Composite,
        platform: &Platform,
        observed: Observed<'_>,
    ) -> Result<Composition, Error>;

    /// What the user reads: the status and the conditions, from what is observed.
    fn report(
        composite: &Self::Composite,
        observed: Observed<'_>,
        rendering: &Rendering,
    ) -> (Self::Status, Vec<Condition>);

    /// The field of the XR that a field of a composed resource comes from, if there is one.
    fn field(composite: &Self::Composite, key: &str, field: &str) -> Option<&'static str>;
}

type Run = fn(&Composite, &Result<Platform, Vec<Problem>>, Observed<'_>, Kinds<'_>) -> Result<Outcome, Error>;

/// A golden path without its types.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Group and version of the XR.
    pub api_version: fn() -> String,
    /// Kind of the XR.
    pub kind: fn() -> String,
    /// The XRD.
    pub definition: fn() -> Definition,
    pub(crate) run: Run,
}

// === impl Entry ===

impl Entry {
    /// The entry of a golden path.
    pub const fn of<P: GoldenPath>() -> Self {
        Self {
            api_version: || P::Composite::api_version(&()).into_owned(),
            kind: || P::Composite::kind(&()).into_owned(),
            definition: definition::of::<P>,
            run: run::<P>,
        }
    }

    /// The entry of a claim of a golden path.
    pub const fn of_claim<C: Claim>() -> Self {
        Self {
            api_version: Self::of::<C::Of>().api_version,
            kind: claims::kind::<C>,
            definition: definition::of_claim::<C>,
            run: claims::run::<C>,
        }
    }
}

/// Composes, and reports what that means for the user, whether or not anything could be composed.
fn run<P: GoldenPath>(
    resource: &Composite,
    platform: &Result<Platform, Vec<Problem>>,
    observed: Observed<'_>,
    kinds: Kinds<'_>,
) -> Result<Outcome, Error> {
    let composite: P::Composite = match wire::decode(wire::object(resource)) {
        Ok(composite) => composite,
        Err(error) => return Ok(refused_outcome(resource, undecodable(&error), observed)),
    };
    let composed = match platform {
        Ok(platform) => P::compose(&composite, platform, observed),
        Err(problems) => Err(Error::Refused { problems: problems.clone() }),
    };
    let field = |key: &str, field: &str| P::field(&composite, key, field);
    let rendering = match composed {
        Ok(composition) => {
            let second = claims::second_writer(wire::object(resource));
            Rendering::of(composition.telling(second), observed, kinds, &field)?
        }
        Err(Error::Refused { problems }) => Rendering::refused(problems, observed, &field),
        Err(bug) => return Err(bug),
    };
    let (status, conditions) = P::report(&composite, observed, &rendering);
    outcome(rendering, &status, conditions)
}

/// A spec that the XRD lets pass and this function cannot read: they are of different releases.
pub(crate) fn undecodable(error: &serde_path_to_error::Error<serde::de::value::Error>) -> Problem {
    Problem::error("InvalidSpec", error.inner().to_string())
        .at(format!(".{}", error.path()))
        .remedy("correct the field, or install the XRD that belongs to this function")
}
