//! Between typed objects and the protocol's structs.

use function_sdk_rust::proto::v1::Resource;
use function_sdk_rust::resource::{json_to_struct, struct_to_json};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A typed object as JSON, without nulls: a null in desired state is a field that is owned and empty.
pub fn encode<T: Serialize + ?Sized>(object: &T) -> Result<Map<String, Value>, serde_json::Error> {
    match without_nulls(serde_json::to_value(object)?) {
        Value::Object(map) => Ok(map),
        other => Err(serde::ser::Error::custom(format!("an object is expected, not {other}"))),
    }
}

/// A typed object from a resource of a request. The error names the path that does not fit.
pub fn decode<T: DeserializeOwned>(
    resource: &Resource,
) -> Result<T, serde_path_to_error::Error<serde_json::Error>> {
    serde_path_to_error::deserialize(Value::Object(json(resource)))
}

/// A resource of a request as JSON.
pub fn json(resource: &Resource) -> Map<String, Value> {
    match resource.resource.as_ref().map(struct_to_json) {
        Some(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

/// A resource of a response.
pub fn resource(object: &Map<String, Value>) -> Resource {
    Resource { resource: Some(json_to_struct(object)), ..Resource::default() }
}

/// Lays one value over another: objects are merged key by key, anything else replaces.
pub fn lay_over(under: &mut Value, over: Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (key, value) in over {
                match under.get_mut(&key) {
                    Some(slot) => lay_over(slot, value),
                    None => {
                        under.insert(key, value);
                    }
                }
            }
        }
        (under, over) => *under = over,
    }
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.into_iter().filter(|(_, v)| !v.is_null());
            Value::Object(kept.map(|(k, v)| (k, without_nulls(v))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nulls_are_dropped_and_empty_values_are_not() {
        let given = json!({"a": null, "b": {"c": null, "d": []}, "e": [{"f": null}], "g": false});
        let expected = json!({"b": {"d": []}, "e": [{}], "g": false});
        assert_eq!(Value::Object(encode(&given).unwrap()), expected);
    }

    #[test]
    fn integers_come_back_as_integers() {
        let object = encode(&json!({"spec": {"replicas": 3}})).unwrap();
        assert_eq!(Value::Object(json(&resource(&object))), json!({"spec": {"replicas": 3}}));
    }

    #[test]
    fn what_lies_over_wins_key_by_key() {
        let mut under = json!({"sizes": {"small": "a", "large": "b"}, "list": [1, 2]});
        lay_over(&mut under, json!({"sizes": {"small": "c"}, "list": [3]}));
        assert_eq!(under, json!({"sizes": {"small": "c", "large": "b"}, "list": [3]}));
    }
}
