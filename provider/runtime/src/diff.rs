//! The JSON merge patch (RFC 7396) that leads from one value to another.

use serde_json::{Map, Value};

/// The patch from `from` to `to`, or `None` when they are equal.
pub(crate) fn merge_patch(from: &Value, to: &Value) -> Option<Value> {
    match (from, to) {
        _ if from == to => None,
        (Value::Object(from), Value::Object(to)) => {
            let removed = from.keys().filter(|k| !to.contains_key(*k)).map(|k| (k.clone(), Value::Null));
            let set = to.iter().filter_map(|(k, v)| match from.get(k) {
                Some(old) => Some((k.clone(), merge_patch(old, v)?)),
                None => Some((k.clone(), v.clone())),
            });
            Some(Value::Object(removed.chain(set).collect::<Map<_, _>>()))
        }
        _ => Some(to.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case::equal(json!({"a": 1}), json!({"a": 1}), None)]
    #[case::set(json!({"a": 1}), json!({"a": 1, "b": 2}), Some(json!({"b": 2})))]
    #[case::removed(json!({"a": 1, "b": 2}), json!({"a": 1}), Some(json!({"b": null})))]
    #[case::nested(json!({"a": {"b": 1, "c": 2}}), json!({"a": {"b": 1, "c": 3}}), Some(json!({"a": {"c": 3}})))]
    #[case::lists_are_replaced(json!({"a": [1]}), json!({"a": [1, 2]}), Some(json!({"a": [1, 2]})))]
    fn the_patch_holds_what_differs(#[case] from: Value, #[case] to: Value, #[case] expected: Option<Value>) {
        assert_eq!(merge_patch(&from, &to), expected);
    }
}
