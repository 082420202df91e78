//! A database as those see it who use it and are not its owner: what it says is looked up, and whether a namespace may read its
//! credentials is for its owner to say.

use kube::core::TypeMeta;
use pbjson_types::Struct;
use serde::Deserialize;

use crate::condition::{Condition, SECRET_SYNCED};
use crate::observed::Observed;
use crate::paths::database::api::{Engine, GoldenPathDatabase};
use crate::problems::Problem;
use crate::required_resources::{RequiredResources, Selector};
use crate::wire;

/// Name of the lookup.
const LOOKUP: &str = "database";

/// A database, and who wants to use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::paths) struct Lent<'a> {
    pub(in crate::paths) name: &'a str,
    /// The namespace of the database.
    pub(in crate::paths) home: String,
    /// The namespace that wants to use it.
    pub(in crate::paths) guest: String,
    /// Where it is named.
    pub(in crate::paths) field: &'static str,
}

/// The parts of a database that are read.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Spec {
    engine: Engine,
    allowed_namespaces: Option<Vec<String>>,
}

/// What is known of its credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::paths) enum Credentials {
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

// === impl Lent ===

impl Lent<'_> {
    /// What is asked of Crossplane. Nothing wakes it when a database of another XR changes, so the answer ages.
    pub(in crate::paths) fn lookup(&self, observed: Observed<'_>) -> Option<RequiredResources> {
        observed.can_look_up().then(|| RequiredResources {
            name: LOOKUP.into(),
            r#type: TypeMeta::resource::<GoldenPathDatabase>(),
            selector: Selector::Name { namespace: Some(self.home.clone()), name: self.name.to_owned() },
            ages: true,
        })
    }

    /// Whether it is of the namespace that uses it.
    pub(in crate::paths) fn is_at_home(&self) -> bool {
        self.home == self.guest
    }

    pub(in crate::paths) fn credentials(&self, observed: Observed<'_>) -> Credentials {
        if !observed.can_look_up() {
            return Credentials::Unseen;
        }
        let Some(found) = observed.found(LOOKUP) else { return Credentials::Unknown };
        let Some(object) = found.first() else { return Credentials::Missing };
        if !self.is_at_home() && !lets_in(object, &self.guest) {
            return Credentials::Refused;
        }
        let conditions = Condition::all_of(object, &[]);
        let are_complete =
            conditions.iter().any(|condition| condition.is(SECRET_SYNCED) && condition.is_held());
        match Self::says(observed, "secretPath").filter(|_| are_complete) {
            Some(path) => Credentials::At(path.to_owned()),
            None => Credentials::Awaited,
        }
    }

    /// The credentials' problem, if they have one.
    pub(in crate::paths) fn problem(&self, credentials: &Credentials) -> Option<Problem> {
        let Self { name, home, guest, field } = self;
        match credentials {
            Credentials::Missing => {
                let message = format!("there is no GoldenPathDatabase {name} in the namespace {home}");
                let problem = Problem::error("DatabaseNotFound", message).at(format!("{field}.name"));
                Some(problem.remedy("correct the name, or make the database; it is looked for every minute"))
            }
            Credentials::Refused => {
                let message = format!("the database {home}/{name} does not let the namespace {guest} use it");
                let problem = Problem::error("ReferenceNotAllowed", message).at(*field);
                Some(
                    problem.remedy(format!(
                        "have its owner add {guest} to spec.allowedNamespaces of {home}/{name}"
                    )),
                )
            }
            Credentials::Unseen if !self.is_at_home() => {
                let message =
                    "a database of another namespace cannot be looked up: Crossplane is older than 2.2";
                let problem = Problem::error("DatabaseUnknown", message).at(format!("{field}.namespace"));
                Some(problem.remedy("upgrade Crossplane, or use a database of this namespace"))
            }
            Credentials::Unseen | Credentials::Unknown | Credentials::Awaited | Credentials::At(_) => None,
        }
    }

    /// A text of its status.
    pub(in crate::paths) fn says<'o>(observed: Observed<'o>, field: &str) -> Option<&'o str> {
        wire::text(wire::child(Self::object(observed)?, "status")?, field)
    }

    /// Its engine, as far as it is known.
    pub(in crate::paths) fn engine(observed: Observed<'_>) -> Option<Engine> {
        Some(spec(Self::object(observed)?)?.engine)
    }

    /// Its conditions.
    pub(in crate::paths) fn conditions(observed: Observed<'_>) -> Vec<Condition> {
        Self::object(observed).map(|object| Condition::all_of(object, &[])).unwrap_or_default()
    }

    fn object(observed: Observed<'_>) -> Option<&Struct> {
        observed.found(LOOKUP)?.first().copied()
    }
}

/// Whether a database names a namespace.
fn lets_in(object: &Struct, namespace: &str) -> bool {
    let allowed = spec(object).and_then(|spec| spec.allowed_namespaces);
    allowed.is_some_and(|allowed| allowed.iter().any(|name| name == namespace))
}

fn spec(object: &Struct) -> Option<Spec> {
    wire::child(object, "spec").and_then(|spec| wire::read(spec).ok())
}
