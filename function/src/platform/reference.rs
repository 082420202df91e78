//! References to objects of the platform, each of one of two kinds.

use serde::{Deserialize, Serialize};

use crate::names;

/// Names an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference<K> {
    /// Its kind.
    pub kind: K,
    /// Its name.
    pub name: ObjectName,
}

/// The kinds of stores that credentials are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
pub enum StoreKind {
    /// Of the whole cluster.
    ClusterSecretStore,
    /// Of the namespace.
    SecretStore,
}

/// The kinds of configurations that say whose AWS credentials are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
pub enum ConfigKind {
    /// Of the whole cluster.
    ClusterProviderConfig,
    /// Of the namespace.
    ProviderConfig,
}

/// The name of an object of Kubernetes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ObjectName(String);

/// The name of a namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NamespaceName(String);

// === impl Reference ===

impl<K> Reference<K> {
    pub(super) fn to(kind: K, name: &str) -> Self {
        Self { kind, name: ObjectName::of(name) }
    }
}

// === impl ObjectName ===

impl ObjectName {
    pub(super) fn of(name: &str) -> Self {
        Self(name.to_owned())
    }
}

impl AsRef<str> for ObjectName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ObjectName {
    type Error = &'static str;

    fn try_from(given: String) -> Result<Self, Self::Error> {
        if names::is_dns_subdomain(&given) {
            Ok(Self(given))
        } else {
            Err("the name of an object is expected: lower-case letters, digits, hyphens and dots")
        }
    }
}

impl From<ObjectName> for String {
    fn from(name: ObjectName) -> Self {
        name.0
    }
}

// === impl NamespaceName ===

impl TryFrom<String> for NamespaceName {
    type Error = &'static str;

    fn try_from(given: String) -> Result<Self, Self::Error> {
        if names::is_dns_label(&given) {
            Ok(Self(given))
        } else {
            Err("the name of a namespace is expected: lower-case letters, digits and hyphens, at most 63")
        }
    }
}

impl From<NamespaceName> for String {
    fn from(name: NamespaceName) -> Self {
        name.0
    }
}

impl AsRef<str> for NamespaceName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}
