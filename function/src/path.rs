//! What a golden path is.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use kube::core::object::HasStatus;
use kube::{CustomResourceExt, Resource, ResourceExt};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::composition::Composition;
use crate::condition::{Condition, ConditionKind};
use crate::error::Error;
use crate::keys::Known;
use crate::observed::Observed;
use crate::platform::{Platform, Policy};
use crate::problems::Problem;
use crate::rendering::Rendering;

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
    /// What the platform says of it.
    type Policy: Policy;
    /// Every key that it composes under. [`compose`](Self::compose) says something of each in every pass.
    const KEYS: &'static [Known];
    /// Every kind of condition that [`report`](Self::report) says something of.
    const CONDITIONS: &'static [ConditionKind];
    /// The longest name of an XR whose composed resources still have legal names.
    const MAX_NAME_LENGTH: u32;

    /// What is composed. [`Error::Refused`] keeps what is there already.
    fn compose(
        composite: &Self::Composite,
        platform: &Platform<Self::Policy>,
        observed: Observed<'_>,
    ) -> Result<Composition, Error>;

    /// What the user reads: the status and the conditions, from what is observed.
    fn report(
        composite: &Self::Composite,
        observed: Observed<'_>,
        rendering: &Rendering,
    ) -> (Self::Status, Vec<Condition>);

    /// The field of the XR that a field of a composed resource comes from, if there is one. Where there is none for the
    /// resource's name, `.metadata.name` is taken.
    fn field(composite: &Self::Composite, key: &str, field: &str) -> Option<Cow<'static, str>>;
}

/// A spec that the XRD lets pass and this function cannot read: they are of different releases.
pub(crate) fn undecodable(error: &serde_path_to_error::Error<serde::de::value::Error>) -> Problem {
    Problem::error("InvalidSpec", error.inner().to_string())
        .at(format!(".{}", error.path()))
        .remedy("correct the field, or install the XRD that belongs to this function")
}

/// The fields of the status of a golden path's XR.
pub(crate) fn status_fields<P: GoldenPath>() -> BTreeSet<String> {
    let schemas = P::Composite::crd()
        .spec
        .versions
        .into_iter()
        .filter_map(|version| version.schema?.open_api_v3_schema);
    let status = schemas.filter_map(|schema| schema.properties?.remove("status")?.properties);
    status.flat_map(BTreeMap::into_keys).collect()
}
