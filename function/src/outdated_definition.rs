//! An XRD that is older than this function.
//!
//! The API server applies no status with a field that its schema lacks, and Crossplane then reports nothing at all: the XR looks
//! as it did. As packages go, a function comes just before the XRDs of its release. So it asks for the schema before it
//! reports anything for the first time:
//!
//! ```text
//! the status is not this version's ──► the schema is asked for; what it lacks is left out, and named in the status
//! the status names something       ──► it is asked for again; once it lacks nothing, that is the last time
//! otherwise                        ──► nothing is asked for: it would be a second call in every pass
//! ```
//!
//! It lacks whatever this version may ever report, for the last time would otherwise be too soon for a field that is reported
//! later.

use std::collections::BTreeSet;

use kube::core::TypeMeta;
use pbjson_types::value::Kind;
use pbjson_types::{Struct, Value};

use crate::events::PreviousStatus;
use crate::problems::Problem;
use crate::rendering::Outcome;
use crate::requirements::{NEXT_LOOK, RequiredSchemas};
use crate::wire;
use crate::xr::Xr;

const CODE: &str = "OutdatedDefinition";
/// Where an XR's schema has its status.
const STATUS: [&str; 2] = ["properties", "status"];
/// Where a schema has what an object's values are, whatever their keys.
const ANY: &str = "additionalProperties";

/// Leaves out of a status what the XR's definition lacks, where it may lack something; `own` is the schema of this version.
pub(crate) fn fit(
    mut outcome: Outcome,
    xr: Xr<'_>,
    previous: &PreviousStatus,
    own: impl FnOnce() -> Struct,
    schemas: RequiredSchemas<'_>,
) -> Outcome {
    if previous.is_of_this_version() && !previous.has_problem(CODE) {
        return outcome;
    }
    let r#type = TypeMeta { api_version: xr.api_version().to_owned(), kind: xr.kind().to_owned() };
    let served = outcome.requirements.schema(&r#type, schemas);
    let Some(served) = served.and_then(|schema| wire::at(schema, &STATUS)) else {
        return outcome;
    };
    let mut lacking = BTreeSet::new();
    compare(wire::at(&own(), &STATUS), Some(served), ".status", &mut lacking);
    if lacking.is_empty() {
        return outcome;
    }
    leave_out(&mut outcome.status, served);
    outcome.requirements.look_again(NEXT_LOOK);
    outcome.with_problem(problem(xr.kind(), lacking))
}

fn problem(kind: &str, lacking: BTreeSet<String>) -> Problem {
    let lacking: Vec<_> = lacking.into_iter().collect();
    let message = format!("the XRD of {kind} is older than the function, and has no {}", lacking.join(", "));
    Problem::warning(CODE, message).remedy(
        "update configuration-goldenpath to the version of function-goldenpath; nothing else waits for it",
    )
}

/// Adds the paths of what one schema declares and the other does not.
fn compare(own: Option<&Struct>, served: Option<&Struct>, path: &str, lacking: &mut BTreeSet<String>) {
    let (Some(own), Some(served)) = (own, served) else { return };
    if keeps_unknown(served) {
        return;
    }
    for key in wire::child(own, "properties").into_iter().flat_map(|own| own.fields.keys()) {
        let path = format!("{path}.{key}");
        match declared(served, key) {
            Some(served) => compare(declared(own, key), Some(served), &path, lacking),
            None => drop(lacking.insert(path)),
        }
    }
    compare(wire::child(own, "items"), wire::child(served, "items"), &format!("{path}[]"), lacking);
    compare(wire::child(own, ANY), wire::child(served, ANY), &format!("{path}.*"), lacking);
}

/// Removes from an object what its schema does not declare.
fn leave_out(object: &mut Struct, schema: &Struct) {
    if keeps_unknown(schema) {
        return;
    }
    object.fields.retain(|key, value| {
        let declared = declared(schema, key);
        if let Some(schema) = declared {
            leave_out_of(value, schema);
        }
        declared.is_some()
    });
}

fn leave_out_of(value: &mut Value, schema: &Struct) {
    match &mut value.kind {
        Some(Kind::StructValue(object)) => leave_out(object, schema),
        Some(Kind::ListValue(list)) => {
            let Some(items) = wire::child(schema, "items") else { return };
            list.values.iter_mut().for_each(|item| leave_out_of(item, items));
        }
        _ => {}
    }
}

fn declared<'a>(schema: &'a Struct, key: &str) -> Option<&'a Struct> {
    let named = wire::child(schema, "properties").and_then(|known| wire::child(known, key));
    named.or_else(|| wire::child(schema, ANY))
}

/// Whether a schema says nothing of what an object has in it.
fn keeps_unknown(schema: &Struct) -> bool {
    let is_open = schema.fields.get("x-kubernetes-preserve-unknown-fields").is_some_and(is_true);
    is_open || !["properties", ANY, "items"].iter().any(|part| schema.fields.contains_key(*part))
}

fn is_true(value: &Value) -> bool {
    matches!(value.kind, Some(Kind::BoolValue(true)))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value as Json, json};

    use super::*;

    /// What the cluster serves.
    fn served() -> Struct {
        let text = json!({"type": "string"});
        let schema = json!({"type": "object", "properties": {
            "phase": text,
            "database": {"type": "object", "properties": {"name": text}},
            "hosts": {"type": "array", "items": {"type": "object", "properties": {"host": text}}},
            "labels": {"type": "object", "additionalProperties": text},
            "open": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
        }});
        wire::encode(&schema).unwrap()
    }

    #[rstest]
    #[case::a_field(json!({"phase": "Ready", "new": 1}), json!({"phase": "Ready"}))]
    #[case::a_field_below(json!({"database": {"name": "a", "new": {"x": 1}}}), json!({"database": {"name": "a"}}))]
    #[case::of_each_of_a_list(json!({"hosts": [{"new": 1}, {"new": 2}]}), json!({"hosts": [{}, {}]}))]
    #[case::nothing_of_a_map(json!({"labels": {"any": "thing"}}), json!({"labels": {"any": "thing"}}))]
    #[case::nothing_of_what_is_open(json!({"open": {"any": 1}}), json!({"open": {"any": 1}}))]
    fn what_a_schema_lacks_is_left_out(#[case] status: Json, #[case] kept: Json) {
        let mut status = wire::encode(&status).unwrap();
        leave_out(&mut status, &served());
        assert_eq!(status, wire::encode(&kept).unwrap());
    }

    #[rstest]
    #[case::nothing(json!({"phase": {"type": "string"}}), &[])]
    #[case::a_field(json!({"new": {"type": "object", "properties": {"below": {}}}}), &[".status.new"])]
    #[case::a_field_below(json!({"database": {"properties": {"new": {}}}}), &[".status.database.new"])]
    #[case::once_of_a_list(json!({"hosts": {"items": {"properties": {"new": {}}}}}), &[".status.hosts[].new"])]
    #[case::nothing_of_a_map(json!({"labels": {"properties": {"new": {}}}}), &[])]
    #[case::nothing_of_what_is_open(json!({"open": {"properties": {"new": {}}}}), &[])]
    fn what_it_lacks_is_named_whether_it_is_reported_or_not(#[case] own: Json, #[case] lacks: &[&str]) {
        let (own, mut lacking) = (wire::encode(&json!({"properties": own})).unwrap(), BTreeSet::new());
        compare(Some(&own), Some(&served()), ".status", &mut lacking);
        assert_eq!(lacking.into_iter().collect::<Vec<_>>(), lacks);
    }
}
