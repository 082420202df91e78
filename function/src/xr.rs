//! The XR of a request, as far as it is the same for every golden path.

use pbjson_types::Struct;
use pbjson_types::value::Kind;
use serde::Deserialize;

use crate::problems::Problem;
use crate::wire;

/// The field that an object's name is in.
pub(crate) const NAME: &str = ".metadata.name";

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

    pub(crate) fn api_version(self) -> &'a str {
        wire::text(self.0, "apiVersion").unwrap_or_default()
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

    /// Whether an object is composed for the claim that it is of, by it or by an earlier XR.
    pub(crate) fn shares_claim(self, object: &Struct) -> bool {
        self.claim().is_some_and(|mine| claim(object) == Some(mine))
    }

    /// Whether its user wants a composed resource to take over what has its name already.
    pub(crate) fn adopts(self, key: &str) -> bool {
        let keys = wire::at(self.0, &["metadata", "annotations"]).and_then(|all| wire::text(all, ADOPT));
        keys.is_some_and(|keys| keys.split(',').any(|word| word.trim() == key))
    }

    /// What Crossplane says of a pass over the present generation in which not everything was applied.
    pub(crate) fn out_of_sync(self) -> Option<&'a str> {
        let Some(Kind::ListValue(conditions)) =
            &wire::child(self.0, "status")?.fields.get("conditions")?.kind
        else {
            return None;
        };
        let objects = conditions.values.iter().filter_map(|condition| match &condition.kind {
            Some(Kind::StructValue(condition)) => Some(condition),
            _ => None,
        });
        let expected = [("type", "Synced"), ("status", "False"), ("reason", "ReconcileError")];
        let is_it = |c: &&Struct| expected.iter().all(|(key, value)| wire::text(c, key) == Some(value));
        let synced = objects.into_iter().find(is_it)?;
        let (seen, now) = (
            number(synced, "observedGeneration"),
            self.object("metadata").and_then(|metadata| number(metadata, "generation")),
        );
        (seen.is_none() || seen == now).then(|| wire::text(synced, "message"))?
    }

    /// The problems in its status.
    pub(crate) fn problems(self) -> Vec<Problem> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Status {
            problems: Vec<Problem>,
        }
        let status = self.object("status").and_then(|status| wire::read::<Status>(status).ok());
        status.unwrap_or_default().problems
    }

    fn object(self, field: &str) -> Option<&'a Struct> {
        wire::child(self.0, field)
    }

    fn metadata(self, field: &str) -> Option<&'a str> {
        wire::text(wire::child(self.0, "metadata")?, field)
    }
}

fn number(object: &Struct, field: &str) -> Option<f64> {
    match object.fields.get(field)?.kind.as_ref()? {
        Kind::NumberValue(number) => Some(*number),
        _ => None,
    }
}

/// The claim that Crossplane says an object is of, by namespace and name.
pub(crate) fn claim(object: &Struct) -> Option<(&str, &str)> {
    let labels = wire::at(object, &["metadata", "labels"])?;
    wire::text(labels, CLAIM_NAMESPACE).zip(wire::text(labels, CLAIM_NAME))
}
