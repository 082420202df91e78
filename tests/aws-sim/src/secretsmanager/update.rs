//! `UpdateSecret`, `TagResource` and `UntagResource`: what changes beside the value.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::check;
use super::store::Store;
use super::tags::Tag;
use super::value::{Given, Repeated, Token, write};
use super::versions::CURRENT;
use crate::{Call, Refusal, Structure};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Update {
    secret_id: String,
    client_request_token: Option<String>,
    description: Option<String>,
    kms_key_id: Option<String>,
    secret_string: Option<String>,
    secret_binary: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct TagRequest {
    secret_id: String,
    tags: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct UntagRequest {
    secret_id: String,
    tag_keys: Vec<String>,
}

/// Changes a secret; with a value it also has a new current version.
pub(super) fn update(store: &mut Store, call: &mut Call<'_>, request: Update) -> Result<Structure, Refusal> {
    let Update { secret_id, client_request_token, description, kms_key_id, secret_string, secret_binary } =
        request;
    check::description(description.as_deref())?;
    let written = match Given::of(secret_string, secret_binary)? {
        Some(given) => Some((Token::of(client_request_token)?, given)),
        None => None,
    };
    let secret = store.live(&secret_id)?;
    secret.refuse_if_managed()?;
    let mut answer = secret.identity();
    if let Some((Token(token), Given(value))) = written {
        let current = BTreeSet::from([CURRENT.to_owned()]);
        write(secret, &token, value, &current, call.now, Repeated::Refused)?;
        answer = answer.with("VersionId", token);
    }
    secret.description = description.or(secret.description.take());
    // An empty key is AWS's own again.
    secret.kms_key_id = kms_key_id.or(secret.kms_key_id.take()).filter(|id| !id.is_empty());
    secret.changed = call.now;
    Ok(answer)
}

/// Adds tags.
pub(super) fn tag(
    store: &mut Store,
    call: &mut Call<'_>,
    request: &TagRequest,
) -> Result<Structure, Refusal> {
    let TagRequest { secret_id, tags } = request;
    let secret = store.live(secret_id)?;
    secret.tags.set(tags)?;
    secret.changed = call.now;
    Ok(Structure::new())
}

/// Removes tags.
pub(super) fn untag(
    store: &mut Store,
    call: &mut Call<'_>,
    request: &UntagRequest,
) -> Result<Structure, Refusal> {
    let UntagRequest { secret_id, tag_keys } = request;
    let secret = store.live(secret_id)?;
    secret.tags.unset(tag_keys);
    secret.changed = call.now;
    Ok(Structure::new())
}
