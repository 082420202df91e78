//! JSON as protocol buffers have it.

use goldenpath_proto::prost_types::{ListValue, Struct, Timestamp, Value, value::Kind};
use k8s_openapi::jiff;
use serde::Serialize;

/// An object, if it is one.
pub(super) fn object(object: &impl Serialize) -> Option<Struct> {
    match serde_json::to_value(object) {
        Ok(serde_json::Value::Object(object)) => Some(fields(object)),
        _ => None,
    }
}

pub(super) fn timestamp(at: jiff::Timestamp) -> Timestamp {
    Timestamp { seconds: at.as_second(), nanos: at.subsec_nanosecond() }
}

fn fields(object: serde_json::Map<String, serde_json::Value>) -> Struct {
    Struct { fields: object.into_iter().map(|(key, json)| (key, value(json))).collect() }
}

fn value(json: serde_json::Value) -> Value {
    use serde_json::Value as Json;
    let kind = match json {
        Json::Null => Kind::NullValue(0),
        Json::Bool(bool) => Kind::BoolValue(bool),
        // A Struct has no other numbers.
        Json::Number(number) => Kind::NumberValue(number.as_f64().unwrap_or_default()),
        Json::String(string) => Kind::StringValue(string),
        Json::Array(list) => Kind::ListValue(ListValue { values: list.into_iter().map(value).collect() }),
        Json::Object(object) => Kind::StructValue(fields(object)),
    };
    Value { kind: Some(kind) }
}
