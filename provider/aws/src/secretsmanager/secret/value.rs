//! A secret's value: a JSON object in memory that is wiped when it is dropped.

use goldenpath_provider_core::Sensitive;
use serde_json::{Map, Value};
use zeroize::Zeroize;

/// A JSON object of secrets. Has no `Debug`, and wipes its strings.
pub(crate) struct Document(Map<String, Value>);

// === impl Document ===

impl Document {
    /// Parses a value; `None` when it is not a JSON object.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match serde_json::from_str(text) {
            Ok(Value::Object(map)) => Some(Self(map)),
            Ok(mut other) => {
                wipe(&mut other);
                None
            }
            Err(_) => None,
        }
    }

    /// The text of a key.
    pub(crate) fn text(&self, key: &str) -> Option<Sensitive> {
        self.0.get(key)?.as_str().filter(|v| !v.is_empty()).map(|v| Sensitive::new(v.to_owned()))
    }

    /// Sets a key to a text.
    pub(super) fn set(&mut self, key: &str, value: &str) {
        self.put(key, Value::String(value.to_owned()));
    }

    /// The whole value as a text.
    pub(super) fn print(&self) -> Sensitive {
        Sensitive::new(serde_json::to_string(&self.0).unwrap_or_default())
    }

    /// Repeats a text under another key.
    pub(super) fn repeat(&mut self, key: &str, other: &str) {
        if let Some(text) = self.text(key) {
            self.set(other, text.expose());
        }
    }

    /// Its keys.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Takes a key away.
    pub(super) fn remove(&mut self, key: &str) {
        if let Some(mut old) = self.0.remove(key) {
            wipe(&mut old);
        }
    }

    /// Sets a key to any value.
    pub(super) fn put(&mut self, key: &str, value: Value) {
        if let Some(mut old) = self.0.insert(key.to_owned(), value) {
            wipe(&mut old);
        }
    }
}

impl Drop for Document {
    fn drop(&mut self) {
        self.0.values_mut().for_each(wipe);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(values) => values.iter_mut().for_each(wipe),
        Value::Object(map) => map.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
