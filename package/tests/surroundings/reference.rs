//! docs/reference.md: every field of what teams write, as the XRDs have it.

use std::fmt::Write;
use std::fs;

use serde_json::Value;

use crate::tree;

const PAGE: &str = "docs/reference.md";

/// One row for a field, and one for each below it.
fn rows(page: &mut String, path: &str, schema: &Value, required: bool) {
    if !path.is_empty() {
        let limits = [range(schema, "minimum", "maximum"), range(schema, "minLength", "maxLength")];
        let mut about: Vec<String> = schema["description"].as_str().map(sentence).into_iter().collect();
        about.extend(required.then(|| "Required.".to_owned()));
        about.extend(schema["enum"].as_array().map(|values| format!("One of {}.", words(values))));
        about.extend(limits.into_iter().flatten());
        let rules = schema["x-kubernetes-validations"].as_array().into_iter().flatten();
        about.extend(rules.filter_map(|rule| rule["message"].as_str()).map(sentence));
        let default = match &schema["default"] {
            Value::Object(_) | Value::Null => String::new(),
            value => format!("`{value}`"),
        };
        let about = about.join(" ").replace('|', "\\|");
        writeln!(page, "| `{path}` | {} | {default} | {about} |", r#type(schema)).unwrap();
    }
    let below = [(schema, "."), (&schema["items"], "[].")];
    for (at, joint) in below {
        for (name, field) in at["properties"].as_object().into_iter().flatten() {
            let required = at["required"].as_array().is_some_and(|names| names.iter().any(|one| one == name));
            let joint = if path.is_empty() { "" } else { joint };
            rows(page, &format!("{path}{joint}{name}"), field, required);
        }
    }
}

fn r#type(schema: &Value) -> String {
    match schema["type"].as_str() {
        Some("array") => format!("list of {}", r#type(&schema["items"])),
        Some("object") if schema["additionalProperties"].is_object() => {
            format!("map of {}", r#type(&schema["additionalProperties"]))
        }
        Some(name) => {
            schema["format"].as_str().filter(|format| *format == "date-time").unwrap_or(name).to_owned()
        }
        None => "integer or string".to_owned(),
    }
}

fn range(schema: &Value, least: &str, most: &str) -> Option<String> {
    let of = if least == "minLength" { " characters" } else { "" };
    match (schema[least].as_u64(), schema[most].as_u64()) {
        (Some(least), Some(most)) => Some(format!("{least} to {most}{of}.")),
        (Some(least), None) => Some(format!("{least}{of} or more.")),
        (None, Some(most)) => Some(format!("At most {most}{of}.")),
        (None, None) => None,
    }
}

fn words(values: &[Value]) -> String {
    let word = |value: &Value| match value.as_str() {
        Some("") | None => format!("`{value}`"),
        Some(word) => format!("`{word}`"),
    };
    values.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// One line that ends as a sentence does. It may begin with the name of a field.
fn sentence(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.ends_with(['.', '`']) { line } else { line + "." }
}

#[test]
fn the_reference_has_every_field() {
    let mut page = String::from(HEAD);
    for file in tree::files("xrds", ".yaml") {
        let spec = tree::documents(&file).remove(0)["spec"].take();
        let kind = spec["names"]["kind"].as_str().unwrap();
        if let Some(claim) = spec["claimNames"]["kind"].as_str() {
            let of = claim.trim_end_matches("Claim");
            write!(page, "\n## {claim}\n\nThe spec and the status of a `GoldenPath{of}`, without `observedGeneration`.\n").unwrap();
            continue;
        }
        let schema = &spec["versions"][0]["schema"]["openAPIV3Schema"];
        writeln!(page, "\n## {kind}\n\n{}", schema["description"].as_str().unwrap()).unwrap();
        for part in ["spec", "status"] {
            write!(page, "\n### {part} of a {kind}\n\n{COLUMNS}").unwrap();
            rows(&mut page, "", &schema["properties"][part], false);
        }
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::write(tree::path(PAGE), &page).unwrap();
    }
    assert_eq!(
        fs::read_to_string(tree::path(PAGE)).unwrap_or_default(),
        page,
        "out of date; run `make update`"
    );
}

const COLUMNS: &str = "| field | type | default | what |\n|---|---|---|---|\n";

const HEAD: &str = "\
# Reference

Every field of what teams write, as `kubectl explain` has it, with the rules that the API server checks. Written by `UPDATE=1 cargo test
-p goldenpath-package --test surroundings`. Any object may also have the labels `goldenpath.io/team` and `goldenpath.io/tier`.
";
