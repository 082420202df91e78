//! What is there of an XR's composed resources.

pub mod owned;

use std::collections::{BTreeSet, HashMap};

use function_sdk_rust::proto::v1::{Resource, RunFunctionRequest};
use pbjson_types::Struct;
use serde::de::DeserializeOwned;

use crate::wire;

/// The composed resources that Crossplane has observed, by their keys.
#[derive(Clone, Copy)]
pub struct Observed<'a> {
    resources: Option<&'a HashMap<String, Resource>>,
}

// === impl Observed ===

impl<'a> Observed<'a> {
    /// Of a request.
    pub fn of(request: &'a RunFunctionRequest) -> Self {
        Self { resources: request.observed.as_ref().map(|state| &state.resources) }
    }

    /// Whether there is such a resource, readable or not.
    pub fn contains(self, key: &str) -> bool {
        self.resource(key).is_some()
    }

    /// A resource as a typed object; none if there is none, or if it cannot be read as such.
    pub fn get<T: DeserializeOwned>(self, key: &str) -> Option<T> {
        wire::read(wire::object(self.resource(key)?)).ok()
    }

    /// A resource as it is.
    pub fn object(self, key: &str) -> Option<&'a Struct> {
        self.resource(key).map(wire::object)
    }

    /// The keys of all resources, sorted.
    pub fn keys(self) -> BTreeSet<&'a str> {
        self.resources.into_iter().flat_map(HashMap::keys).map(String::as_str).collect()
    }

    fn resource(self, key: &str) -> Option<&'a Resource> {
        self.resources?.get(key)
    }
}
