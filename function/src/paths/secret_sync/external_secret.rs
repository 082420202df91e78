//! The `ExternalSecret`, which makes the Secret.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::ResourceExt;

use crate::composition::{Composition, Gate};
use crate::kinds::external_secret::{Data, ExternalSecret, RemoteRef, Template, TemplateMetadata};
use crate::labels;
use crate::object_meta::object_meta;
use crate::observed::Observed;
use crate::paths::database::consumers;
use crate::paths::database::lent::Credentials;
use crate::paths::secret_sync::EXTERNAL_SECRET;
use crate::paths::secret_sync::api::{
    DatabaseReference, Decode, Key, SecretSync, SecretSyncSpec, SecretType, StoredSecret, Target,
};
use crate::paths::secret_sync::restarts::Restarts;
use crate::paths::secret_sync::source::{Source, Wanted};

/// Has Reloader look at a Secret for the Deployments that ask for it.
const MATCH: &str = "reloader.stakater.com/match";

/// What is copied from where.
struct Copies {
    keys: Vec<Data>,
    /// Values of which every key is copied.
    whole: Vec<String>,
    /// Of what the copy is, for the owner of a database.
    labels: BTreeMap<String, String>,
}

/// The `ExternalSecret`. Of a database it is made once the credentials are complete, and stays whatever becomes of them.
pub(super) fn compose(
    composition: Composition,
    xr: &SecretSync,
    source: &Source<'_>,
    restarts: &Restarts<'_>,
    observed: Observed<'_>,
) -> Composition {
    let (reference, lent, path) = match &source.wanted {
        Wanted::Secrets(secrets) => {
            let object = external_secret(xr, source, of_secrets(secrets), restarts);
            return composition.with(EXTERNAL_SECRET, &object);
        }
        Wanted::Database { reference, lent, path } => (*reference, lent, path),
    };
    let waiting_for =
        format!("waiting for the credentials of GoldenPathDatabase {}/{}", lent.home, lent.name);
    let credentials = lent.credentials(observed);
    // Not an error of the pass: one that is refused asks for nothing, and then nobody would look the database up.
    let problem = lent.problem(&credentials);
    let (path, gate) = match credentials {
        Credentials::At(path) => (path, Gate::Open),
        Credentials::Refused => (path.clone(), Gate::HoldsChange(waiting_for)),
        // What is in the namespace's own folder it may read, whoever says so.
        Credentials::Unseen if lent.is_at_home() => (path.clone(), Gate::Open),
        Credentials::Unseen | Credentials::Unknown | Credentials::Missing | Credentials::Awaited => {
            (path.clone(), Gate::HoldsCreation(waiting_for))
        }
    };
    let object = external_secret(xr, source, of_database(reference, &lent.home, path), restarts);
    composition.with_gated(EXTERNAL_SECRET, gate, &object).with_problems(problem)
}

fn external_secret(
    xr: &SecretSync,
    source: &Source<'_>,
    copies: Copies,
    restarts: &Restarts<'_>,
) -> ExternalSecret {
    let SecretSyncSpec { source: _, target, refresh_interval, restart_targets: _ } = &xr.spec;
    let Target { secret_name, r#type } = target;
    let Copies { keys, whole, labels } = copies;
    let own = object_meta(xr.name_any(), &labels::labels(xr, "secret"));
    let labels = own.labels.unwrap_or_default().into_iter().chain(labels).collect();
    let metadata = ObjectMeta { labels: Some(labels), ..own };
    let (store, interval) = (source.store.clone(), refresh_interval.to_string());
    ExternalSecret::copying(metadata, store, interval, secret_name.clone(), keys, whole)
        .shaped_by(template(*r#type, restarts))
}

fn template(r#type: SecretType, restarts: &Restarts<'_>) -> Template {
    let annotations: BTreeMap<_, _> = [(MATCH.to_owned(), "true".to_owned())].into();
    let metadata = TemplateMetadata { labels: restarts.labels(), annotations };
    Template {
        r#type: (r#type != SecretType::Opaque).then(|| <&str>::from(r#type).to_owned()),
        metadata: restarts.are_wanted().then_some(metadata),
    }
}

fn of_secrets(secrets: &[StoredSecret]) -> Copies {
    let mut copies = Copies { keys: Vec::new(), whole: Vec::new(), labels: BTreeMap::new() };
    for StoredSecret { path, keys } in secrets {
        match keys {
            Some(keys) => copies.keys.extend(keys.iter().map(|key| data(path, key))),
            None => copies.whole.push(path.clone()),
        }
    }
    copies
}

/// The labels are those of a consumer, which the database counts.
fn of_database(reference: &DatabaseReference, home: &str, path: String) -> Copies {
    let labels = consumers::labels(&reference.name, home).into();
    match &reference.keys {
        Some(keys) => {
            let keys = keys.iter().map(|key| data(&path, key)).collect();
            Copies { keys, whole: Vec::new(), labels }
        }
        None => Copies { keys: Vec::new(), whole: vec![path], labels },
    }
}

fn data(path: &str, key: &Key) -> Data {
    let Key { target_key, source_key, decode } = key;
    let decoding_strategy = match decode {
        Decode::None => None,
        Decode::Base64 => Some("Base64".to_owned()),
    };
    let remote_ref = RemoteRef { key: path.to_owned(), property: source_key.clone(), decoding_strategy };
    Data { secret_key: target_key.clone(), remote_ref }
}
