//! Values of settings: read from a form or from the side path, and written.

use serde_json::Value as Json;

use super::rules::MALFORMED;
use crate::protocol::Form;
use crate::{Node, Refusal, Structure};

/// A type that a setting can have.
pub(crate) trait Value: Sized {
    /// The value of a parameter, if it is given.
    fn read(form: &Form, name: &str) -> Result<Option<Self>, Refusal>;

    /// The value in JSON.
    fn of_json(json: &Json) -> Option<Self>;

    /// How it is told; none when AWS leaves it out.
    fn node(&self) -> Option<Node>;
}

impl Value for u32 {
    fn read(form: &Form, name: &str) -> Result<Option<Self>, Refusal> {
        let parse = |text: &str| text.parse().map_err(|_| MALFORMED.refuse(&[text, name]));
        form.get(name).map(parse).transpose()
    }

    fn of_json(json: &Json) -> Option<Self> {
        json.as_u64().and_then(|number| number.try_into().ok())
    }

    fn node(&self) -> Option<Node> {
        Some((*self).into())
    }
}

impl Value for bool {
    fn read(form: &Form, name: &str) -> Result<Option<Self>, Refusal> {
        let parse = |text: &str| match text.to_ascii_lowercase().as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(MALFORMED.refuse(&[text, name])),
        };
        form.get(name).map(parse).transpose()
    }

    fn of_json(json: &Json) -> Option<Self> {
        json.as_bool()
    }

    fn node(&self) -> Option<Node> {
        Some((*self).into())
    }
}

impl Value for String {
    fn read(form: &Form, name: &str) -> Result<Option<Self>, Refusal> {
        Ok(form.get(name).map(str::to_owned))
    }

    fn of_json(json: &Json) -> Option<Self> {
        json.as_str().map(str::to_owned)
    }

    fn node(&self) -> Option<Node> {
        Some(self.as_str().into())
    }
}

impl Value for Vec<String> {
    fn read(form: &Form, name: &str) -> Result<Option<Self>, Refusal> {
        Ok(form.list(name).map(|items| items.into_iter().map(str::to_owned).collect()))
    }

    fn of_json(json: &Json) -> Option<Self> {
        json.as_array()?.iter().map(String::of_json).collect()
    }

    fn node(&self) -> Option<Node> {
        (!self.is_empty()).then(|| Node::list("member", self.iter().map(String::as_str)))
    }
}

impl<T: Value> Value for Option<T> {
    fn read(form: &Form, name: &str) -> Result<Option<Self>, Refusal> {
        Ok(T::read(form, name)?.map(Some))
    }

    fn of_json(json: &Json) -> Option<Self> {
        if json.is_null() { Some(None) } else { T::of_json(json).map(Some) }
    }

    fn node(&self) -> Option<Node> {
        self.as_ref().and_then(Value::node)
    }
}

/// JSON as a value of an answer, for members of pending values that are not kept here.
pub(crate) fn node(of: &Json) -> Option<Node> {
    match of {
        Json::Bool(yes) => Some((*yes).into()),
        Json::Number(number) => number.as_i64().map(Into::into),
        Json::String(text) => Some(text.as_str().into()),
        Json::Array(items) => Some(Node::List("member", items.iter().filter_map(node).collect())),
        Json::Object(members) => {
            Some(Node::Structure(members.iter().fold(Structure::new(), |structure, (name, value)| {
                structure.with_some(name.clone(), node(value))
            })))
        }
        Json::Null => None,
    }
}
