//! The steady state of an XR with 13 composed resources, as Crossplane sends it.

use function_sdk_rust::proto::v1::{Resource, RunFunctionRequest, State};
use function_sdk_rust::resource::json_to_struct;
use serde_json::{Map, Value, json};

use crate::case::Case;

/// Three resources are composed again; ten are ours and composed by another version, which keeps them field by
/// field and so costs more.
const KEPT: usize = 10;

/// A ready database with everything that the API server adds.
pub(crate) fn steady() -> RunFunctionRequest {
    let mut request = Case::named("everything_is_ready").request;
    let State { composite, resources } = request.observed.get_or_insert_default();
    let secret = object(&resources["external-secret"]);
    for at in 0..KEPT {
        let mut kept = secret.clone();
        kept["metadata"]["name"] = json!(format!("orders-db-{at}"));
        resources.insert(format!("kept-{at}"), resource(&kept));
    }
    for resource in resources.values_mut().chain(composite) {
        *resource = self::resource(&as_served(object(resource)));
    }
    request
}

fn object(resource: &Resource) -> Value {
    Value::Object(resource.resource.iter().flat_map(object_map).collect())
}

fn object_map(object: &pbjson_types::Struct) -> Map<String, Value> {
    match function_sdk_rust::resource::struct_to_json(object) {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn resource(object: &Value) -> Resource {
    Resource { resource: object.as_object().map(json_to_struct), ..Resource::default() }
}

/// With the metadata of the API server: who owns which field.
fn as_served(mut object: Value) -> Value {
    let composed = json!({"f:metadata": {"f:labels": fields(&object["metadata"]["labels"]),
        "f:annotations": fields(&object["metadata"]["annotations"])}, "f:spec": fields(&object["spec"])});
    let managed = |manager: &str, operation: &str, fields: &Value| {
        json!({"manager": manager, "operation": operation, "apiVersion": object["apiVersion"],
            "fieldsType": "FieldsV1", "fieldsV1": fields, "time": "2026-01-01T00:00:00Z"})
    };
    let status = json!({"f:status": fields(&object["status"])});
    let entries = json!([
        managed("apiextensions.crossplane.io/composed/5d41402abc4b2a76b9719d911017c592", "Apply", &composed),
        managed("provider-goldenpath-aws", "Apply", &status),
    ]);
    let metadata = &mut object["metadata"];
    metadata["managedFields"] = entries;
    metadata["uid"] = json!("00000000-0000-4000-8000-000000000001");
    metadata["resourceVersion"] = json!("123456");
    metadata["creationTimestamp"] = json!("2026-01-01T00:00:00Z");
    metadata["ownerReferences"] = json!([{"apiVersion": "goldenpath.io/v1alpha1", "kind": "GoldenPathDatabase",
        "name": "orders-db", "uid": "00000000-0000-4000-8000-000000000000", "controller": true, "blockOwnerDeletion": true}]);
    object
}

fn fields(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, below)| (format!("f:{key}"), fields(below))).collect())
        }
        _ => json!({}),
    }
}
