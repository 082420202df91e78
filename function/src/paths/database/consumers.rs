//! The consumers of a database: apps that pull its credentials into their own namespace.
//!
//! Crossplane lets a namespaced XR compose nothing in another namespace, so a consumer makes its own
//! `ExternalSecret` there, of `status.secretPath`, and labels it with the database that it is of. Those in the
//! database's namespace and in `spec.allowedNamespaces` are consumers, and block deletion. Others are reported, and block
//! nothing. The policies in `package/policies` keep the credentials from them.

use std::collections::{BTreeMap, BTreeSet};

use kube::ResourceExt;
use kube::core::TypeMeta;
use pbjson_types::Struct;

use crate::kinds::external_secret::ExternalSecret;
use crate::observed::Observed;
use crate::paths::database::EXTERNAL_SECRET;
use crate::paths::database::api::{Consumer, GoldenPathDatabase};
use crate::problems::Problem;
use crate::required_resources::{RequiredResources, Selector};
use crate::wire;

/// The label of a consumer's `ExternalSecret` that names the database.
pub const DATABASE: &str = "goldenpath.io/database";
/// The label of a consumer's `ExternalSecret` that names the database's namespace.
pub const DATABASE_NAMESPACE: &str = "goldenpath.io/database-namespace";

/// Name of the lookup.
const LOOKUP: &str = "consumers";
/// How many consumers a status carries at most; the XRD declares it.
const MOST: usize = 64;
/// How many consumers or namespaces a sentence names.
const NAMED: usize = 5;

/// The apps that use a database, and those that try to without being allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Consumers {
    /// Those of allowed namespaces, sorted.
    pub(super) allowed: Vec<Consumer>,
    /// The namespaces of the others.
    strangers: BTreeSet<String>,
}

/// What makes an `ExternalSecret` a consumer of a database.
pub(in crate::paths) fn labels(name: &str, namespace: &str) -> [(String, String); 2] {
    [(DATABASE, name), (DATABASE_NAMESPACE, namespace)]
        .map(|(label, value)| (label.to_owned(), value.to_owned()))
}

/// What is asked of Crossplane: the `ExternalSecret`s that are labelled with the database.
///
/// Only for a database that other namespaces may use, because an answer ages. And only once its own `ExternalSecret`
/// is there: that proves the kind, and before it there is nothing to pull.
pub(super) fn lookup(xr: &GoldenPathDatabase, observed: Observed<'_>) -> Option<RequiredResources> {
    let labels = labels(&xr.name_any(), &xr.namespace()?).into();
    (is_shared(xr) && observed.contains(EXTERNAL_SECRET)).then(|| RequiredResources {
        name: LOOKUP.into(),
        r#type: TypeMeta::resource::<ExternalSecret>(),
        selector: Selector::Labels { namespace: None, labels },
        ages: true,
    })
}

fn is_shared(xr: &GoldenPathDatabase) -> bool {
    xr.spec.allowed_namespaces.as_ref().is_some_and(|namespaces| !namespaces.is_empty())
}

// === impl Consumers ===

impl Consumers {
    /// Of a database. Those that were known before stay until the lookup is answered: a missing answer unblocks
    /// nothing.
    pub(super) fn of(xr: &GoldenPathDatabase, observed: Observed<'_>) -> Self {
        if !is_shared(xr) {
            return Self::default();
        }
        let Some(found) = observed.found(LOOKUP) else {
            let known = xr.status.as_ref().map(|status| status.consumers.clone());
            return Self { allowed: known.unwrap_or_default(), ..Self::default() };
        };
        let own = xr.namespace().unwrap_or_default();
        let others = xr.spec.allowed_namespaces.iter().flatten();
        let allowed: BTreeSet<&String> = others.chain([&own]).collect();
        let all = found.into_iter().filter_map(consumer);
        let (inside, outside): (Vec<_>, Vec<_>) = all.partition(|c| allowed.contains(&c.namespace));
        let inside: BTreeMap<_, _> =
            inside.into_iter().map(|c| ((c.namespace.clone(), c.app.clone()), c)).collect();
        Self {
            allowed: inside.into_values().take(MOST).collect(),
            strangers: outside.into_iter().map(|c| c.namespace).collect(),
        }
    }

    /// Their names, for a sentence; none where there are none.
    pub(super) fn named(&self) -> Option<String> {
        let names = self.allowed.iter().map(|Consumer { namespace, app }| format!("{namespace}/{app}"));
        (!self.allowed.is_empty()).then(|| first_few(names))
    }

    /// The problems of consumers.
    pub(super) fn problems(&self, xr: &GoldenPathDatabase, observed: Observed<'_>) -> Vec<Problem> {
        let strangers = (!self.strangers.is_empty()).then(|| {
            let message = format!(
                "ExternalSecrets of namespaces that may not use this database name it: {}",
                first_few(self.strangers.iter().cloned())
            );
            Problem::warning("ConsumerNotAllowed", message)
                .at(".spec.allowedNamespaces")
                .remedy("add the namespace, or have the ExternalSecret removed there")
        });
        let unseen = (is_shared(xr) && !observed.can_look_up()).then(|| {
            let message = "consumers cannot be seen and do not block deletion: Crossplane is older than 2.2";
            Problem::warning("ConsumersUnknown", message)
                .at(".spec.allowedNamespaces")
                .remedy("upgrade Crossplane, or set .spec.deletion.protection to true")
        });
        strangers.into_iter().chain(unseen).collect()
    }
}

/// The consumer that an `ExternalSecret` stands for: the app that its labels name, else the object itself.
fn consumer(object: &Struct) -> Option<Consumer> {
    let metadata = wire::child(object, "metadata")?;
    let app = wire::child(metadata, "labels").and_then(|labels| wire::text(labels, "app.kubernetes.io/name"));
    let app = app.filter(|app| !app.is_empty()).or_else(|| wire::text(metadata, "name"))?;
    Some(Consumer { namespace: wire::text(metadata, "namespace")?.to_owned(), app: app.to_owned() })
}

fn first_few(names: impl Iterator<Item = String>) -> String {
    let names: Vec<_> = names.collect();
    match names.len().checked_sub(NAMED).filter(|more| *more > 0) {
        Some(more) => format!("{} and {more} more", names[..NAMED].join(", ")),
        None => names.join(", "),
    }
}
