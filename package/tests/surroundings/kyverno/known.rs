//! What is known to mean the same in both forms. A field that is not known here would be lost without a word.

use serde_json::{Value, json};

use super::Result;
use crate::tree;

/// The binding, if all that the two say is said in Kyverno's form as well.
pub(super) fn binding(policy: &str, binding: &str) -> Result<Value> {
    let one = |text: &str| match tree::parsed(text).map_err(|e| e.to_string())?.as_slice() {
        [document] => Ok(document.clone()),
        _ => Err("one policy and one binding are expected".to_owned()),
    };
    let (policy, binding) = (one(policy)?, one(binding)?);
    let known =
        ["failurePolicy", "paramKind", "matchConstraints", "matchConditions", "variables", "validations"];
    only(&policy["spec"], &known)?;
    only(&policy["spec"]["matchConstraints"], &["resourceRules"])?;
    for validation in policy["spec"]["validations"].as_array().into_iter().flatten() {
        only(validation, &["expression", "reason", "message", "messageExpression"])?;
        // It has no reasons: a refusal has the text alone.
        expect(&validation["reason"], &json!("Forbidden"))?;
    }
    only(&binding["spec"], &["policyName", "validationActions", "paramRef"])?;
    expect(&binding["spec"]["policyName"], &policy["metadata"]["name"])?;
    expect(&binding["spec"]["validationActions"], &json!(["Deny"]))?;
    if !policy["spec"]["paramKind"].is_null() {
        expect(&policy["spec"]["paramKind"], &json!({"apiVersion": "v1", "kind": "ConfigMap"}))?;
        only(&binding["spec"]["paramRef"], &["name", "namespace", "parameterNotFoundAction"])?;
        expect(&binding["spec"]["paramRef"]["parameterNotFoundAction"], &json!("Deny"))?;
    }
    Ok(binding)
}

fn only(value: &Value, known: &[&str]) -> Result<()> {
    let unknown = value.as_object().into_iter().flatten().find(|(key, _)| !known.contains(&key.as_str()));
    unknown.map_or(Ok(()), |(key, _)| Err(format!("what `{key}` is in Kyverno is not known")))
}

fn expect(value: &Value, expected: &Value) -> Result<()> {
    if value == expected { Ok(()) } else { Err(format!("{value} stands where only {expected} is known")) }
}
