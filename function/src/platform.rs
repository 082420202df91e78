//! The platform's choices: what an XR does not say, because it is the same for everyone.
//!
//! The defaults are here; [`of`] lays over them what a request says.

mod layers;
mod safe_default;
mod text;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::paths::database::api::{Engine, Size};
pub use layers::of;
pub use safe_default::SafeDefault;
pub use text::{EnvironmentName, Gibibytes, GoDuration, Region};

/// Group and version of the input.
pub const API_VERSION: &str = "function.goldenpath.io/v1alpha1";
/// Kind of the input.
pub const KIND: &str = "Platform";

/// The platform's choices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Platform {
    /// AWS region of everything.
    pub region: Region,
    /// Unique per cluster and account: part of the names of databases and secrets.
    pub environment: EnvironmentName,
    /// DB instance class of each size, by engine.
    pub sizes: PerEngine<Classes>,
    /// The tiers that the label `goldenpath.io/tier` may name.
    pub tiers: BTreeMap<String, Tier>,
    /// Where credentials are read from.
    pub secret_store: NamedKind,
    /// How often credentials are read again.
    pub refresh_interval: GoDuration,
    /// Whose AWS credentials are used.
    pub provider_config: NamedKind,
    /// The network of databases that do not name their own.
    pub network: Network,
    /// DB parameter group by engine; the engine's default group unless set.
    pub parameter_groups: PerEngine<Option<String>>,
    /// What may be asked for.
    pub limits: Limits,
    /// Instances and snapshots of other origin that the databases of a namespace may be restored from.
    pub restore_sources: BTreeMap<String, Vec<String>>,
}

/// One choice for each engine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerEngine<T> {
    /// For PostgreSQL.
    pub postgresql: T,
    /// For MySQL.
    pub mysql: T,
}

/// DB instance class of each size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "named by the sizes of the XR")]
pub struct Classes {
    pub small: String,
    pub medium: String,
    pub large: String,
    pub xlarge: String,
}

/// What a tier changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Tier {
    /// Replaces the platform's limits for this tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
}

/// Names an object of one of two kinds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedKind {
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// A network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Network {
    /// DB subnet group, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_group: Option<String>,
    /// VPC security groups, by id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub security_group_ids: Vec<String>,
    /// Where databases are: pods that use one get a `NetworkPolicy` that lets them out to its port there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub database_cidrs: Vec<String>,
    /// The security groups that databases let in: pods that use one are put into them, on Amazon EKS.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub client_security_group_ids: Vec<String>,
}

/// What may be asked for; what is not set is not limited.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Limits {
    /// The DB instance classes that may be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_classes: Option<Vec<String>>,
    /// The largest ceiling of storage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_storage: Option<Gibibytes>,
    /// Whether databases may have public addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_access: Option<bool>,
    /// The DB parameters that may be set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Vec<String>>,
    /// The safe defaults that may not be relaxed, by the field below `.spec`, e.g. `deletion.protection`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub safe_defaults: Vec<SafeDefault>,
    /// Whether databases must have a standby.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_high_availability: Option<bool>,
    /// The fewest days that backups are kept, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_retention_days: Option<i32>,
}

// === impl Platform ===

impl Platform {
    /// The limits of a tier.
    pub fn limits_of(&self, tier: Option<&str>) -> &Limits {
        tier.and_then(|tier| self.tiers.get(tier)?.limits.as_ref()).unwrap_or(&self.limits)
    }
}

impl Default for Platform {
    fn default() -> Self {
        let named = |kind: &str, name: &str| NamedKind { kind: kind.into(), name: name.into() };
        Self {
            region: Region::default(),
            environment: EnvironmentName::default(),
            // With MySQL, AWS offers no Performance Insights on smaller classes.
            sizes: PerEngine {
                postgresql: Classes::beginning_with("db.t4g.small"),
                mysql: Classes::beginning_with("db.t4g.medium"),
            },
            tiers: ["development", "staging", "production"]
                .map(|tier| (tier.to_owned(), Tier::default()))
                .into(),
            secret_store: named("ClusterSecretStore", "goldenpath"),
            refresh_interval: GoDuration::default(),
            provider_config: named("ClusterProviderConfig", "default"),
            network: Network::default(),
            parameter_groups: PerEngine::default(),
            limits: Limits::default(),
            restore_sources: BTreeMap::new(),
        }
    }
}

// === impl PerEngine ===

impl<T> PerEngine<T> {
    /// The choice for an engine.
    pub fn of(&self, engine: Engine) -> &T {
        match engine {
            Engine::Postgresql => &self.postgresql,
            Engine::Mysql => &self.mysql,
        }
    }
}

// === impl Classes ===

impl Classes {
    /// The class of a size.
    pub fn of(&self, size: Size) -> &str {
        match size {
            Size::Small => &self.small,
            Size::Medium => &self.medium,
            Size::Large => &self.large,
            Size::Xlarge => &self.xlarge,
        }
    }

    fn beginning_with(small: &str) -> Self {
        Self {
            small: small.into(),
            medium: "db.m7g.large".into(),
            large: "db.m7g.xlarge".into(),
            xlarge: "db.m7g.2xlarge".into(),
        }
    }
}
