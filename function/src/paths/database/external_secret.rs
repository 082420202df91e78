//! The `ExternalSecret`: credentials in the namespace.

use std::collections::BTreeMap;

use goldenpath_provider_api::secretsmanager::SecretObservation;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use crate::composition::Gate;
use crate::kinds;
use crate::kinds::external_secret::{ExternalSecret, SecretStoreRef};
use crate::object_meta::object_meta;
use crate::observed::Observed;
use crate::paths::database::identity::Identity;
use crate::paths::database::validated::ValidatedDatabase;
use crate::paths::database::{EXTERNAL_SECRET, SECRET};

/// A new version of the credentials changes this annotation, and a changed annotation makes the operator read the
/// store at once, before the refresh interval ends.
pub(in crate::paths) const VERSION: &str = "goldenpath.io/secret-version";

/// Open once the credentials are complete: an earlier copy would lack the host, and stay so until the next refresh.
pub(super) fn gate(observed: Observed<'_>) -> Gate {
    let ready = observed.object(SECRET).is_some_and(|secret| kinds::assess(secret).ready);
    if ready && observation(observed).attached.is_some() {
        Gate::Open
    } else {
        Gate::HoldsCreation("waiting for the credentials to be complete".into())
    }
}

/// The `ExternalSecret` of a database.
pub(super) fn external_secret(
    identity: &Identity,
    database: &ValidatedDatabase<'_>,
    observed: Observed<'_>,
) -> ExternalSecret {
    let metadata = ObjectMeta {
        annotations: version(observed).map(|version| BTreeMap::from([(VERSION.to_owned(), version)])),
        ..object_meta(&database.secret_name, &identity.labels)
    };
    ExternalSecret::extracting(
        metadata,
        SecretStoreRef::from(database.secret_store.clone()),
        database.refresh_interval.clone(),
        database.secret_name.clone(),
        identity.secret_path(),
    )
}

/// The version of the credentials; the last known one while the present one is not known.
fn version(observed: Observed<'_>) -> Option<String> {
    let before = || observed.text(EXTERNAL_SECRET, &["metadata", "annotations"], VERSION);
    observation(observed).version_id.or_else(|| before().map(str::to_owned))
}

fn observation(observed: Observed<'_>) -> SecretObservation {
    observed.part(SECRET, &["status", "atProvider"]).unwrap_or_default()
}
