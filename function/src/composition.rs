//! What a golden path composes.

use kube::Resource;
use kube::core::TypeMeta;
use pbjson_types::Struct;
use serde::Serialize;

use crate::error::Error;
use crate::problems::Problem;
use crate::required_resources::RequiredResources;
use crate::wire;

/// The list of what is composed, in the order in which it comes to be.
#[derive(Debug, Default)]
pub struct Composition {
    pub(crate) parts: Vec<ComposedResource>,
    pub(crate) removed: Vec<&'static str>,
    pub(crate) lookups: Vec<RequiredResources>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) fault: Option<Error>,
}

/// One composed resource.
#[derive(Debug)]
pub(crate) struct ComposedResource {
    pub(crate) key: &'static str,
    pub(crate) r#type: TypeMeta,
    pub(crate) name: String,
    pub(crate) object: Struct,
    pub(crate) gate: Gate,
}

/// When a composed resource is rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gate {
    /// At once.
    Open,
    /// Not before something else has happened; the words say what. A resource that is there already stays.
    Closed(String),
}

// === impl Composition ===

impl Composition {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Composes a resource.
    #[must_use]
    pub fn with<R>(self, key: &'static str, resource: &R) -> Self
    where
        R: Resource<DynamicType = ()> + Serialize,
    {
        self.with_gated(Gate::Open, key, resource)
    }

    /// Composes a resource once a gate is open. It stays when the gate closes again.
    #[must_use]
    pub fn with_gated<R>(mut self, gate: Gate, key: &'static str, resource: &R) -> Self
    where
        R: Resource<DynamicType = ()> + Serialize,
    {
        match wire::encode(resource) {
            Ok(object) => self.parts.push(ComposedResource {
                key,
                r#type: TypeMeta::resource::<R>(),
                name: resource.meta().name.clone().unwrap_or_default(),
                object,
                gate,
            }),
            Err(source) => self.fault = Some(Error::Encode { key, source }),
        }
        self
    }

    /// Composes a resource that the spec asks for, and lets it go where the spec does not (`None`).
    #[must_use]
    pub fn with_optional<R>(mut self, key: &'static str, resource: Option<&R>) -> Self
    where
        R: Resource<DynamicType = ()> + Serialize,
    {
        if let Some(resource) = resource {
            return self.with(key, resource);
        }
        self.removed.push(key);
        self
    }

    /// Asks Crossplane for objects that are not composed here. [`Observed::found`] has them in a later call.
    ///
    /// [`Observed::found`]: crate::observed::Observed::found
    #[must_use]
    pub fn requiring(mut self, lookups: impl IntoIterator<Item = RequiredResources>) -> Self {
        self.lookups.extend(lookups);
        self
    }

    /// Tells problems that do not keep anything from being composed.
    #[must_use]
    pub fn telling(mut self, problems: impl IntoIterator<Item = Problem>) -> Self {
        self.problems.extend(problems);
        self
    }
}
