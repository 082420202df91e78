//! `PutSecretValue`, `GetSecretValue` and `BatchGetSecretValue`: writing and reading values.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;

use super::list::{self, Filter};
use super::secret::{Secret, stages};
use super::store::Store;
use super::versions::{CURRENT, Value, Version};
use super::{check, rules};
use crate::{Call, Node, Refusal, Structure};

/// So many secrets one call reads.
const BATCH: usize = 20;

/// The value of a request.
pub(super) struct Given(pub(super) Value);

/// The token of a request, which becomes the name of the version.
pub(super) struct Token(pub(super) String);

/// What a token means that a version has already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeated {
    /// The same value again changes nothing, not even the labels.
    Ignored,
    /// It is refused, whatever the value is.
    Refused,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Put {
    secret_id: String,
    client_request_token: Option<String>,
    secret_string: Option<String>,
    secret_binary: Option<String>,
    version_stages: Option<BTreeSet<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Get {
    secret_id: String,
    version_id: Option<String>,
    version_stage: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Batch {
    secret_id_list: Option<Vec<String>>,
    filters: Option<Vec<Filter>>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

/// Adds a version, and moves the labels to it.
pub(super) fn put(store: &mut Store, call: &mut Call<'_>, request: Put) -> Result<Structure, Refusal> {
    let Put { secret_id, client_request_token, secret_string, secret_binary, version_stages } = request;
    let Token(token) = Token::of(client_request_token)?;
    let given = Given::of(secret_string, secret_binary)?;
    let Given(value) = given.ok_or_else(|| rules::NO_VALUE.refuse(&[]))?;
    let wanted = version_stages.unwrap_or_else(|| BTreeSet::from([CURRENT.to_owned()]));
    check::stages(&wanted)?;
    let secret = store.live(&secret_id)?;
    write(secret, &token, value, &wanted, call.now, Repeated::Ignored)?;
    let stages = secret.versions.get(&token).and_then(stages);
    Ok(secret.identity().with("VersionId", token).with_some("VersionStages", stages))
}

/// Adds a version, as every call does that carries a value.
pub(super) fn write(
    secret: &mut Secret,
    token: &str,
    value: Value,
    stages: &BTreeSet<String>,
    now: Timestamp,
    repeated: Repeated,
) -> Result<(), Refusal> {
    secret.refuse_if_managed()?;
    if let Some(version) = secret.versions.get(token) {
        let is_ignored = repeated == Repeated::Ignored && version.value == value;
        return rules::TOKEN_TAKEN.refuse_if(!is_ignored, &[token, &secret.arn]);
    }
    rules::TOO_MANY_VERSIONS.refuse_if(!secret.versions.make_room(now), &[])?;
    secret.versions.add(token, value, stages, now);
    secret.changed = now;
    Ok(())
}

/// Reads a value.
pub(super) fn get(store: &mut Store, call: &mut Call<'_>, request: &Get) -> Result<Structure, Refusal> {
    let Get { secret_id, version_id, version_stage } = request;
    let secret = store.live(secret_id)?;
    let version = wanted(secret, version_id.as_deref(), version_stage.as_deref())?;
    let (id, answer) = (version.id.clone(), secret.shown(version));
    secret.read(&id, call.now);
    Ok(answer)
}

/// The version that a reader asks for; a version and a label have to mean the same one.
fn wanted<'a>(secret: &'a Secret, id: Option<&str>, stage: Option<&str>) -> Result<&'a Version, Refusal> {
    let Some(id) = id else {
        let stage = stage.unwrap_or(CURRENT);
        return secret.versions.labelled(stage).ok_or_else(|| rules::NO_SUCH_STAGE.refuse(&[stage]));
    };
    let version = secret.versions.get(id).ok_or_else(|| rules::NO_SUCH_VERSION.refuse(&[id]))?;
    let is_of_another = stage.is_some_and(|stage| !version.stages.contains(stage));
    rules::STAGE_OF_ANOTHER.refuse_if(is_of_another, &[])?;
    Ok(version)
}

/// Reads several values; what cannot be read of them is told beside the others.
pub(super) fn batch(store: &mut Store, call: &mut Call<'_>, request: Batch) -> Result<Structure, Refusal> {
    let Batch { secret_id_list, filters, max_results, next_token } = request;
    let (ids, next) = match (secret_id_list, filters) {
        (Some(ids), None) => {
            rules::PAGE_WITHOUT_FILTERS.refuse_if(max_results.is_some(), &[])?;
            check::within("secretIdList", ids.len(), 1, BATCH)?;
            (ids, None)
        }
        (None, Some(filters)) => {
            let found = list::matching(store, &filters, list::Planned::LeftOut)?;
            let names = found.into_iter().map(|secret| secret.name.clone()).collect();
            list::page(names, max_results, BATCH, next_token.as_deref())?
        }
        _ => return Err(rules::IDS_OR_FILTERS.refuse(&[])),
    };
    let (mut values, mut errors) = (Vec::new(), Vec::new());
    for secret_id in ids {
        let request = Get { secret_id, version_id: None, version_stage: None };
        match get(store, call, &request) {
            Ok(value) => values.push(value),
            Err(Refusal { rule, message }) => errors.push(
                Structure::new()
                    .with("SecretId", request.secret_id)
                    .with("ErrorCode", rule.code)
                    .with("Message", message),
            ),
        }
    }
    Ok(Structure::new()
        .with("SecretValues", Node::list("member", values))
        .with("Errors", Node::list("member", errors))
        .with_some("NextToken", next))
}

// === impl Given ===

impl Given {
    /// The value of a request, if it has one.
    pub(super) fn of(string: Option<String>, binary: Option<String>) -> Result<Option<Self>, Refusal> {
        match (string, binary) {
            (Some(_), Some(_)) => Err(rules::TWO_VALUES.refuse(&[])),
            (Some(text), None) => {
                check::size("secretString", text.len())?;
                Ok(Some(Self(Value::String(text))))
            }
            (None, Some(data)) => {
                // Base64 carries three bytes in four characters, with padding at its end.
                check::size("secretBinary", data.trim_end_matches('=').len() * 3 / 4)?;
                Ok(Some(Self(Value::Binary(data))))
            }
            (None, None) => Ok(None),
        }
    }
}

// === impl Token ===

impl Token {
    /// The token of a request. AWS's clients make one up if none is given; AWS does not.
    pub(super) fn of(given: Option<String>) -> Result<Self, Refusal> {
        let token = given.ok_or_else(|| rules::NO_TOKEN.refuse(&[]))?;
        rules::TOKEN_LENGTH.refuse_if(!(32..=64).contains(&token.len()), &[])?;
        Ok(Self(token))
    }
}
