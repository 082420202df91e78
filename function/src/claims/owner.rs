//! Who controls an object.

use pbjson_types::Struct;
use serde::Deserialize;

use crate::wire;

/// The group of our XRs.
const GROUP: &str = "goldenpath.io/";

/// The object that controls another one.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Owner {
    api_version: String,
    kind: String,
    pub(super) name: String,
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
    pub(super) fn of(object: &Struct) -> Option<Self> {
        Self::controller(object).filter(|owner| owner.api_version.starts_with(GROUP))
    }

    /// Who controls an object, whoever that is.
    pub(super) fn controller(object: &Struct) -> Option<Self> {
        let metadata =
            wire::child(object, "metadata").filter(|m| m.fields.contains_key("ownerReferences"))?;
        let Metadata { owner_references } = wire::read(metadata).ok()?;
        owner_references.into_iter().find(|owner| owner.controller)
    }

    /// Whether it is the XR of a kind and a name.
    pub(super) fn is(&self, kind: &str, name: &str) -> bool {
        self.is_of(kind) && self.name == name
    }

    /// Whether it is an XR of a kind.
    pub(super) fn is_of(&self, kind: &str) -> bool {
        self.api_version.starts_with(GROUP) && self.kind == kind
    }

    /// The kind of the claim that it is the XR of, if its kind is that of a claim's XR.
    pub(super) fn claim_kind(&self) -> Option<&str> {
        self.kind.strip_prefix('X')
    }
}
