//! What AWS lets be modified in each state of a DB instance.

use aws_sdk_rds::types::DbInstance;
use goldenpath_provider_api::rds::InstanceState;
use goldenpath_provider_core::{Change, ChangeClass, Drift};

use super::field::Field;
use super::group::Group;
use super::state::state_of;

/// What can be modified in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Modifiable {
    Everything,
    /// Everything but storage, which is being optimised.
    NotStorage,
    /// Another class, because AWS has no room for this one.
    OnlyClass,
    /// More storage, because it is full.
    OnlyGrowth,
    /// Another parameter group, because this one does not fit.
    OnlyParameters,
    /// Tags, which AWS takes at any time.
    OnlyTags,
    Nothing,
}

/// Whether AWS takes another change of the storage already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Storage {
    /// As far as is known.
    Modifiable,
    /// It has refused one because the last is too recent; it is asked again later.
    CoolsDown,
}

/// What of a drift can be requested in the present state of the DB instance. What can never be requested stays, so that
/// it is reported.
pub(super) fn actionable(drift: &Drift, db: &DbInstance, storage: Storage) -> Drift {
    let modifiable = Modifiable::in_state(&state_of(db));
    let cools = |change: &Change| storage == Storage::CoolsDown && Group::Storage.has(change);
    let takes =
        |change: &Change| Field::of(change).is_some_and(|field| modifiable.takes(field)) && !cools(change);
    let passes = |change: &&Change| change.class == ChangeClass::Refused || takes(change);
    Drift { changes: drift.changes.iter().filter(passes).cloned().collect() }
}

// === impl Modifiable ===

impl Modifiable {
    /// What can be modified in a state. In an unknown one, tags only.
    pub(super) fn in_state(state: &InstanceState) -> Self {
        match state {
            InstanceState::Available => Self::Everything,
            InstanceState::StorageOptimization | InstanceState::StorageInitialization => Self::NotStorage,
            InstanceState::InsufficientCapacity => Self::OnlyClass,
            InstanceState::StorageFull => Self::OnlyGrowth,
            InstanceState::IncompatibleParameters => Self::OnlyParameters,
            InstanceState::Creating | InstanceState::Deleting | InstanceState::DeletePrecheck => {
                Self::Nothing
            }
            _ => Self::OnlyTags,
        }
    }

    fn takes(self, field: Field) -> bool {
        match field {
            Field::Tags => self != Self::Nothing,
            Field::AllocatedStorage | Field::MaxAllocatedStorage if self == Self::OnlyGrowth => true,
            Field::InstanceClass if self == Self::OnlyClass => true,
            Field::AllocatedStorage | Field::StorageType | Field::Iops => self == Self::Everything,
            Field::ParameterGroupName => {
                matches!(self, Self::Everything | Self::NotStorage | Self::OnlyParameters)
            }
            Field::AutoMinorVersionUpgrade
            | Field::BackupRetentionPeriod
            | Field::BackupWindow
            | Field::CopyTagsToSnapshot
            | Field::DbName
            | Field::DbSubnetGroupName
            | Field::DeletionProtection
            | Field::EnabledCloudwatchLogsExports
            | Field::Engine
            | Field::EngineVersion
            | Field::InstanceClass
            | Field::KmsKeyId
            | Field::MaintenanceWindow
            | Field::ManageMasterUserPassword
            | Field::MasterUserPassword
            | Field::MaxAllocatedStorage
            | Field::MultiAz
            | Field::PerformanceInsightsEnabled
            | Field::Port
            | Field::PubliclyAccessible
            | Field::StorageEncrypted
            | Field::Username
            | Field::VpcSecurityGroupIds => matches!(self, Self::Everything | Self::NotStorage),
        }
    }
}
