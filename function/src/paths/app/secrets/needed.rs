//! The Secrets that pods need, whoever makes them.

use std::borrow::Cow;

use serde::Deserialize;

use crate::kinds;
use crate::observed::Observed;
use crate::paths::app::EXTERNAL_SECRET;
use crate::paths::app::api::{AppSpec, Secret};
use crate::paths::app::secrets::listed;

/// A Secret that pods have variables or files of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::paths::app) struct Needed<'a> {
    pub(in crate::paths::app) name: Cow<'a, str>,
    /// What is waited for while it is not there.
    pub(in crate::paths::app) what: String,
    /// Whether somebody is about to make it, or has.
    pub(in crate::paths::app) is_made: bool,
    /// Whether its maker says that it is there with the present value.
    pub(in crate::paths::app) is_delivered: bool,
    /// Whether pods are rolled when its value changes.
    pub(in crate::paths::app) rolls: bool,
}

/// What External Secrets Operator says of the Secret that it writes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Binding {
    name: String,
}

/// Those of the list.
pub(in crate::paths::app) fn needed<'a>(
    spec: &'a AppSpec,
    observed: Observed<'_>,
) -> impl Iterator<Item = Needed<'a>> {
    listed(spec).map(move |secret| of_the_list(secret, observed))
}

fn of_the_list<'a>(secret: &'a Secret, observed: Observed<'_>) -> Needed<'a> {
    let key = EXTERNAL_SECRET.key(&secret.name);
    let is_ready = observed.object(&key).is_some_and(|object| kinds::assess(object).ready);
    // The operator calls an empty one ready without making it.
    let binding: Binding = observed.part(&key, &["status", "binding"]).unwrap_or_default();
    Needed {
        name: Cow::Borrowed(&secret.name),
        what: format!("the Secret of ExternalSecret/{}", secret.name),
        is_made: observed.contains(&key),
        is_delivered: is_ready && binding.name == secret.name,
        rolls: secret.restart_on_change,
    }
}
