//! A manifest of a claim's own XR: of two that write one object, the claim wins, and the other one is reported.
//!
//! A writer leaves a mark: kubectl an annotation, server-side apply the fields that it owns.

use std::collections::BTreeMap;

use pbjson_types::Struct;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::owner::Owner;
use crate::problems::Problem;
use crate::wire;
use crate::xr::CLAIM_NAME;

/// Where kubectl, and everything that applies as it does, keeps what was applied.
const APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// What begins the names of Crossplane's own field managers.
const CROSSPLANE: &str = "apiextensions.crossplane.io/";

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Metadata {
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
    managed_fields: Vec<Writer>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Writer {
    manager: String,
    operation: String,
    fields_v1: Fields,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Fields {
    #[serde(rename = "f:spec")]
    spec: Option<IgnoredAny>,
}

/// Reports an XR that a claim became, and that is applied by another one as well.
pub(crate) fn problem(object: &Struct) -> Option<Problem> {
    let owner = Owner::of(object)?;
    let kind = owner.claim_kind()?;
    let Metadata { labels, annotations, managed_fields } =
        wire::read(wire::child(object, "metadata")?).unwrap_or_default();
    let claim = labels.get(CLAIM_NAME)?;
    let applies = |w: &Writer| {
        w.operation == "Apply" && !w.manager.starts_with(CROSSPLANE) && w.fields_v1.spec.is_some()
    };
    let (who, mark) = match managed_fields.into_iter().find(applies) {
        Some(Writer { manager, .. }) => (manager.clone(), format!("have {manager} stop applying the spec")),
        None if annotations.contains_key(APPLIED) => {
            ("kubectl".to_owned(), format!("remove the annotation {APPLIED}"))
        }
        None => return None,
    };
    let message = format!(
        "{kind}/{claim} makes this object, and {who} applies a manifest of the same name; the claim wins"
    );
    let remedy = format!("change {kind}/{claim} instead, remove the manifest but not the object, and {mark}");
    Some(Problem::warning("NameTaken", message).at(".metadata.name").remedy(remedy))
}
