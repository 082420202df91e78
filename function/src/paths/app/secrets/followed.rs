//! Secrets that pods name and that others make. One whose maker wants the app restarted carries a label that says so, and
//! counts as those of the list do: the app rolls its own pods, and nobody else writes them.
//!
//! They are looked up by the names that the spec has, so an app that names none asks for nothing. Nothing wakes Crossplane
//! when one of them changes, so the answers age.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1 as core;
use kube::core::TypeMeta;
use pbjson_types::Struct;

use crate::observed::Observed;
use crate::paths::app::api::AppSpec;
use crate::paths::app::identity::Identity;
use crate::paths::app::secrets::needed::Needed;
use crate::required_resources::{RequiredResources, Selector};
use crate::wire;

/// What the label of a Secret begins with that restarts an app.
const RESTART: &str = "restart.goldenpath.io/";

/// The label of a Secret whose changes restart an app of the namespace.
pub(in crate::paths) fn label(app: &str) -> (String, String) {
    (format!("{RESTART}{app}"), "true".to_owned())
}

/// The Secrets that the spec names by itself, and does not list.
pub(in crate::paths) fn names(spec: &AppSpec) -> BTreeSet<&str> {
    let variables = spec.env.iter().flatten().filter_map(|variable| variable.secret_key_ref.as_ref());
    let variables = variables.map(|reference| reference.name.as_str());
    let files = spec.files.iter().flatten().filter_map(|file| file.secret.as_deref());
    variables.chain(files).collect()
}

/// The Secrets that others make.
#[derive(Debug)]
pub(in crate::paths::app) struct Followed<'a> {
    app: &'a str,
    names: BTreeSet<&'a str>,
}

// === impl Followed ===

impl<'a> Followed<'a> {
    /// Those of an app that it does not need anyway.
    pub(in crate::paths::app) fn of(
        spec: &'a AppSpec,
        identity: &'a Identity,
        needed: &[Needed<'_>],
    ) -> Self {
        let mut names = names(spec);
        names.retain(|name| needed.iter().all(|needed| needed.name != *name));
        Self { app: &identity.name, names }
    }

    /// What is asked of Crossplane.
    pub(in crate::paths::app) fn lookups(&self, identity: &Identity) -> Vec<RequiredResources> {
        let one = |name: &&str| RequiredResources {
            name: answer(name).into(),
            r#type: TypeMeta::resource::<core::Secret>(),
            selector: Selector::Name {
                namespace: Some(identity.namespace.clone()),
                name: (*name).to_owned(),
            },
            ages: true,
        };
        self.names.iter().map(one).collect()
    }

    /// Those that restart the app, with their names; none before Crossplane has answered for each.
    pub(super) fn found(&self, observed: Observed<'a>) -> Option<Vec<(&'a str, &'a Struct)>> {
        if !observed.can_look_up() {
            return Some(Vec::new());
        }
        let mut found = Vec::new();
        for name in &self.names {
            let secret = observed.found(&answer(name))?.into_iter().next();
            found.extend(secret.filter(|secret| self.restarts(secret)).map(|secret| (*name, secret)));
        }
        Some(found)
    }

    fn restarts(&self, secret: &Struct) -> bool {
        let (label, value) = label(self.app);
        let labels = wire::at(secret, &["metadata", "labels"]);
        labels.and_then(|labels| wire::text(labels, &label)) == Some(value.as_str())
    }
}

fn answer(name: &str) -> String {
    format!("followed-secret/{name}")
}
