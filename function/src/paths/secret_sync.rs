//! `SecretSync`: a Secret of the namespace that follows the secret store, or the credentials of a database.

pub mod api;
mod conditions;
mod external_secret;
mod restarts;
mod source;
mod status;

use std::borrow::Cow;

use crate::composition::Composition;
use crate::condition::{Condition, ConditionKind};
use crate::error::Error;
use crate::keys::Known;
use crate::observed::Observed;
use crate::path::GoldenPath;
use crate::platform::{NoPolicy, Platform};
use crate::rendering::Rendering;
use api::{SecretSync, SecretSyncStatus};
use restarts::Restarts;
use source::Source;

/// Key of the `ExternalSecret`.
pub const EXTERNAL_SECRET: &str = "external-secret";

/// The golden path of Secrets that follow the secret store.
#[derive(Debug)]
pub struct SecretSyncs;

// === impl SecretSyncs ===

impl GoldenPath for SecretSyncs {
    type Composite = SecretSync;
    type Status = SecretSyncStatus;
    type Policy = NoPolicy;
    const KEYS: &'static [Known] = &[Known::Always(EXTERNAL_SECRET)];
    const CONDITIONS: &'static [ConditionKind] = conditions::ALL;
    // As the other golden paths have it; the Secret has a name of its own.
    const MAX_NAME_LENGTH: u32 = 40;

    fn compose(
        xr: &SecretSync,
        platform: &Platform<NoPolicy>,
        observed: Observed<'_>,
    ) -> Result<Composition, Error> {
        let source = Source::of(xr, platform).map_err(|problems| Error::Refused { problems })?;
        let restarts = Restarts::of(xr, observed);
        let composition = external_secret::compose(Composition::new(), xr, &source, &restarts, observed);
        Ok(composition
            .requiring(source::lent(xr).and_then(|lent| lent.lookup(observed)))
            .requiring(restarts::lookups(xr, observed))
            .with_problems(restarts.problems()))
    }

    fn report(
        xr: &SecretSync,
        observed: Observed<'_>,
        rendering: &Rendering,
    ) -> (SecretSyncStatus, Vec<Condition>) {
        status::report(xr, observed, rendering)
    }

    fn field(_: &SecretSync, _: &str, _: &str) -> Option<Cow<'static, str>> {
        None
    }
}
