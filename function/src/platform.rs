//! The platform's choices: what an XR does not say, because it is the same for everyone.
//!
//! ```text
//! input of the pipeline's step ◄── environment of the pipeline        merged key by key, the environment wins
//!   region, environment, tiers, network, ...   ──► Platform           the common part, read here
//!   <part> ◄── tiers.<tier>.<part>             ──► Policy             the part of one golden path, read by it
//! ```
//!
//! The part of a tier lies over the general one field by field: what a tier does not say is as it is for everyone.

mod common;
mod features;
mod gateway;
mod input;
mod mistakes;
mod network;
mod reference;
mod secret_paths;
mod secret_stores;
mod tags;
mod text;
mod tier;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::names;
use crate::problems::Problem;

use common::Common;
pub use common::KEYS;
pub use gateway::{Gateway, HostSuffix, PluginType};
pub use input::PlatformInput;
pub use network::{Cidr, Network, SecurityGroupId};
pub use reference::{ConfigKind, NamespaceName, ObjectName, Reference, StoreKind};
pub use secret_paths::SecretPaths;
pub use secret_stores::{SecretProvider, SecretStore};
pub use tags::Tags;
pub use text::{EnvironmentName, Gibibytes, RefreshInterval, Region};
pub(crate) use tier::{applied as applied_tier, named as named_tier};

/// Group and version of the input.
pub const API_VERSION: &str = "function.goldenpath.io/v1alpha1";
/// Kind of the input.
pub const KIND: &str = "Platform";

/// The platform's choices, as one golden path reads them for one of its XRs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform<P> {
    /// AWS region of everything.
    pub region: Region,
    /// Unique per cluster and account: part of the names of databases and secrets.
    pub environment: EnvironmentName,
    /// Where credentials are read from.
    pub secret_store: Reference<StoreKind>,
    /// Secret stores of other regions.
    pub secret_stores: Vec<SecretStore>,
    /// Which secrets are opened to which namespaces, besides those of their own folders.
    pub secret_paths: SecretPaths,
    /// How often credentials are read again.
    pub refresh_interval: RefreshInterval,
    /// The provider configuration with the AWS credentials.
    pub provider_config: Reference<ConfigKind>,
    /// The network between pods and databases.
    pub network: Network,
    /// What routes may ask of the gateway.
    pub ingress: Gateway,
    /// Tags of everything in AWS, besides those that say whose it is.
    pub tags: Tags,
    /// The problem of an unknown tier.
    pub(crate) tier_problem: Option<Problem>,
    /// The golden path's own choices, with those of the tier over them.
    pub policy: P,
}

/// The choices of one golden path. What the input does not say is as in the default.
pub trait Policy: Serialize + DeserializeOwned + Default {
    /// Where they are in the input; nowhere of one of which the platform says nothing but what is for all.
    const PART: Option<Part>;
}

/// The choices of a golden path of which the platform says nothing but what is for all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoPolicy {}

/// Where the input has the choices of one golden path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Their key, in the input and in each of its tiers.
    pub key: &'static str,
    /// Those that stood beside the key before there was one; each is refused, naming its new place.
    pub former: &'static [&'static str],
}

// === impl NoPolicy ===

impl Policy for NoPolicy {
    const PART: Option<Part> = None;
}

// === impl Platform ===

impl<P> Platform<P> {
    fn of(common: Common, tier: Option<&str>, policy: P) -> Self {
        let tier_problem = tier.and_then(|tier| tier::problem(tier, &common.tiers));
        let Common {
            region,
            environment,
            require_environment: _,
            tiers: _,
            features: _,
            secret_store,
            secret_stores,
            secret_paths,
            refresh_interval,
            provider_config,
            network,
            ingress,
            tags,
        } = common;
        Self {
            region,
            environment,
            secret_store,
            secret_stores,
            secret_paths,
            refresh_interval,
            provider_config,
            network,
            ingress,
            tags,
            tier_problem,
            policy,
        }
    }

    /// The secret store of a region; the platform's own unless one is named. None where there is none.
    pub fn secret_store_of(
        &self,
        provider: SecretProvider,
        region: Option<&Region>,
    ) -> Option<Reference<StoreKind>> {
        let Some(region) = region.filter(|region| **region != self.region) else {
            return Some(self.secret_store.clone());
        };
        let store = self.secret_stores.iter().find(|store| store.is_of(provider, region))?;
        Some(store.reference())
    }

    /// The folder of a namespace in the secret store.
    pub fn secret_folder(&self, namespace: &str) -> String {
        names::secret_path(self.environment.as_ref(), namespace, "")
    }

    /// The problem of a secret that a namespace may not read; the field is for its golden path to add.
    pub fn path_problem(&self, namespace: &str, path: &str) -> Option<Problem> {
        if self.may_read(namespace, path) {
            return None;
        }
        let message = format!("the namespace {namespace} may not read the secret {path}");
        Some(Problem::error("PathNotAllowed", message).remedy(format!(
            "name a path below {}, or have the platform team open this one to the namespace in \
             Platform.secretPaths",
            self.secret_folder(namespace)
        )))
    }

    /// Whether a namespace may read a secret of the secret store: one of its own folder, or one that is opened to it.
    pub fn may_read(&self, namespace: &str, path: &str) -> bool {
        let is_own = path.strip_prefix(&self.secret_folder(namespace)).is_some_and(|name| !name.is_empty());
        secret_paths::leads_nowhere_else(path) && (is_own || self.secret_paths.opens(namespace, path))
    }
}
