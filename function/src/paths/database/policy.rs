//! The platform's choices for databases: the part `database` of its input.

mod limits;
mod safe_default;
mod sizes;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::platform::{Part, Policy, SecurityGroupId};
pub use limits::Limits;
pub use safe_default::SafeDefault;
pub use sizes::{Classes, InstanceClass, PerEngine};

/// The platform's choices for databases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DatabasePolicy {
    /// DB instance class of each size, by engine.
    pub sizes: PerEngine<Classes>,
    /// The network of databases that do not name their own.
    pub network: Network,
    /// DB parameter group by engine; one that is made for the database, or the engine's default group, unless set.
    pub parameter_groups: PerEngine<Option<String>>,
    /// What may be asked for.
    pub limits: Limits,
    /// Instances and snapshots of other origin that the databases of a namespace may be restored from.
    pub restore_sources: BTreeMap<String, Vec<String>>,
    /// DB instances that are in AWS already, and that the databases of a namespace may take over.
    pub adoptable: BTreeMap<String, Vec<String>>,
}

/// Where databases are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Network {
    /// DB subnet group, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_group: Option<String>,
    /// VPC security groups.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub security_group_ids: Vec<SecurityGroupId>,
}

// === impl DatabasePolicy ===

impl Policy for DatabasePolicy {
    const PART: Option<Part> = Some(Part {
        key: "database",
        former: &[
            "sizes",
            "network.subnetGroup",
            "network.securityGroupIds",
            "parameterGroups",
            "limits",
            "restoreSources",
        ],
    });
}

impl Default for DatabasePolicy {
    fn default() -> Self {
        Self {
            sizes: PerEngine::usual(),
            network: Network::default(),
            parameter_groups: PerEngine::default(),
            limits: Limits::default(),
            restore_sources: BTreeMap::new(),
            adoptable: BTreeMap::new(),
        }
    }
}
