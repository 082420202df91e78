//! The fields of a DB instance, by name: what is compared, requested and reported.

use goldenpath_provider_core::{Change, Drift};
use strum::{Display, EnumIter, EnumString};

/// A field below `spec.forProvider` that can differ. Every match is exhaustive, so that a new one does not compile until
/// each of them handles it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Display, EnumIter, EnumString)]
#[strum(serialize_all = "camelCase")]
pub(super) enum Field {
    AllocatedStorage,
    AutoMinorVersionUpgrade,
    BackupRetentionPeriod,
    BackupWindow,
    CopyTagsToSnapshot,
    DbName,
    DbSubnetGroupName,
    DeletionProtection,
    EnabledCloudwatchLogsExports,
    Engine,
    EngineVersion,
    InstanceClass,
    Iops,
    KmsKeyId,
    MaintenanceWindow,
    /// Hands the password over from RDS to the spec, or back.
    ManageMasterUserPassword,
    /// The password that a restored DB instance still has to get.
    MasterUserPassword,
    MaxAllocatedStorage,
    MultiAz,
    ParameterGroupName,
    PerformanceInsightsEnabled,
    Port,
    PubliclyAccessible,
    StorageEncrypted,
    StorageType,
    /// They have calls of their own.
    Tags,
    Username,
    VpcSecurityGroupIds,
}

// === impl Field ===

impl Field {
    /// The field of a change.
    pub(super) fn of(change: &Change) -> Option<Self> {
        change.field.parse().ok()
    }

    /// Whether this field differs.
    pub(super) fn is_in(self, drift: &Drift) -> bool {
        drift.changes.iter().any(|change| Self::of(change) == Some(self))
    }
}

#[cfg(test)]
mod tests {
    use goldenpath_provider_api::rds::InstanceParameters;
    use strum::IntoEnumIterator;

    use super::*;

    #[test]
    fn every_field_is_one_of_the_spec() {
        let schema = serde_json::to_value(schemars::schema_for!(InstanceParameters)).unwrap();
        let of_no_name_of_its_own = [Field::MasterUserPassword];
        for field in Field::iter().filter(|field| !of_no_name_of_its_own.contains(field)) {
            assert!(schema["properties"][field.to_string()].is_object(), "there is no {field} in the spec");
        }
    }

    #[test]
    fn a_field_is_found_by_its_name() {
        for field in Field::iter() {
            assert_eq!(Field::of(&Change::immediate(field.to_string(), "1", "2")), Some(field));
        }
    }
}
