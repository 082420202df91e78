//! The keywords of a structural schema that XRDs have, as the API server applies them; but a field that the schema does not
//! name, which the API server would drop without a word, is a mistake here.
//!
//! Own code, because the crates that check JSON Schema turn on features of what the whole workspace depends on.

use regex_lite::Regex;
use serde_json::Value;

/// Adds what is wrong with a value to the mistakes.
pub(crate) fn check(value: &Value, schema: &Value, at: &str, mistakes: &mut Vec<String>) {
    let mut wrong = |what: String| mistakes.push(format!("{at}: {what}"));
    let r#type = schema["type"].as_str().unwrap_or_default();
    let fits = match r#type {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "boolean" => value.is_boolean(),
        _ => true,
    };
    if !fits {
        return wrong(format!("{value} is no {type}"));
    }
    if schema["enum"].as_array().is_some_and(|values| !values.contains(value)) {
        wrong(format!("{value} is none of {}", schema["enum"]));
    }
    if let Some(text) = value.as_str() {
        let length = text.chars().count() as u64;
        if schema["minLength"].as_u64().is_some_and(|least| length < least)
            || schema["maxLength"].as_u64().is_some_and(|most| length > most)
        {
            wrong(format!("{length} characters"));
        }
        if schema["pattern"].as_str().is_some_and(|pattern| !Regex::new(pattern).unwrap().is_match(text)) {
            wrong(format!("{text} is not {}", schema["pattern"]));
        }
    }
    if let Some(number) = value.as_i64()
        && (schema["minimum"].as_i64().is_some_and(|least| number < least)
            || schema["maximum"].as_i64().is_some_and(|most| number > most))
    {
        wrong(format!("{number} is too little or too much"));
    }
    for required in schema["required"].as_array().into_iter().flatten() {
        if value[required.as_str().unwrap()].is_null() {
            wrong(format!("{required} is missing"));
        }
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        check(item, &schema["items"], &format!("{at}[{index}]"), mistakes);
    }
    for (key, field) in value.as_object().into_iter().flatten() {
        let own = schema["properties"].get(key).or_else(|| schema.get("additionalProperties"));
        match own {
            Some(own) => check(field, own, &format!("{at}.{key}"), mistakes),
            None => mistakes.push(format!("{at}.{key}: there is no such field")),
        }
    }
}
