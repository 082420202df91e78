//! Where the values are, as far as the namespace may read there.

use std::collections::BTreeMap;

use kube::ResourceExt;

use crate::kinds::external_secret::SecretStoreRef;
use crate::paths::database::lent::Lent;
use crate::paths::secret_sync::api::{
    DatabaseReference, Key, SecretSource, SecretSync, SecretSyncSpec, StoredSecret,
};
use crate::platform::{NoPolicy, Platform};
use crate::problems::Problem;

/// A source that may be read, and the store that it is in.
#[derive(Debug)]
pub(super) struct Source<'a> {
    pub(super) store: SecretStoreRef,
    pub(super) wanted: Wanted<'a>,
}

/// What is wanted of it.
#[derive(Debug)]
pub(super) enum Wanted<'a> {
    Secrets(&'a [StoredSecret]),
    Database {
        reference: &'a DatabaseReference,
        lent: Lent<'a>,
        /// Where its credentials are while it does not say so itself.
        path: String,
    },
}

/// The database whose credentials are wanted.
pub(super) fn lent(xr: &SecretSync) -> Option<Lent<'_>> {
    let DatabaseReference { name, namespace, keys: _ } = xr.spec.source.database.as_ref()?;
    let guest = xr.namespace().unwrap_or_default();
    let home = namespace.clone().unwrap_or_else(|| guest.clone());
    Some(Lent { name, home, guest, field: ".spec.source.database" })
}

// === impl Source ===

impl<'a> Source<'a> {
    /// Reads it, or says everything that is not allowed of it.
    pub(super) fn of(xr: &'a SecretSync, platform: &Platform<NoPolicy>) -> Result<Self, Vec<Problem>> {
        let SecretSyncSpec { source, target: _, refresh_interval: _, restart_targets: _ } = &xr.spec;
        let SecretSource { provider, region, secrets, database } = source;
        let namespace = xr.namespace().unwrap_or_default();
        let store = platform.secret_store_of(*provider, region.as_ref());
        let mut problems: Vec<_> = store.is_none().then(|| no_store(source, platform)).into_iter().collect();
        let wanted = match (secrets, database) {
            (Some(secrets), None) => {
                problems.extend(foreign(secrets, &namespace, platform));
                problems.extend(doubled(secrets));
                Some(Wanted::Secrets(secrets))
            }
            (None, Some(reference)) => lent(xr).map(|lent| {
                let path = format!("{}{}", platform.secret_folder(&lent.home), lent.name);
                Wanted::Database { reference, lent, path }
            }),
            // An XRD of another release lets it pass.
            (Some(_), Some(_)) | (None, None) => {
                let message = "either secrets or a database is wanted";
                problems.push(
                    Problem::error("InvalidSpec", message)
                        .at(".spec.source")
                        .remedy("set .spec.source.secrets or .spec.source.database"),
                );
                None
            }
        };
        match (store, wanted) {
            (Some(store), Some(wanted)) if problems.is_empty() => Ok(Self { store: store.into(), wanted }),
            _ => Err(problems),
        }
    }
}

fn no_store(source: &SecretSource, platform: &Platform<NoPolicy>) -> Problem {
    let region = source.region.as_ref().map_or("", AsRef::as_ref);
    let others = platform.secret_stores.iter().map(|store| store.region.as_ref());
    let known: Vec<_> = [platform.region.as_ref()].into_iter().chain(others).collect();
    Problem::error("StoreNotFound", format!("the platform has no secret store in {region}"))
        .at(".spec.source.region")
        .remedy(format!(
            "use one of: {}; or have the platform team add the store to Platform.secretStores",
            known.join(", ")
        ))
}

fn foreign<'a>(
    secrets: &'a [StoredSecret],
    namespace: &'a str,
    platform: &'a Platform<NoPolicy>,
) -> impl Iterator<Item = Problem> + 'a {
    secrets.iter().enumerate().filter_map(move |(number, secret)| {
        let problem = platform.path_problem(namespace, &secret.path)?;
        Some(problem.at(format!(".spec.source.secrets[{number}].path")))
    })
}

/// Keys that more than one path writes: which of them would win, nobody would see.
fn doubled(secrets: &[StoredSecret]) -> Vec<Problem> {
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    let mut problems = Vec::new();
    for (number, StoredSecret { path, keys }) in secrets.iter().enumerate() {
        for Key { target_key, .. } in keys.iter().flatten() {
            if let Some(other) = first.get(target_key.as_str()) {
                let message = format!("the key {target_key} is written by {other} and by {path}");
                problems.push(
                    Problem::error("DuplicateTargetKey", message)
                        .at(format!(".spec.source.secrets[{number}].keys"))
                        .remedy("give one of them another targetKey"),
                );
            } else {
                first.insert(target_key, path);
            }
        }
    }
    problems
}
