//! What never changes once a database exists: its names and its place.

use std::collections::BTreeMap;

use kube::ResourceExt;

use crate::labels;
use crate::names;
use crate::observed::Observed;
use crate::paths::database::api::GoldenPathDatabase;
use crate::paths::database::policy::DatabasePolicy;
use crate::paths::database::{INSTANCE, SECRET};
use crate::platform::Platform;
use crate::problems::Problem;

/// The annotation that carries the name of an external resource.
pub(super) const EXTERNAL_NAME: &str = "crossplane.io/external-name";

/// The identity of a database.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    pub(super) name: String,
    pub(super) namespace: String,
    pub(super) environment: String,
    pub(super) region: String,
    pub(super) labels: BTreeMap<String, String>,
    pub(super) tags: BTreeMap<String, String>,
}

/// The name of the external resource of an observed one.
pub(super) fn external_name<'a>(observed: Observed<'a>, key: &str) -> Option<&'a str> {
    observed.text(key, &["metadata", "annotations"], EXTERNAL_NAME)
}

// === impl Identity ===

impl Identity {
    /// Of an XR. Environment and region are part of names, so a database keeps those that it was made with when the
    /// platform's change: with the new ones it would be a second, empty database.
    pub(super) fn of(
        xr: &GoldenPathDatabase,
        platform: &Platform<DatabasePolicy>,
        observed: Observed<'_>,
    ) -> Self {
        let (name, namespace) = (xr.name_any(), xr.namespace().unwrap_or_default());
        let environment = external_name(observed, SECRET)
            .and_then(|path| names::environment_of_secret_path(path, &namespace, &name))
            .unwrap_or(platform.environment.as_ref())
            .to_owned();
        let region = |key| observed.text(key, &["spec", "forProvider"], "region");
        let region =
            region(INSTANCE).or_else(|| region(SECRET)).unwrap_or(platform.region.as_ref()).to_owned();
        let labels = labels::labels(xr, "database");
        let tags = platform.tags.under(labels::tags(&labels, &environment));
        Self { name, namespace, environment, region, labels, tags }
    }

    /// DB instance identifier.
    pub(super) fn identifier(&self) -> String {
        names::instance_identifier(&self.environment, &self.namespace, &self.name)
    }

    /// Path of the credentials in the secret store.
    pub(super) fn secret_path(&self) -> String {
        names::secret_path(&self.environment, &self.namespace, &self.name)
    }

    /// Changes of the platform that this database does not follow.
    pub(super) fn problems(&self, platform: &Platform<DatabasePolicy>) -> Vec<Problem> {
        let moved = |what: &str, mine: &str, theirs: &str| {
            (mine != theirs).then(|| {
                Problem::warning(
                    "PlatformChanged",
                    format!("the platform's {what} is now {theirs}; this database stays in {mine}"),
                )
                .at(format!("Platform.{what}"))
                .remedy("create a new database and migrate, or restore the platform's former choice")
            })
        };
        let environment = moved("environment", &self.environment, platform.environment.as_ref());
        let region = moved("region", &self.region, platform.region.as_ref());
        environment.into_iter().chain(region).collect()
    }
}
