//! The protocol's values straight from typed objects.
//!
//! Fields that are null are left out: a null in desired state is a field that is owned and empty.

use std::collections::HashMap;

use pbjson_types::value::Kind;
use pbjson_types::{ListValue, Struct, Value};
use serde::Serialize;
use serde::de::value::Error;
use serde::ser::{
    Error as _, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

/// Writes a value.
pub(super) struct Writer;

/// Writes the items of a list.
pub(super) struct ListWriter {
    variant: Option<&'static str>,
    values: Vec<Value>,
}

/// Writes the fields of an object.
pub(super) struct ObjectWriter {
    variant: Option<&'static str>,
    key: String,
    fields: HashMap<String, Value>,
}

pub(super) fn object(fields: HashMap<String, Value>) -> Value {
    of(Kind::StructValue(Struct { fields }))
}

fn of(kind: Kind) -> Value {
    Value { kind: Some(kind) }
}

fn tagged(variant: Option<&'static str>, value: Value) -> Value {
    match variant {
        Some(variant) => object(HashMap::from([(variant.to_owned(), value)])),
        None => value,
    }
}

/// Methods for numbers, which are all `f64` in the protocol.
macro_rules! numbers {
    ($($method:ident: $type:ty,)*) => {
        $(#[allow(clippy::cast_precision_loss, clippy::cast_lossless, reason = "the protocol has no other numbers")]
        fn $method(self, value: $type) -> Result<Value, Error> {
            Ok(of(Kind::NumberValue(value as f64)))
        })*
    };
}

// === impl Writer ===

impl Serializer for Writer {
    type Ok = Value;
    type Error = Error;
    type SerializeSeq = ListWriter;
    type SerializeTuple = ListWriter;
    type SerializeTupleStruct = ListWriter;
    type SerializeTupleVariant = ListWriter;
    type SerializeMap = ObjectWriter;
    type SerializeStruct = ObjectWriter;
    type SerializeStructVariant = ObjectWriter;

    numbers! {
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64,
        serialize_f32: f32, serialize_f64: f64,
    }

    fn serialize_bool(self, value: bool) -> Result<Value, Error> {
        Ok(of(Kind::BoolValue(value)))
    }

    fn serialize_char(self, value: char) -> Result<Value, Error> {
        Ok(of(Kind::StringValue(value.to_string())))
    }

    fn serialize_str(self, value: &str) -> Result<Value, Error> {
        Ok(of(Kind::StringValue(value.to_owned())))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Value, Error> {
        self.collect_seq(value)
    }

    fn serialize_none(self) -> Result<Value, Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, Error> {
        Ok(of(Kind::NullValue(0)))
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<Value, Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<Value, Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<Value, Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value, Error> {
        Ok(tagged(Some(variant), value.serialize(self)?))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<ListWriter, Error> {
        Ok(ListWriter { variant: None, values: Vec::with_capacity(length.unwrap_or_default()) })
    }

    fn serialize_tuple(self, length: usize) -> Result<ListWriter, Error> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _name: &'static str, length: usize) -> Result<ListWriter, Error> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<ListWriter, Error> {
        Ok(ListWriter { variant: Some(variant), values: Vec::with_capacity(length) })
    }

    fn serialize_map(self, length: Option<usize>) -> Result<ObjectWriter, Error> {
        Ok(ObjectWriter::of(None, length.unwrap_or_default()))
    }

    fn serialize_struct(self, _name: &'static str, length: usize) -> Result<ObjectWriter, Error> {
        Ok(ObjectWriter::of(None, length))
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<ObjectWriter, Error> {
        Ok(ObjectWriter::of(Some(variant), length))
    }
}

// === impl ListWriter ===

impl SerializeSeq for ListWriter {
    type Ok = Value;
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.values.push(value.serialize(Writer)?);
        Ok(())
    }

    fn end(self) -> Result<Value, Error> {
        let Self { variant, values } = self;
        Ok(tagged(variant, of(Kind::ListValue(ListValue { values }))))
    }
}

/// The traits of lists under other names.
macro_rules! lists {
    ($($trait:ident::$method:ident,)*) => {
        $(impl $trait for ListWriter {
            type Ok = Value;
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                SerializeSeq::serialize_element(self, value)
            }

            fn end(self) -> Result<Value, Error> {
                SerializeSeq::end(self)
            }
        })*
    };
}

lists! {
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field,
}

// === impl ObjectWriter ===

impl ObjectWriter {
    fn of(variant: Option<&'static str>, length: usize) -> Self {
        Self { variant, key: String::new(), fields: HashMap::with_capacity(length) }
    }

    fn add<T: Serialize + ?Sized>(&mut self, key: String, value: &T) -> Result<(), Error> {
        let value = value.serialize(Writer)?;
        if !matches!(value.kind, None | Some(Kind::NullValue(_))) {
            self.fields.insert(key, value);
        }
        Ok(())
    }
}

impl SerializeMap for ObjectWriter {
    type Ok = Value;
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        match key.serialize(Writer)?.kind {
            Some(Kind::StringValue(key)) => self.key = key,
            _ => return Err(Error::custom("the key of a field is not text")),
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let key = std::mem::take(&mut self.key);
        self.add(key, value)
    }

    fn end(self) -> Result<Value, Error> {
        let Self { variant, key: _, fields } = self;
        Ok(tagged(variant, object(fields)))
    }
}

/// The traits of objects whose keys are known.
macro_rules! structs {
    ($($trait:ident,)*) => {
        $(impl $trait for ObjectWriter {
            type Ok = Value;
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), Error> {
                self.add(key.to_owned(), value)
            }

            fn end(self) -> Result<Value, Error> {
                SerializeMap::end(self)
            }
        })*
    };
}

structs! {
    SerializeStruct,
    SerializeStructVariant,
}
