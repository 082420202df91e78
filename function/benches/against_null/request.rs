//! The steady state of an XR with 13 composed resources, as Crossplane sends it.

use std::fs;
use std::path::PathBuf;

use function_sdk_rust::proto::v1::{Resource, RunFunctionRequest, State, Status};
use function_sdk_rust::resource::json_to_struct;
use goldenpath_function::service::run;
use prost::Message;
use serde_json::{Map, Value, json};

use crate::case::Case;

/// Of 13 resources four are composed again. Nine are ours and of another version, which keeps them field by field and
/// so costs more.
const KEPT: usize = 9;

/// A ready database with everything that the API server adds, as the function itself has left it.
pub(crate) fn steady() -> RunFunctionRequest {
    let mut request = Case::named("everything_is_ready").request;
    request.input = input("goldenpathdatabase").as_object().map(json_to_struct);
    let State { resources, .. } = request.observed.get_or_insert_default();
    let secret = object(&resources["external-secret"]);
    for at in 0..KEPT {
        let mut kept = secret.clone();
        kept["metadata"]["name"] = json!(format!("orders-db-{at}"));
        resources.insert(format!("kept-{at}"), resource(&kept));
    }
    let status = told(&request);
    let State { composite, resources } = request.observed.get_or_insert_default();
    for resource in resources.values_mut() {
        *resource = self::resource(&as_served(object(resource)));
    }
    if let Some(composite) = composite {
        let mut xr = object(composite);
        xr["status"] = status.clone();
        *composite = resource(&as_served(xr));
    }
    request
}

/// The input of a Composition that the package installs.
pub(crate) fn input(composition: &str) -> Value {
    let compositions = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../compositions");
    let file = compositions.join(format!("{composition}.yaml"));
    let composition: Value = serde_saphyr::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    composition["spec"]["pipeline"][0]["input"].clone()
}

/// What becomes the XR's status by the response.
pub(crate) fn told(request: &RunFunctionRequest) -> Value {
    let response = run(request);
    let mut status = object(response.desired.unwrap().composite.as_ref().unwrap())["status"].take();
    let condition = |r#type: &str, reason: &str| {
        json!({"type": r#type, "status": "True", "reason": reason, "observedGeneration": 1,
            "lastTransitionTime": "2026-01-01T00:00:00Z"})
    };
    let ours = response.conditions.into_iter().map(|told| {
        let mut condition = condition(&told.r#type, &told.reason);
        condition["status"] = json!(if told.status() == Status::ConditionTrue { "True" } else { "False" });
        condition["message"] = json!(told.message);
        condition
    });
    let theirs = [condition("Synced", "ReconcileSuccess"), condition("Ready", "Available")];
    status["conditions"] = ours.chain(theirs).collect();
    status
}

pub(crate) fn object(resource: &Resource) -> Value {
    Value::Object(resource.resource.iter().flat_map(object_map).collect())
}

fn object_map(object: &pbjson_types::Struct) -> Map<String, Value> {
    match function_sdk_rust::resource::struct_to_json(object) {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

pub(crate) fn resource(object: &Value) -> Resource {
    Resource { resource: object.as_object().map(json_to_struct), ..Resource::default() }
}

/// With the metadata of the API server: who owns which field.
pub(crate) fn as_served(mut object: Value) -> Value {
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

/// A database before anything is there, in a message of exactly so many bytes.
pub(crate) fn of_size(bytes: usize) -> RunFunctionRequest {
    let first = Case::named("a_first_pass_composes_the_secret_and_the_instance").request;
    let padded = |padding: usize| {
        let mut request = first.clone();
        let composite = request.observed.get_or_insert_default().composite.get_or_insert_default();
        let mut xr = object(composite);
        xr["metadata"]["annotations"] = json!({"padding": "x".repeat(padding)});
        *composite = resource(&xr);
        request
    };
    let around = padded(bytes).encoded_len() - bytes;
    let request = padded(bytes - around);
    assert_eq!(request.encoded_len(), bytes, "lengths in front of the padding have as many digits");
    request
}
