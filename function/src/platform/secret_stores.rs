//! The secret stores of other regions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ObjectName, Reference, Region, StoreKind};

/// The secret store of a region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretStore {
    /// What kind of store it is.
    #[serde(default)]
    pub provider: SecretProvider,
    /// Its region.
    pub region: Region,
    /// The kind of the object that External Secrets Operator reads it by.
    pub kind: StoreKind,
    /// The name of that object.
    pub name: ObjectName,
}

/// The kinds of secret stores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the store's name; docs would make the schema a oneOf")]
pub enum SecretProvider {
    #[default]
    AwsSecretsManager,
}

// === impl SecretStore ===

impl SecretStore {
    pub(super) fn is_of(&self, provider: SecretProvider, region: &Region) -> bool {
        self.provider == provider && self.region == *region
    }

    pub(super) fn reference(&self) -> Reference<StoreKind> {
        Reference { kind: self.kind, name: self.name.clone() }
    }
}
