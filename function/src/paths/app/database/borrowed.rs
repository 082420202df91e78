//! A database that is there already. One of the namespace has its Secret there; of one of another namespace the credentials are
//! copied, if its owner lends them, and what lets pods use a database is made here as well.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use crate::composition::{Composition, Gate};
use crate::kinds;
use crate::kinds::external_secret::{ExternalSecret, SecretStoreRef};
use crate::observed::Observed;
use crate::paths::app::database::{Database, is_delivered};
use crate::paths::app::identity::Identity;
use crate::paths::app::policy::AppPolicy;
use crate::paths::app::{
    DATABASE_CREDENTIALS, DATABASE_NETWORK_POLICY, DATABASE_SECURITY_GROUP_POLICY, secrets,
};
use crate::paths::database::lent::{Credentials, Lent};
use crate::paths::database::network::{self, Clients};
use crate::paths::database::{consumers, external_secret};
use crate::platform::Platform;

/// The name of the copy, and of its Secret.
fn copy_of(identity: &Identity) -> String {
    format!("{}-db-ref", identity.name)
}

/// The lookup of the database, and what one of another namespace needs here.
pub(super) fn compose(
    composition: Composition,
    lent: &Lent<'_>,
    identity: &Identity,
    platform: &Platform<AppPolicy>,
    observed: Observed<'_>,
) -> Composition {
    let credentials = lent.credentials(observed);
    let composition = composition.requiring(lent.lookup(observed)).with_problems(lent.problem(&credentials));
    if lent.is_at_home() {
        return let_go(composition, identity, observed);
    }
    let composition = access(composition, lent, identity, platform, observed);
    let waiting_for =
        format!("waiting for the credentials of GoldenPathDatabase {}/{}", lent.home, lent.name);
    // What is there stays as it is, whatever becomes of the loan.
    let (path, gate) = match credentials {
        Credentials::At(path) => (path, Gate::Open),
        Credentials::Refused
        | Credentials::Unknown
        | Credentials::Unseen
        | Credentials::Missing
        | Credentials::Awaited => {
            (format!("{}{}", platform.secret_folder(&lent.home), lent.name), Gate::HoldsChange(waiting_for))
        }
    };
    let object = copy(lent, path, identity, platform, observed);
    composition.with_gated(DATABASE_CREDENTIALS, gate, &object)
}

/// A copy goes once no pod names it.
pub(super) fn let_go(composition: Composition, identity: &Identity, observed: Observed<'_>) -> Composition {
    let composition = composition.removing(DATABASE_NETWORK_POLICY).removing(DATABASE_SECURITY_GROUP_POLICY);
    if observed.contains(DATABASE_CREDENTIALS) && secrets::are_named(&copy_of(identity), observed) {
        let waiting_for = format!("waiting for Deployment/{} to name it no longer", identity.name);
        return composition.holding(DATABASE_CREDENTIALS, waiting_for);
    }
    composition.removing(DATABASE_CREDENTIALS)
}

/// The database as pods see it.
pub(super) fn database(lent: &Lent<'_>, identity: &Identity, observed: Observed<'_>) -> Database {
    let engine = Lent::engine(observed);
    let (secret_name, is_delivered) = if lent.is_at_home() {
        let secret_name = Lent::says(observed, "secretName").unwrap_or(lent.name).to_owned();
        (secret_name, is_delivered(&Lent::conditions(observed)))
    } else {
        let copied = observed.object(DATABASE_CREDENTIALS).is_some_and(|copy| kinds::assess(copy).ready);
        (copy_of(identity), copied)
    };
    Database { name: lent.name.to_owned(), engine, secret_name, is_delivered }
}

/// The copy. Its labels are those of a consumer, which the database counts; another version of the credentials has it read anew.
fn copy(
    lent: &Lent<'_>,
    path: String,
    identity: &Identity,
    platform: &Platform<AppPolicy>,
    observed: Observed<'_>,
) -> ExternalSecret {
    let name = copy_of(identity);
    let own = identity.object_meta_of(name.clone());
    let of = consumers::labels(lent.name, &lent.home);
    let labels = own.labels.clone().unwrap_or_default().into_iter().chain(of).collect();
    let revision = Lent::says(observed, "secretRevision");
    let revision = revision.map(|revision| (external_secret::VERSION.to_owned(), revision.to_owned()));
    let annotations: BTreeMap<_, _> = revision.into_iter().collect();
    let metadata = ObjectMeta {
        labels: Some(labels),
        annotations: (!annotations.is_empty()).then_some(annotations),
        ..own
    };
    let store = SecretStoreRef::from(platform.secret_store.clone());
    ExternalSecret::extracting(metadata, store, platform.refresh_interval.to_string(), name, path)
}

/// What lets pods reach a database of another namespace; that of the database's own is made with it.
fn access(
    composition: Composition,
    lent: &Lent<'_>,
    identity: &Identity,
    platform: &Platform<AppPolicy>,
    observed: Observed<'_>,
) -> Composition {
    let name = format!("{}-db-clients", identity.name);
    let clients = Clients { name, labels: &identity.labels, database: lent.name };
    let composition = network::into_security_groups(
        composition,
        DATABASE_SECURITY_GROUP_POLICY,
        &clients,
        &platform.network,
    );
    match Lent::engine(observed) {
        Some(engine) => {
            let policy = network::policy(engine, &clients, &platform.network);
            composition.with_optional(DATABASE_NETWORK_POLICY, policy.as_ref())
        }
        None => composition.keeping(DATABASE_NETWORK_POLICY),
    }
}
