//! `PutResourcePolicy`, `GetResourcePolicy`, `DeleteResourcePolicy` and `ValidateResourcePolicy`.

use serde::Deserialize;
use serde_json::Value;

use super::store::Store;
use super::{check, rules};
use crate::{Call, Node, Refusal, Structure};

/// The only policy that can be written.
const DEFAULT: &str = "default";
const LONGEST: usize = 20_480;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Put {
    secret_id: String,
    resource_policy: String,
    block_public_policy: Option<bool>,
    policy_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Named {
    secret_id: String,
    policy_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Validate {
    secret_id: Option<String>,
    resource_policy: String,
}

/// Attaches a policy.
pub(super) fn put(store: &mut Store, call: &mut Call<'_>, request: Put) -> Result<Structure, Refusal> {
    let Put { secret_id, resource_policy, block_public_policy, policy_name } = request;
    only_default(policy_name.as_deref())?;
    let document = read(&resource_policy)?;
    rules::PUBLIC_POLICY.refuse_if(block_public_policy == Some(true) && is_public(&document), &[])?;
    let secret = store.live(&secret_id)?;
    secret.policy = Some(resource_policy);
    secret.changed = call.now;
    Ok(secret.identity().with("PolicyName", DEFAULT))
}

/// Shows the policy, if there is one.
pub(super) fn get(store: &mut Store, request: &Named) -> Result<Structure, Refusal> {
    let is_other = request.policy_name.as_deref().is_some_and(|name| name != DEFAULT);
    let secret = store.live(&request.secret_id)?;
    rules::NO_SUCH_POLICY.refuse_if(is_other, &[])?;
    Ok(secret.identity().with_some("ResourcePolicy", secret.policy.clone()).with("PolicyName", DEFAULT))
}

/// Removes the policy; none is none.
pub(super) fn delete(store: &mut Store, call: &mut Call<'_>, request: &Named) -> Result<Structure, Refusal> {
    only_default(request.policy_name.as_deref())?;
    let secret = store.live(&request.secret_id)?;
    secret.policy = None;
    secret.changed = call.now;
    Ok(secret.identity().with("PolicyName", DEFAULT))
}

/// Says what is wrong with a policy.
pub(super) fn validate(store: &Store, request: &Validate) -> Result<Structure, Refusal> {
    let Validate { secret_id, resource_policy } = request;
    if let Some(id) = secret_id {
        store.find(id)?;
    }
    let is_public = is_public(&read(resource_policy)?);
    let errors = is_public.then(|| {
        Structure::new()
            .with("CheckName", "PUBLIC_ACCESS_CHECK")
            .with("ErrorMessage", rules::PUBLIC_POLICY.message)
    });
    Ok(Structure::new()
        .with("PolicyValidationPassed", !is_public)
        .with("ValidationErrors", Node::list("member", errors)))
}

fn only_default(name: Option<&str>) -> Result<(), Refusal> {
    rules::POLICY_NAME.refuse_if(name.is_some_and(|name| name != DEFAULT), &[])
}

/// A policy has a version and statements, and each says who may do what, or may not.
fn read(text: &str) -> Result<Value, Refusal> {
    check::length("resourcePolicy", text, 1, LONGEST)?;
    let malformed = || rules::POLICY_SYNTAX.refuse(&[]);
    let document: Value = serde_json::from_str(text).map_err(|_| malformed())?;
    let is_whole = |statement: &Value| {
        matches!(statement["Effect"].as_str(), Some("Allow" | "Deny"))
            && ["Principal", "NotPrincipal"].iter().any(|member| !statement[*member].is_null())
            && ["Action", "NotAction"].iter().any(|member| !statement[*member].is_null())
            && !statement["Resource"].is_null()
    };
    let statements = statements(&document);
    let is_policy = !document["Version"].is_null() && !statements.is_empty();
    if is_policy && statements.into_iter().all(is_whole) { Ok(document) } else { Err(malformed()) }
}

/// One statement may stand without a list around it.
fn statements(document: &Value) -> Vec<&Value> {
    match &document["Statement"] {
        Value::Array(several) => several.iter().collect(),
        Value::Object(_) => vec![&document["Statement"]],
        _ => Vec::new(),
    }
}

/// Whether anybody at all is allowed anything, without a condition.
fn is_public(document: &Value) -> bool {
    let anybody = |principal: &Value| match principal {
        Value::String(name) => name == "*",
        Value::Object(_) => match &principal["AWS"] {
            Value::Array(several) => several.iter().any(|one| one == "*"),
            one => one == "*",
        },
        _ => false,
    };
    statements(document).into_iter().any(|statement| {
        statement["Effect"] == "Allow" && anybody(&statement["Principal"]) && statement["Condition"].is_null()
    })
}
