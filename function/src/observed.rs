//! What Crossplane has observed of an XR's composed resources, and what it has looked up.

pub mod owned;

use std::collections::{BTreeSet, HashMap};

use function_sdk_rust::proto::v1::{Capability, Resource, Resources, RunFunctionRequest};
use function_sdk_rust::request;
use pbjson_types::Struct;
use serde::de::DeserializeOwned;

use crate::wire;

/// The composed resources that Crossplane has observed, by their keys.
#[derive(Clone, Copy)]
pub struct Observed<'a> {
    resources: Option<&'a HashMap<String, Resource>>,
    /// None where Crossplane (before 2.2) does not say that it looks things up.
    found: Option<&'a HashMap<String, Resources>>,
    /// What earlier steps of the pipeline desire.
    earlier: Option<&'a HashMap<String, Resource>>,
}

// === impl Observed ===

impl<'a> Observed<'a> {
    /// Of a request.
    pub fn of(request: &'a RunFunctionRequest) -> Self {
        let looks_up = request::has_capability(request, Capability::RequiredResources);
        Self {
            resources: request.observed.as_ref().map(|state| &state.resources),
            found: looks_up.then_some(&request.required_resources),
            earlier: request.desired.as_ref().map(|state| &state.resources),
        }
    }

    /// Whether Crossplane looks up objects that are not composed here.
    pub fn can_look_up(self) -> bool {
        self.found.is_some()
    }

    /// Whether an earlier step of the pipeline desires a resource of a key.
    pub fn is_of_an_earlier_step(self, key: &str) -> bool {
        self.earlier.is_some_and(|resources| resources.contains_key(key))
    }

    /// What a [`RequiredResources`](crate::required_resources::RequiredResources) has found; none before it was answered.
    pub fn found(self, name: &str) -> Option<Vec<&'a Struct>> {
        Some(self.found?.get(name)?.items.iter().map(wire::object).collect())
    }

    /// Whether there is such a resource, readable or not.
    pub fn contains(self, key: &str) -> bool {
        self.resource(key).is_some()
    }

    /// A resource as a typed object; none if there is none, or if it cannot be read as such.
    pub fn get<T: DeserializeOwned>(self, key: &str) -> Option<T> {
        wire::read(wire::object(self.resource(key)?)).ok()
    }

    /// A part of a resource as a typed object, by its path; none if there is none, or if it cannot be read as such.
    pub fn part<T: DeserializeOwned>(self, key: &str, path: &[&str]) -> Option<T> {
        wire::read(wire::at(self.object(key)?, path)?).ok()
    }

    /// A field of a resource that is text, by the path to what it is a field of.
    pub fn text(self, key: &str, path: &[&str], field: &str) -> Option<&'a str> {
        wire::text(wire::at(self.object(key)?, path)?, field)
    }

    /// A resource as it is.
    pub fn object(self, key: &str) -> Option<&'a Struct> {
        self.resource(key).map(wire::object)
    }

    /// Whether there is nothing yet.
    pub fn is_empty(self) -> bool {
        self.resources.is_none_or(HashMap::is_empty)
    }

    /// The keys of all resources, sorted.
    pub fn keys(self) -> BTreeSet<&'a str> {
        self.resources.into_iter().flat_map(HashMap::keys).map(String::as_str).collect()
    }

    fn resource(self, key: &str) -> Option<&'a Resource> {
        self.resources?.get(key)
    }
}
