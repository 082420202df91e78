//! The database of an app: one of its own, or one that is there already.
//!
//! ```text
//! asked for              composed, a GoldenPathDatabase; pods name its Secret once that is there
//! asked for no longer    pods let go of the Secret; then the database goes, unless it is protected or used by others
//! app deleted            refused while the database may not be deleted; else route, pods and database go in this order
//! referred to            of the namespace: pods name its Secret; of another one: a copy, if its owner lends it
//! ```

mod borrowed;
mod child;
mod own;
mod protection;
mod report;

use std::borrow::Cow;

use crate::composition::Composition;
use crate::condition::{Condition, SECRET_SYNCED};
use crate::observed::Observed;
use crate::paths::app::DATABASE;
use crate::paths::app::api::{self, AppSpec};
use crate::paths::app::identity::Identity;
use crate::paths::app::policy::AppPolicy;
use crate::paths::app::secrets::Needed;
use crate::paths::database::api::Engine;
use crate::paths::database::lent::Lent;
use crate::platform::Platform;
pub(super) use report::{READY, conditions, status};

/// Which database an app uses.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Which<'a> {
    /// None.
    None,
    /// One of its own.
    Own,
    /// One of its own, which it no longer asks for and goes on using.
    Kept,
    /// One that is there already.
    Lent(Lent<'a>),
}

/// The database that pods use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Database {
    /// Its name.
    pub(super) name: String,
    /// What it is of, as far as that is known.
    pub(super) engine: Option<Engine>,
    /// The Secret with its credentials.
    pub(super) secret_name: String,
    /// Whether the Secret is there with the present credentials.
    pub(super) is_delivered: bool,
}

/// The name of an app's own database, and of the Secret with its credentials.
fn name_of(identity: &Identity) -> String {
    format!("{}-db", identity.name)
}

/// The database, what keeps it, and what lets the pods use it.
pub(super) fn compose(
    composition: Composition,
    spec: &AppSpec,
    identity: &Identity,
    platform: &Platform<AppPolicy>,
    observed: Observed<'_>,
) -> Composition {
    let which = Which::of(spec, identity, observed);
    let composition = own::compose(composition, &which, spec, identity, &platform.policy, observed);
    match &which {
        Which::Lent(lent) => borrowed::compose(composition, lent, identity, platform, observed),
        Which::None | Which::Own | Which::Kept => borrowed::let_go(composition, identity, observed),
    }
}

/// The field of the app that a field of its own database comes from.
pub(super) fn field(field: &str) -> Option<Cow<'static, str>> {
    if field.starts_with("Platform.") {
        return Some(Cow::Owned(field.to_owned()));
    }
    field.starts_with(".spec.").then(|| in_terms_of_the_app(field).into())
}

/// Words of an app's own database with the fields of the app.
fn in_terms_of_the_app(words: &str) -> String {
    words.replace(".spec.engine", ".spec.type").replace(".spec.", ".spec.database.")
}

/// Whether a database says that its Secret has its credentials.
fn is_delivered(conditions: &[Condition]) -> bool {
    conditions.iter().any(|condition| condition.is(SECRET_SYNCED) && condition.is_held())
}

/// The conditions of the app's own database.
fn own_conditions(observed: Observed<'_>) -> Vec<Condition> {
    observed.object(DATABASE).map(|object| Condition::all_of(object, &[])).unwrap_or_default()
}

// === impl Which ===

impl<'a> Which<'a> {
    fn of(spec: &'a AppSpec, identity: &Identity, observed: Observed<'_>) -> Self {
        let api::Database { enabled, r#ref, .. } = &spec.database;
        let Some(api::DatabaseReference { name, namespace }) = r#ref.as_ref().filter(|_| !enabled) else {
            return if *enabled { Self::Own } else { Self::None };
        };
        let home = namespace.clone().unwrap_or_else(|| identity.namespace.clone());
        let is_own = home == identity.namespace && *name == name_of(identity);
        if is_own && observed.contains(DATABASE) {
            return Self::Kept;
        }
        let guest = identity.namespace.clone();
        Self::Lent(Lent { name, home, guest, field: ".spec.database.ref" })
    }
}

// === impl Database ===

impl Database {
    /// The one that pods are to use.
    pub(super) fn of(spec: &AppSpec, identity: &Identity, observed: Observed<'_>) -> Option<Self> {
        match Which::of(spec, identity, observed) {
            Which::None => None,
            Which::Own => Some(Self::own(Some(spec.database.r#type), identity, observed)),
            Which::Kept => Some(Self::own(child::engine(observed), identity, observed)),
            Which::Lent(lent) => Some(borrowed::database(&lent, identity, observed)),
        }
    }

    /// Its Secret, which pods name behind those of the list.
    pub(super) fn needed(&self) -> Needed<'_> {
        let Self { name, engine: _, secret_name, is_delivered } = self;
        Needed {
            name: Cow::Borrowed(secret_name),
            what: format!("the credentials of GoldenPathDatabase/{name}"),
            is_made: *is_delivered,
            is_delivered: *is_delivered,
            rolls: true,
        }
    }

    fn own(engine: Option<Engine>, identity: &Identity, observed: Observed<'_>) -> Self {
        let name = name_of(identity);
        let is_delivered = is_delivered(&own_conditions(observed));
        Self { secret_name: name.clone(), name, engine, is_delivered }
    }
}
