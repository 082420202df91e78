//! Who owns an object.

use pbjson_types::Struct;
use serde::Deserialize;

use crate::wire;

/// The group of our XRs.
const GROUP: &str = "goldenpath.io/";

/// One owner of an object.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Owner {
    api_version: String,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) uid: String,
    controller: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Metadata {
    owner_references: Vec<Owner>,
}

// === impl Owner ===

impl Owner {
    /// Who controls an object, if it is an XR of ours.
    pub(crate) fn of(object: &Struct) -> Option<Self> {
        Self::controller(object).filter(|owner| owner.api_version.starts_with(GROUP))
    }

    /// The controller of an object.
    pub(crate) fn controller(object: &Struct) -> Option<Self> {
        Self::all(object).into_iter().find(|owner| owner.controller)
    }

    /// Everybody who owns an object.
    pub(crate) fn all(object: &Struct) -> Vec<Self> {
        let metadata = wire::child(object, "metadata").filter(|m| m.fields.contains_key("ownerReferences"));
        let metadata = metadata.and_then(|metadata| wire::read(metadata).ok());
        let Metadata { owner_references } = metadata.unwrap_or_default();
        owner_references
    }

    /// Whether it is the XR of a kind and a name.
    pub(crate) fn is(&self, kind: &str, name: &str) -> bool {
        self.is_of(kind) && self.name == name
    }

    /// Whether it is an XR of a kind.
    pub(crate) fn is_of(&self, kind: &str) -> bool {
        self.api_version.starts_with(GROUP) && self.kind == kind
    }

    /// The kind of the claim that it is the XR of, if its kind is that of a claim's XR.
    pub(crate) fn claim_kind(&self) -> Option<&str> {
        self.kind.strip_prefix('X')
    }
}
