//! Between typed objects and the protocol's structs.

mod read;
mod write;

use function_sdk_rust::proto::v1::Resource;
use pbjson_types::value::Kind;
use pbjson_types::{Struct, Value};
use serde::de::DeserializeOwned;
use serde::de::value::Error;
use serde::ser::Error as _;
use serde::{Deserialize, Serialize};

use read::{ObjectReader, Order};
use write::Writer;

/// A typed object as a struct of the protocol, without nulls: a null in desired state is a field that is owned and
/// empty. Anything but an object is an error.
pub fn encode<T: Serialize + ?Sized>(object: &T) -> Result<Struct, Error> {
    match object.serialize(Writer)?.kind {
        Some(Kind::StructValue(object)) => Ok(object),
        _ => Err(Error::custom("an object is expected")),
    }
}

/// A typed object from a struct of the protocol. The error names the path that does not fit, the first by name.
pub fn decode<T: DeserializeOwned>(object: &Struct) -> Result<T, serde_path_to_error::Error<Error>> {
    // Tracking paths costs as much as reading, and is needed for errors only.
    read(object)
        .map_or_else(|_| serde_path_to_error::deserialize(ObjectReader::new(object, Order::Sorted)), Ok)
}

/// As [`decode`], without the path in the error.
pub fn read<'de, T: Deserialize<'de>>(object: &'de Struct) -> Result<T, Error> {
    T::deserialize(ObjectReader::new(object, Order::Any))
}

/// The object of a resource of a request; an empty one if there is none.
pub fn object(resource: &Resource) -> &Struct {
    static NONE: std::sync::LazyLock<Struct> = std::sync::LazyLock::new(Struct::default);
    resource.resource.as_ref().unwrap_or(&NONE)
}

/// A field of an object that is text.
pub fn text<'a>(object: &'a Struct, key: &str) -> Option<&'a str> {
    match object.fields.get(key)?.kind.as_ref()? {
        Kind::StringValue(text) => Some(text),
        _ => None,
    }
}

/// A field of an object that is an object.
pub fn child<'a>(object: &'a Struct, key: &str) -> Option<&'a Struct> {
    match object.fields.get(key)?.kind.as_ref()? {
        Kind::StructValue(object) => Some(object),
        _ => None,
    }
}

/// The object at a path below an object.
pub fn at<'a>(object: &'a Struct, path: &[&str]) -> Option<&'a Struct> {
    path.iter().try_fold(object, |object, key| child(object, key))
}

/// Merges one object over another: objects key by key, anything else replaces.
pub fn merge(under: &mut Struct, over: Struct) {
    if under.fields.is_empty() {
        *under = over;
        return;
    }
    for (key, value) in over.fields {
        let Some(slot) = under.fields.get_mut(&key) else {
            under.fields.insert(key, value);
            continue;
        };
        match (&mut slot.kind, value.kind) {
            (Some(Kind::StructValue(under)), Some(Kind::StructValue(over))) => merge(under, over),
            (slot, kind) => *slot = kind,
        }
    }
}

/// A value that is an object.
pub fn into_value(object: Struct) -> Value {
    Value { kind: Some(Kind::StructValue(object)) }
}

#[cfg(test)]
mod tests;
