//! The part of the input that every golden path reads.

use std::collections::BTreeMap;

use pbjson_types::Struct;
use serde::{Deserialize, Serialize};

use super::features::Features;
use super::{
    ConfigKind, EnvironmentName, Gateway, Network, Reference, RefreshInterval, Region, SecretPaths,
    SecretStore, StoreKind, Tags,
};

/// The keys of the common part, in the order in which they are reported.
pub const KEYS: [&str; 13] = [
    "region",
    "environment",
    "requireEnvironment",
    "tiers",
    "features",
    "secretStore",
    "secretStores",
    "secretPaths",
    "refreshInterval",
    "providerConfig",
    "network",
    "ingress",
    "tags",
];

/// The keys without a default, each with an example line.
pub(super) const REQUIRED: [(&str, &str); 2] =
    [("region", "region: eu-central-1"), ("environment", "environment: dev")];

/// The choices that all golden paths share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Common {
    pub(super) region: Region,
    pub(super) environment: EnvironmentName,
    /// Refuse everything while the pipeline has no environment for this function.
    #[serde(default)]
    pub(super) require_environment: bool,
    /// The tiers that the label `goldenpath.io/tier` may name, and the golden paths' parts in each.
    #[serde(default = "tiers")]
    pub(super) tiers: BTreeMap<String, BTreeMap<String, Struct>>,
    #[serde(default)]
    pub(super) features: Features,
    #[serde(default = "secret_store")]
    pub(super) secret_store: Reference<StoreKind>,
    #[serde(default)]
    pub(super) secret_stores: Vec<SecretStore>,
    #[serde(default)]
    pub(super) secret_paths: SecretPaths,
    #[serde(default)]
    pub(super) refresh_interval: RefreshInterval,
    #[serde(default = "provider_config")]
    pub(super) provider_config: Reference<ConfigKind>,
    #[serde(default)]
    pub(super) network: Network,
    #[serde(default)]
    pub(super) ingress: Gateway,
    #[serde(default)]
    pub(super) tags: Tags,
}

fn tiers() -> BTreeMap<String, BTreeMap<String, Struct>> {
    ["development", "staging", "production"].map(|tier| (tier.to_owned(), BTreeMap::new())).into()
}

fn secret_store() -> Reference<StoreKind> {
    Reference::to(StoreKind::ClusterSecretStore, "goldenpath")
}

fn provider_config() -> Reference<ConfigKind> {
    Reference::to(ConfigKind::ClusterProviderConfig, "default")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeSet;

    #[test]
    fn every_key_is_named() {
        let common: Common =
            serde_json::from_value(json!({"region": "eu-central-1", "environment": "dev"})).unwrap();
        let all = serde_json::to_value(common).unwrap();
        let keys: BTreeSet<_> = all.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, KEYS.into());
    }
}
