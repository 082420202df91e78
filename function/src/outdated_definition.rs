//! An XRD that is older than this function.
//!
//! The API server applies no status with a field that its schema lacks, and Crossplane then reports nothing at all: the XR looks
//! as it did. As packages go, a function comes just before the XRDs of its release. So it asks for the schema before it
//! writes over what another version has reported:
//!
//! ```text
//! the status is another version's ──► the schema is asked for, and what it lacks is left out, which the status says
//! the status says so              ──► it is asked for again; once nothing is left out, that is the last time
//! otherwise                       ──► nothing is asked for: it would be a second call in every pass
//! ```

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

/// Leaves out of a status what the XR's definition lacks, where it may lack something.
pub(crate) fn fit(
    mut outcome: Outcome,
    xr: Xr<'_>,
    previous: &PreviousStatus,
    schemas: RequiredSchemas<'_>,
) -> Outcome {
    if !(previous.is_of_another_version() || previous.has_problem(CODE)) {
        return outcome;
    }
    let r#type = TypeMeta { api_version: xr.api_version().to_owned(), kind: xr.kind().to_owned() };
    let schema = outcome.requirements.schema(&r#type, schemas);
    let Some(schema) = schema.and_then(|schema| wire::at(schema, &["properties", "status"])) else {
        return outcome;
    };
    let mut lacking = BTreeSet::new();
    leave_out(&mut outcome.status, schema, ".status", &mut lacking);
    if lacking.is_empty() {
        return outcome;
    }
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

/// Removes from an object what its schema does not declare, and adds the paths of that.
fn leave_out(object: &mut Struct, schema: &Struct, path: &str, lacking: &mut BTreeSet<String>) {
    let keeps_unknown = schema.fields.get("x-kubernetes-preserve-unknown-fields").is_some_and(is_true);
    let (properties, any) = (wire::child(schema, "properties"), wire::child(schema, "additionalProperties"));
    if keeps_unknown || (properties.is_none() && any.is_none()) {
        return;
    }
    object.fields.retain(|key, value| {
        let path = format!("{path}.{key}");
        let declared = properties.and_then(|known| wire::child(known, key)).or(any);
        match declared {
            Some(schema) => leave_out_of(value, schema, &path, lacking),
            None => drop(lacking.insert(path)),
        }
        declared.is_some()
    });
}

fn leave_out_of(value: &mut Value, schema: &Struct, path: &str, lacking: &mut BTreeSet<String>) {
    match &mut value.kind {
        Some(Kind::StructValue(object)) => leave_out(object, schema, path, lacking),
        Some(Kind::ListValue(list)) => {
            let Some(items) = wire::child(schema, "items") else { return };
            let path = format!("{path}[]");
            for item in &mut list.values {
                leave_out_of(item, items, &path, lacking);
            }
        }
        _ => {}
    }
}

fn is_true(value: &Value) -> bool {
    matches!(value.kind, Some(Kind::BoolValue(true)))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value as Json, json};

    use super::*;

    #[rstest]
    #[case::a_field(json!({"phase": "Ready", "new": 1}), &[".status.new"], json!({"phase": "Ready"}))]
    #[case::a_field_below(json!({"database": {"name": "a", "new": {"x": 1}}}), &[".status.database.new"], json!({"database": {"name": "a"}}))]
    #[case::once_of_a_list(json!({"hosts": [{"new": 1}, {"new": 2}]}), &[".status.hosts[].new"], json!({"hosts": [{}, {}]}))]
    #[case::nothing_of_a_map(json!({"labels": {"any": "thing"}}), &[], json!({"labels": {"any": "thing"}}))]
    #[case::nothing_of_what_is_open(json!({"open": {"any": 1}}), &[], json!({"open": {"any": 1}}))]
    fn what_a_schema_lacks_is_left_out(#[case] status: Json, #[case] left_out: &[&str], #[case] kept: Json) {
        let text = json!({"type": "string"});
        let schema = json!({"type": "object", "properties": {
            "phase": text,
            "database": {"type": "object", "properties": {"name": text}},
            "hosts": {"type": "array", "items": {"type": "object", "properties": {"host": text}}},
            "labels": {"type": "object", "additionalProperties": text},
            "open": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
        }});
        let (mut status, mut lacking) = (wire::encode(&status).unwrap(), BTreeSet::new());
        leave_out(&mut status, &wire::encode(&schema).unwrap(), ".status", &mut lacking);
        assert_eq!(lacking.into_iter().collect::<Vec<_>>(), left_out);
        assert_eq!(status, wire::encode(&kept).unwrap());
    }
}
