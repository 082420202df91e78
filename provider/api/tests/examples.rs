//! The examples of managed resources are what the types take: no field of them is unknown.

use std::fs;
use std::path::PathBuf;

use goldenpath_provider_api::rds::{Instance, ParameterGroup, SubnetGroup};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The object as its type says it again.
#[allow(clippy::unwrap_used, reason = "a test's own means")]
fn again<T: DeserializeOwned + Serialize>(object: &Value) -> Value {
    serde_json::to_value(serde_json::from_value::<T>(object.clone()).unwrap()).unwrap()
}

#[test]
fn every_field_of_an_example_is_one_of_its_kind() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/rds/groups.yaml");
    let objects: Vec<Value> = serde_saphyr::from_multiple(&fs::read_to_string(file).unwrap()).unwrap();
    let mut kinds = Vec::new();
    for object in &objects {
        let kind = object["kind"].as_str().unwrap();
        let parsed = match kind {
            "Instance" => again::<Instance>(object),
            "ParameterGroup" => again::<ParameterGroup>(object),
            "SubnetGroup" => again::<SubnetGroup>(object),
            other => unreachable!("{other}"),
        };
        assert_eq!(parsed["spec"]["forProvider"], object["spec"]["forProvider"], "{kind}");
        kinds.push(kind);
    }
    assert_eq!(kinds, ["SubnetGroup", "ParameterGroup", "Instance"]);
}
