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
    name: String,
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
        let metadata =
            wire::below(object, "metadata").filter(|m| m.fields.contains_key("ownerReferences"))?;
        let Metadata { owner_references } = wire::read(metadata).ok()?;
        let is_ours = |owner: &Self| owner.controller && owner.api_version.starts_with(GROUP);
        owner_references.into_iter().find(is_ours)
    }

    /// Whether it is the XR of a kind and a name.
    pub(super) fn is(&self, kind: &str, name: &str) -> bool {
        self.kind == kind && self.name == name
    }

    /// The kind of the claim that it is the XR of, if its kind is that of a claim's XR.
    pub(super) fn claim_kind(&self) -> Option<&str> {
        self.kind.strip_prefix('X')
    }
}
