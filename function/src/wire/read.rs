//! Typed objects straight from the protocol's values. Building a JSON tree between the two would cost more than all the
//! rest of a call.

use std::collections::hash_map;
use std::vec;

use pbjson_types::value::Kind;
use pbjson_types::{Struct, Value};
use serde::de::value::{
    BorrowedStrDeserializer, Error, MapAccessDeserializer, MapDeserializer, SeqDeserializer,
};
use serde::de::{Deserializer, Error as _, IntoDeserializer, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

/// In which order the fields of an object are read. The protocol has them in none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// In no order: the fastest.
    Any,
    /// By name, so that of two mistakes always the same one is found first.
    Sorted,
}

/// Which part of an object of Kubernetes is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// All of it.
    Whole,
    /// `metadata`.
    Metadata,
    /// Any other.
    Other,
}

/// Reads a value.
#[derive(Clone, Copy)]
pub(super) struct Reader<'de> {
    kind: Option<&'de Kind>,
    order: Order,
    part: Part,
}

/// Reads an object.
#[derive(Clone, Copy)]
pub(super) struct ObjectReader<'de> {
    object: &'de Struct,
    order: Order,
    part: Part,
}

/// The fields of an object, one by one.
struct Fields<'de> {
    remaining: Ordered<'de>,
    order: Order,
    part: Part,
}

enum Ordered<'de> {
    Any(hash_map::Iter<'de, String, Value>),
    Sorted(vec::IntoIter<(&'de String, &'de Value)>),
}

/// Integers above lose precision on their way through the protocol, which knows `f64` only.
const LARGEST_INTEGER: f64 = 9_007_199_254_740_992.0;

// === impl ObjectReader ===

impl<'de> ObjectReader<'de> {
    pub(super) fn new(object: &'de Struct, order: Order) -> Self {
        Self { object, order, part: Part::Whole }
    }

    fn fields(self) -> MapDeserializer<'de, Fields<'de>, Error> {
        let Self { object, order, part } = self;
        let remaining = match order {
            Order::Any => Ordered::Any(object.fields.iter()),
            Order::Sorted => {
                let mut fields: Vec<_> = object.fields.iter().collect();
                fields.sort_unstable_by_key(|(key, _)| *key);
                Ordered::Sorted(fields.into_iter())
            }
        };
        MapDeserializer::new(Fields { remaining, order, part })
    }
}

impl<'de> Deserializer<'de> for ObjectReader<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(self.fields())
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

// === impl Fields ===

impl<'de> Iterator for Fields<'de> {
    type Item = (BorrowedStrDeserializer<'de, Error>, Reader<'de>);

    fn next(&mut self) -> Option<Self::Item> {
        let &mut Self { ref mut remaining, order, part } = self;
        loop {
            let (key, value) = match remaining {
                Ordered::Any(fields) => fields.next()?,
                Ordered::Sorted(fields) => fields.next()?,
            };
            let part = match (part, key.as_str()) {
                // Half of an object, and no typed object needs to know who owns which field.
                (Part::Metadata, "managedFields") => continue,
                (Part::Whole, "metadata") => Part::Metadata,
                _ => Part::Other,
            };
            let value = Reader { kind: value.kind.as_ref(), order, part };
            return Some((BorrowedStrDeserializer::new(key), value));
        }
    }
}

// === impl Reader ===

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Self { kind, order, part } = self;
        match kind {
            None | Some(Kind::NullValue(_)) => visitor.visit_unit(),
            Some(Kind::BoolValue(value)) => visitor.visit_bool(*value),
            Some(Kind::NumberValue(value)) => visit_number(*value, visitor),
            Some(Kind::StringValue(value)) => visitor.visit_borrowed_str(value),
            Some(Kind::StructValue(object)) => {
                visitor.visit_map(ObjectReader { object, order, part }.fields())
            }
            Some(Kind::ListValue(list)) => {
                let items = list.values.iter().map(|item| Self {
                    kind: item.kind.as_ref(),
                    order,
                    part: Part::Other,
                });
                visitor.visit_seq(SeqDeserializer::new(items))
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.kind {
            None | Some(Kind::NullValue(_)) => visitor.visit_none(),
            Some(_) => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let unexpected = match self.kind {
            Some(Kind::StringValue(variant)) => {
                return visitor.visit_enum(BorrowedStrDeserializer::new(variant));
            }
            Some(Kind::StructValue(object)) => {
                let fields = ObjectReader { object, order: self.order, part: self.part }.fields();
                return visitor.visit_enum(MapAccessDeserializer::new(fields));
            }
            Some(Kind::BoolValue(value)) => Unexpected::Bool(*value),
            Some(Kind::NumberValue(value)) => Unexpected::Float(*value),
            Some(Kind::ListValue(_)) => Unexpected::Seq,
            None | Some(Kind::NullValue(_)) => Unexpected::Unit,
        };
        Err(Error::invalid_type(unexpected, &"string or map"))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct identifier
    }
}

impl<'de> IntoDeserializer<'de, Error> for Reader<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// A whole number is an integer again; what JSON has no number for is null.
fn visit_number<'de, V: Visitor<'de>>(value: f64, visitor: V) -> Result<V::Value, Error> {
    if value.fract() == 0.0 && value.abs() <= LARGEST_INTEGER {
        #[allow(clippy::cast_possible_truncation, reason = "whole and within the range")]
        return visitor.visit_i64(value as i64);
    }
    if value.is_finite() { visitor.visit_f64(value) } else { visitor.visit_unit() }
}
