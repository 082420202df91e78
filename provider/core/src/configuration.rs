//! A provider's configuration, as far as the runtime reads it.

use std::time::Duration;

use kube::Resource;
use serde::de::DeserializeOwned;

/// A kind of provider configuration: whose credentials a managed resource uses.
///
/// The runtime keeps a configuration while it is used, and knows nothing of its credentials but where they are.
pub trait Configuration: Resource<DynamicType = ()> + DeserializeOwned {
    /// The Secrets that the credentials come from. A change of one reconciles every managed resource
    /// that uses the configuration; only the connector reads their values.
    fn secrets(&self) -> Vec<SecretReference>;
}

/// Names a Secret of any namespace.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SecretReference {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// The delays between failures: `base`, doubled each time, and never more than `cap`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The first delay.
    pub base: Duration,
    /// The longest delay.
    pub cap: Duration,
}

// === impl Backoff ===

impl Default for Backoff {
    /// Crossplane's own: a second to a minute (R136).
    fn default() -> Self {
        Self { base: Duration::from_secs(1), cap: Duration::from_mins(1) }
    }
}
