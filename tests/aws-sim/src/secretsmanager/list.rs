//! `ListSecrets`: filters, order and pages.

use serde::Deserialize;

use super::secret::Secret;
use super::store::Store;
use super::{check, rules};
use crate::{Node, Refusal, Structure};

/// So many secrets a page has.
const PAGE: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Request {
    include_planned_deletion: Option<bool>,
    filters: Option<Vec<Filter>>,
    sort_by: Option<SortBy>,
    sort_order: Option<SortOrder>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

/// A filter: one of its values has to match, and each filter has to.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Filter {
    key: String,
    values: Vec<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum SortBy {
    CreatedDate,
    LastAccessedDate,
    LastChangedDate,
    Name,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum SortOrder {
    Asc,
    Desc,
}

/// Whether secrets in their recovery window are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Planned {
    /// They are.
    Included,
    /// They are not.
    LeftOut,
}

/// Lists secrets.
pub(super) fn list(store: &Store, request: Request) -> Result<Structure, Refusal> {
    let Request { include_planned_deletion, filters, sort_by, sort_order, max_results, next_token } = request;
    let planned = if include_planned_deletion == Some(true) { Planned::Included } else { Planned::LeftOut };
    let mut found = matching(store, &filters.unwrap_or_default(), planned)?;
    match sort_by.unwrap_or(SortBy::CreatedDate) {
        SortBy::CreatedDate => found.sort_by_key(|secret| secret.created),
        SortBy::LastAccessedDate => found.sort_by_key(|secret| secret.accessed),
        SortBy::LastChangedDate => found.sort_by_key(|secret| secret.changed),
        SortBy::Name => {} // The store's own order.
    }
    if sort_order == Some(SortOrder::Desc) {
        found.reverse();
    }
    let (found, next) = page(found, max_results, PAGE, next_token.as_deref())?;
    let entries = found.into_iter().map(Secret::listed);
    Ok(Structure::new().with("SecretList", Node::list("member", entries)).with_some("NextToken", next))
}

/// The secrets that all filters match, by name.
pub(super) fn matching<'a>(
    store: &'a Store,
    filters: &[Filter],
    planned: Planned,
) -> Result<Vec<&'a Secret>, Refusal> {
    let filters = filters.iter().map(Filter::read).collect::<Result<Vec<_>, _>>()?;
    let shown = store.iter().filter(|secret| planned == Planned::Included || secret.deletion.is_none());
    Ok(shown.filter(|secret| filters.iter().all(|filter| filter.matches(secret))).collect())
}

/// One page of a listing. The token is where the next one begins, so what is made or deleted in between moves rows over
/// the edge; AWS's token is opaque, and AWS promises no more.
pub(super) fn page<T>(
    mut all: Vec<T>,
    most: Option<usize>,
    largest: usize,
    token: Option<&str>,
) -> Result<(Vec<T>, Option<String>), Refusal> {
    let most = most.unwrap_or(largest);
    check::within("maxResults", most, 1, largest)?;
    let start = match token {
        None => 0,
        Some(token) => token.parse().map_err(|_| rules::INVALID_NEXT_TOKEN.refuse(&[]))?,
    };
    let next = start + most;
    let more = (next < all.len()).then(|| next.to_string());
    all.truncate(next);
    Ok((all.drain(start.min(all.len())..).collect(), more))
}

/// What a filter compares.
#[derive(Clone, Copy)]
enum Attribute {
    All,
    Name,
    Description,
    TagKey,
    TagValue,
    PrimaryRegion,
    OwningService,
}

/// A filter that was understood.
struct Known<'a>(Attribute, &'a [String]);

// === impl Filter ===

impl Filter {
    fn read(&self) -> Result<Known<'_>, Refusal> {
        let key = match self.key.as_str() {
            "all" => Attribute::All,
            "name" => Attribute::Name,
            "description" => Attribute::Description,
            "tag-key" => Attribute::TagKey,
            "tag-value" => Attribute::TagValue,
            "primary-region" => Attribute::PrimaryRegion,
            "owning-service" => Attribute::OwningService,
            other => return Err(rules::INVALID_FILTER.refuse(&[other])),
        };
        check::within("filters.1.member.values", self.values.len(), 1, 10)?;
        Ok(Known(key, &self.values))
    }
}

// === impl Known ===

impl Known<'_> {
    /// A value that begins with `!` is one that must not match.
    fn matches(&self, secret: &Secret) -> bool {
        let Self(key, values) = self;
        values.iter().any(|value| match value.strip_prefix('!') {
            Some(value) => !key.matches(secret, value),
            None => key.matches(secret, value),
        })
    }
}

// === impl Attribute ===

impl Attribute {
    /// Every key compares beginnings; `all` compares each word with all that there is.
    fn matches(self, secret: &Secret, value: &str) -> bool {
        let begins = |text: &str| text.to_lowercase().starts_with(&value.to_lowercase());
        match self {
            Self::Name => secret.name.starts_with(value),
            Self::Description => secret.description.as_deref().is_some_and(begins),
            Self::TagKey => secret.tags.iter().any(|tag| tag.key.starts_with(value)),
            Self::TagValue => secret.tags.iter().any(|tag| tag.value.starts_with(value)),
            Self::PrimaryRegion => false, // Only of a secret that has replicas, and none has.
            Self::OwningService => secret.owning_service.as_deref().is_some_and(|s| s.starts_with(value)),
            Self::All => {
                let of_tags = secret.tags.iter().flat_map(|tag| [tag.key.as_str(), &tag.value]);
                let texts =
                    of_tags.chain([secret.name.as_str(), secret.description.as_deref().unwrap_or("")]);
                let all = texts.collect::<Vec<_>>().join(" ").to_lowercase();
                value.to_lowercase().split_whitespace().all(|word| all.contains(word))
            }
        }
    }
}
