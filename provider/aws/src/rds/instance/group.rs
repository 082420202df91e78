//! Groups of fields that AWS validates together: a refusal in one group does not affect another.

use goldenpath_provider_core::{Change, Drift};
use strum::{EnumIter, IntoEnumIterator};

use super::field::Field;

/// A part of a modification that can be requested by itself. In the order of the requests: what protects comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter)]
pub(super) enum Group {
    Protection,
    Network,
    Backup,
    Monitoring,
    Compute,
    /// Size, type and iops depend on each other.
    Storage,
    /// With the parameter group, which belongs to the family of a version.
    Version,
    Password,
}

/// The groups of a drift, in their order. Tags, and what is never requested, are in none.
pub(super) fn of(drift: &Drift) -> Vec<Group> {
    Group::iter().filter(|group| drift.actionable().any(|change| group.has(change))).collect()
}

/// What of a drift is in one group.
pub(super) fn only(drift: &Drift, group: Group) -> Drift {
    Drift { changes: drift.actionable().filter(|change| group.has(change)).cloned().collect() }
}

/// What of a drift is in every other group.
pub(super) fn without(drift: &Drift, group: Group) -> Drift {
    Drift { changes: drift.changes.iter().filter(|change| !group.has(change)).cloned().collect() }
}

/// The group of a field, as a fault names it.
pub(super) fn of_field(path: Option<&str>) -> Option<Group> {
    let name = path?.strip_prefix(".spec.forProvider.")?;
    match name {
        // The field that says where the password is.
        "masterUserPasswordFrom" => Some(Group::Password),
        _ => name.parse().ok().and_then(Group::of),
    }
}

// === impl Group ===

impl Group {
    /// The group of a field that `ModifyDBInstance` changes.
    pub(super) fn of(field: Field) -> Option<Self> {
        match field {
            Field::CopyTagsToSnapshot | Field::DeletionProtection => Some(Self::Protection),
            Field::Port | Field::PubliclyAccessible | Field::VpcSecurityGroupIds => Some(Self::Network),
            Field::BackupRetentionPeriod | Field::BackupWindow | Field::MaintenanceWindow => {
                Some(Self::Backup)
            }
            Field::EnabledCloudwatchLogsExports | Field::PerformanceInsightsEnabled => Some(Self::Monitoring),
            Field::InstanceClass | Field::MultiAz => Some(Self::Compute),
            Field::AllocatedStorage | Field::Iops | Field::MaxAllocatedStorage | Field::StorageType => {
                Some(Self::Storage)
            }
            Field::AutoMinorVersionUpgrade | Field::EngineVersion | Field::ParameterGroupName => {
                Some(Self::Version)
            }
            Field::ManageMasterUserPassword | Field::MasterUserPassword => Some(Self::Password),
            Field::DbName
            | Field::DbSubnetGroupName
            | Field::Engine
            | Field::KmsKeyId
            | Field::StorageEncrypted
            | Field::Tags
            | Field::Username => None,
        }
    }

    /// Whether a change is of this group.
    pub(super) fn has(self, change: &Change) -> bool {
        Field::of(change).and_then(Self::of) == Some(self)
    }
}
