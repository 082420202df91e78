//! What may be asked for.

use serde::{Deserialize, Serialize};

use super::{InstanceClass, SafeDefault};
use crate::platform::Gibibytes;

/// What may be asked for; what is not set is not limited.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Limits {
    /// The DB instance classes that may be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_classes: Option<Vec<InstanceClass>>,
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
