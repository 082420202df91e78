//! Who uses a configuration: decided from the usages alone.

use std::sync::Arc;

use kube::api::DynamicObject;
use kube::{Resource, ResourceExt};
use serde_json::Value;

use super::{CONFIG_LABEL, USAGE_FINALIZER};

/// The usages of one configuration.
#[derive(Debug)]
pub(super) struct Account {
    /// How many managed resources use it.
    pub(super) users: i64,
    /// Usages on their way out that our finalizer keeps.
    pub(super) leaving: Vec<Arc<DynamicObject>>,
}

/// The managed resource that a usage is recorded for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ResourceReference<'a> {
    pub(super) api_version: &'a str,
    pub(super) kind: &'a str,
    pub(super) name: &'a str,
}

/// Counts who uses a configuration among the usages of its kind. A usage that nobody controls was restored from
/// somewhere and does not count (R189).
pub(super) fn account(config: &DynamicObject, usages: &[Arc<DynamicObject>]) -> Account {
    let is_of_config = |usage: &&Arc<DynamicObject>| {
        usage.labels().get(CONFIG_LABEL) == config.meta().name.as_ref()
            && (config.namespace().is_none() || usage.namespace() == config.namespace())
    };
    let of_config: Vec<_> = usages.iter().filter(is_of_config).cloned().collect();
    let is_controlled =
        |u: &&Arc<DynamicObject>| u.owner_references().iter().any(|o| o.controller == Some(true));
    let users = i64::try_from(of_config.iter().filter(is_controlled).count()).unwrap_or(i64::MAX);
    let is_leaving = |u: &Arc<DynamicObject>| {
        u.meta().deletion_timestamp.is_some() && u.finalizers().iter().any(|f| f == USAGE_FINALIZER)
    };
    Account { users, leaving: of_config.into_iter().filter(is_leaving).collect() }
}

/// The managed resource that a usage is recorded for; empty names where it does not say.
pub(super) fn resource(usage: &DynamicObject) -> ResourceReference<'_> {
    let field = |name: &str| usage.data["resourceRef"].get(name).and_then(Value::as_str).unwrap_or_default();
    ResourceReference { api_version: field("apiVersion"), kind: field("kind"), name: field("name") }
}

#[cfg(test)]
mod tests;
