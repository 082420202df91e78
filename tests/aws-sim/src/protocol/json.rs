//! JSON 1.1, and the side path's JSON.

use serde_json::{Map, Value, json};

use crate::{Node, Structure};

/// A structure as an object.
pub(super) fn document(structure: &Structure) -> Value {
    let members = structure.0.iter().map(|(name, value)| (name.to_string(), node(value)));
    Value::Object(members.collect::<Map<_, _>>())
}

/// An error.
pub(super) fn error(code: &str, message: &str) -> Value {
    // Secrets Manager writes the member both ways, and clients read either.
    json!({"__type": code, "message": message, "Message": message})
}

fn node(of: &Node) -> Value {
    match of {
        Node::Text(text) => text.as_str().into(),
        Node::Integer(number) => (*number).into(),
        Node::Boolean(yes) => (*yes).into(),
        #[allow(clippy::cast_precision_loss, reason = "milliseconds of this century fit")]
        Node::Time(time) => (time.as_millisecond() as f64 / 1e3).into(),
        Node::Structure(structure) => document(structure),
        Node::List(_, items) => items.iter().map(node).collect(),
    }
}
