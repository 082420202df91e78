//! `DescribeSecret` and `ListSecretVersionIds`.

use serde::Deserialize;

use super::list;
use super::store::Store;
use crate::{Node, Refusal, Structure};

/// So many versions a page has.
const PAGE: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Describe {
    secret_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Versions {
    secret_id: String,
    include_deprecated: Option<bool>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

/// Shows a secret, also one in its recovery window.
pub(super) fn describe(store: &Store, request: &Describe) -> Result<Structure, Refusal> {
    Ok(store.find(&request.secret_id)?.described())
}

/// Lists the versions of a secret, in the order in which they were made.
pub(super) fn versions(store: &Store, request: Versions) -> Result<Structure, Refusal> {
    let Versions { secret_id, include_deprecated, max_results, next_token } = request;
    let secret = store.find(&secret_id)?;
    let all = include_deprecated == Some(true);
    let versions = secret.versions.iter().filter(|version| all || !version.stages.is_empty());
    let versions = versions.map(|version| secret.version(version)).collect();
    let (page, next) = list::page(versions, max_results, PAGE, next_token.as_deref())?;
    Ok(secret.identity().with("Versions", Node::list("member", page)).with_some("NextToken", next))
}
