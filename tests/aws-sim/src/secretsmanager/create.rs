//! `CreateSecret`.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::secret::{Secret, new_arn};
use super::store::Store;
use super::tags::{Tag, Tags};
use super::value::{Given, Token};
use super::versions::{CURRENT, Versions};
use super::{check, rules};
use crate::{Call, Refusal, Structure};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Request {
    name: String,
    client_request_token: Option<String>,
    description: Option<String>,
    kms_key_id: Option<String>,
    secret_string: Option<String>,
    secret_binary: Option<String>,
    tags: Option<Vec<Tag>>,
}

/// Makes a secret, with its first version if a value is given.
pub(super) fn create(store: &mut Store, call: &mut Call<'_>, request: Request) -> Result<Structure, Refusal> {
    let Request { name, client_request_token, description, kms_key_id, secret_string, secret_binary, tags } =
        request;
    check::name(&name)?;
    check::description(description.as_deref())?;
    let first = match Given::of(secret_string, secret_binary)? {
        Some(given) => Some((Token::of(client_request_token)?, given)),
        None => None,
    };
    if let Some(existing) = store.named(&name) {
        return again(existing, first.as_ref());
    }
    let mut secret = Secret {
        arn: new_arn(call, &name),
        name,
        description,
        kms_key_id: kms_key_id.filter(|id| !id.is_empty()),
        tags: Tags::default(),
        versions: Versions::default(),
        policy: None,
        owning_service: None,
        created: call.now,
        changed: call.now,
        accessed: None,
        deletion: None,
    };
    secret.tags.set(&tags.unwrap_or_default())?;
    let mut answer = secret.identity();
    if let Some((Token(token), Given(value))) = first {
        secret.versions.add(&token, value, &BTreeSet::from([CURRENT.to_owned()]), call.now);
        answer = answer.with("VersionId", token);
    }
    store.add(secret);
    Ok(answer)
}

/// A name that is taken: by an earlier attempt of the same call, or by something else.
fn again(existing: &Secret, first: Option<&(Token, Given)>) -> Result<Structure, Refusal> {
    rules::NAME_SCHEDULED.refuse_if(existing.deletion.is_some(), &[])?;
    let version = first.and_then(|(Token(token), given)| Some((existing.versions.get(token)?, given)));
    match version {
        Some((version, Given(value))) if version.value == *value => {
            Ok(existing.identity().with("VersionId", version.id.as_str()))
        }
        Some((version, _)) => Err(rules::TOKEN_TAKEN.refuse(&[&version.id, &existing.arn])),
        None => Err(rules::NAME_TAKEN.refuse(&[&existing.name])),
    }
}
