//! The XR of a request, as far as it is the same for every golden path.

use pbjson_types::Struct;

use crate::wire;

/// Names, by their keys, the composed resources that take over what has their name already.
const ADOPT: &str = "goldenpath.io/adopt";
/// Where Crossplane says which claim an XR, and what is composed of it, is of.
pub(crate) const CLAIM_NAME: &str = "crossplane.io/claim-name";
/// As [`CLAIM_NAME`].
pub(crate) const CLAIM_NAMESPACE: &str = "crossplane.io/claim-namespace";

/// The XR of a request.
#[derive(Clone, Copy)]
pub(crate) struct Xr<'a>(&'a Struct);

// === impl Xr ===

impl<'a> Xr<'a> {
    pub(crate) fn new(object: &'a Struct) -> Self {
        Self(object)
    }

    pub(crate) fn kind(self) -> &'a str {
        wire::text(self.0, "kind").unwrap_or_default()
    }

    pub(crate) fn name(self) -> &'a str {
        self.metadata("name").unwrap_or_default()
    }

    /// None of one of the cluster.
    pub(crate) fn namespace(self) -> Option<&'a str> {
        self.metadata("namespace")
    }

    pub(crate) fn uid(self) -> Option<&'a str> {
        self.metadata("uid").filter(|uid| !uid.is_empty())
    }

    /// The claim that it is of, by namespace and name.
    pub(crate) fn claim(self) -> Option<(&'a str, &'a str)> {
        claim(self.0)
    }

    /// Whether its user wants a composed resource to take over what has its name already.
    pub(crate) fn adopts(self, key: &str) -> bool {
        let keys = wire::at(self.0, &["metadata", "annotations"]).and_then(|all| wire::text(all, ADOPT));
        keys.is_some_and(|keys| keys.split(',').any(|word| word.trim() == key))
    }

    fn metadata(self, field: &str) -> Option<&'a str> {
        wire::text(wire::child(self.0, "metadata")?, field)
    }
}

/// The claim that Crossplane says an object is of, by namespace and name.
pub(crate) fn claim(object: &Struct) -> Option<(&str, &str)> {
    let labels = wire::at(object, &["metadata", "labels"])?;
    wire::text(labels, CLAIM_NAMESPACE).zip(wire::text(labels, CLAIM_NAME))
}
