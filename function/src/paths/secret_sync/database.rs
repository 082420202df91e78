//! The database whose credentials are wanted. It is somebody else's: what it says is looked up, and whether this namespace may
//! read them is for its owner to say.

use kube::ResourceExt;
use kube::core::TypeMeta;
use pbjson_types::Struct;
use serde::Deserialize;

use crate::condition::{Condition, SECRET_SYNCED};
use crate::observed::Observed;
use crate::paths::database::api::GoldenPathDatabase;
use crate::paths::secret_sync::api::{DatabaseReference, SecretSync};
use crate::problems::Problem;
use crate::required_resources::{RequiredResources, Selector};
use crate::wire;

/// Name of the lookup.
const LOOKUP: &str = "database";

/// What of a database says who may read its credentials.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Spec {
    allowed_namespaces: Option<Vec<String>>,
}

/// What is known of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Credentials {
    /// Crossplane has not said yet.
    Unknown,
    /// Crossplane is older than 2.2, and does not say.
    Unseen,
    /// There is none of that name.
    Missing,
    /// Its owner does not let this namespace read them.
    Refused,
    /// They are not complete yet.
    Awaited,
    /// They are at this path of the secret store.
    At(String),
}

/// What is asked of Crossplane. Nothing wakes it when a database of another XR changes, so the answer ages.
pub(super) fn lookup(xr: &SecretSync, observed: Observed<'_>) -> Option<RequiredResources> {
    let reference = xr.spec.source.database.as_ref().filter(|_| observed.can_look_up())?;
    Some(RequiredResources {
        name: LOOKUP.into(),
        r#type: TypeMeta::resource::<GoldenPathDatabase>(),
        selector: Selector::Name { namespace: Some(home(reference, xr)), name: reference.name.clone() },
        ages: true,
    })
}

/// The namespace of a database.
pub(super) fn home(reference: &DatabaseReference, xr: &SecretSync) -> String {
    reference.namespace.clone().or_else(|| xr.namespace()).unwrap_or_default()
}

/// The problem of a database that there is not.
pub(super) fn missing(reference: &DatabaseReference, home: &str) -> Problem {
    let message = format!("there is no GoldenPathDatabase {} in the namespace {home}", reference.name);
    Problem::error("DatabaseNotFound", message)
        .at(".spec.source.database.name")
        .remedy("correct the name, or make the database; it is looked for every minute")
}

/// The problem of a database that names no such namespace.
pub(super) fn refused(reference: &DatabaseReference, home: &str, namespace: &str) -> Problem {
    let name = &reference.name;
    let message = format!("the database {home}/{name} does not let the namespace {namespace} use it");
    Problem::error("ReferenceNotAllowed", message)
        .at(".spec.source.database")
        .remedy(format!("have its owner add {namespace} to spec.allowedNamespaces of {home}/{name}"))
}

/// The problem of a database of another namespace that cannot be looked up.
pub(super) fn unseen() -> Problem {
    let message = "a database of another namespace cannot be looked up: Crossplane is older than 2.2";
    Problem::error("DatabaseUnknown", message)
        .at(".spec.source.database.namespace")
        .remedy("upgrade Crossplane, or use a database of this namespace")
}

// === impl Credentials ===

impl Credentials {
    pub(super) fn of(reference: &DatabaseReference, xr: &SecretSync, observed: Observed<'_>) -> Self {
        if !observed.can_look_up() {
            return Self::Unseen;
        }
        let Some(found) = observed.found(LOOKUP) else { return Self::Unknown };
        let Some(object) = found.first() else { return Self::Missing };
        let namespace = xr.namespace().unwrap_or_default();
        if home(reference, xr) != namespace && !lets_in(object, &namespace) {
            return Self::Refused;
        }
        let status = wire::child(object, "status");
        let path = status.and_then(|status| wire::text(status, "secretPath"));
        let conditions = Condition::all_of(object, &[]);
        let are_complete =
            conditions.iter().any(|condition| condition.is(SECRET_SYNCED) && condition.is_held());
        match path.filter(|_| are_complete) {
            Some(path) => Self::At(path.to_owned()),
            None => Self::Awaited,
        }
    }
}

/// Whether a database names a namespace.
fn lets_in(object: &Struct, namespace: &str) -> bool {
    let spec: Option<Spec> = wire::child(object, "spec").and_then(|spec| wire::read(spec).ok());
    let allowed = spec.and_then(|spec| spec.allowed_namespaces);
    allowed.is_some_and(|allowed| allowed.iter().any(|name| name == namespace))
}
