//! The `GoldenPathDatabase` of an app, with what the app says of it and no more: the rest is for its own golden path to fill in,
//! and for who changes the object itself.

use kube::CustomResource;
use serde::{Deserialize, Serialize};

use crate::object_meta::object_meta;
use crate::observed::{Observed, owned};
use crate::paths::app::DATABASE;
use crate::paths::app::api::{self, Backup, Deletion, Storage, Upgrade};
use crate::paths::app::database::name_of;
use crate::paths::app::identity::Identity;
use crate::paths::app::policy::AppPolicy;
use crate::paths::database::api::{Engine, SecretReference, Size};
use crate::wire;

/// The part of a database's spec that an app speaks of.
#[derive(CustomResource, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[kube(
    group = "goldenpath.io",
    version = "v1alpha1",
    kind = "GoldenPathDatabase",
    namespaced,
    schema = "disabled"
)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChildSpec {
    engine: Engine,
    version: String,
    size: Size,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    high_availability: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    storage: Option<Storage>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    backup: Option<Backup>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deletion: Option<Deletion>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    upgrade: Option<Upgrade>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    allowed_namespaces: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret_ref: Option<SecretReference>,
}

/// The database that an app asks for.
pub(super) fn database(
    asked: &api::Database,
    identity: &Identity,
    policy: &AppPolicy,
    observed: Observed<'_>,
) -> GoldenPathDatabase {
    let api::Database {
        enabled: _,
        r#type,
        size,
        version,
        high_availability,
        storage,
        backup,
        deletion,
        upgrade,
        allowed_namespaces,
        r#ref: _,
    } = asked.clone();
    let name = name_of(identity);
    let spec = ChildSpec {
        engine: r#type,
        // A newer choice of the platform's is for databases that are made after it.
        version: version
            .or_else(|| observed.text(DATABASE, &["spec"], "version").map(str::to_owned))
            .unwrap_or_else(|| policy.database_versions.of(r#type).clone().into()),
        size,
        high_availability,
        storage: grown(storage, observed),
        backup,
        deletion,
        upgrade,
        allowed_namespaces,
        secret_ref: Some(SecretReference { name: Some(name.clone()) }),
    };
    // Not the version of the app: it would be a tag of the database, which every release would write.
    GoldenPathDatabase { metadata: object_meta(name, &identity.labels), spec }
}

/// A size that is left out stays what it was, for storage only grows.
fn grown(asked: Option<Storage>, observed: Observed<'_>) -> Option<Storage> {
    if asked.as_ref().is_some_and(|storage| storage.size.is_some()) {
        return asked;
    }
    let size = last(observed).and_then(|last| last.spec.storage?.size);
    match (asked, size) {
        (asked, None) => asked,
        (asked, size) => Some(Storage { size, ..asked.unwrap_or_default() }),
    }
}

/// The database as it was last asked for, to be let go.
pub(super) fn unprotected(observed: Observed<'_>) -> Option<GoldenPathDatabase> {
    let mut database = last(observed)?;
    let policy = database.spec.deletion.and_then(|deletion| deletion.policy);
    database.spec.deletion = Some(Deletion { protection: Some(false), policy });
    Some(database)
}

/// The engine of the database that is there.
pub(super) fn engine(observed: Observed<'_>) -> Option<Engine> {
    Some(last(observed)?.spec.engine)
}

fn last(observed: Observed<'_>) -> Option<GoldenPathDatabase> {
    wire::read(&owned::last_desired(observed.object(DATABASE)?)).ok()
}
