use strum::{Display, EnumString};

/// `DBInstanceStatus`, parsed. AWS has no public list of it; this one is from its documentation.
#[derive(Clone, Debug, PartialEq, Eq, Display, EnumString)]
#[strum(serialize_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are AWS's own words")]
pub enum InstanceState {
    // It can be used, and takes changes.
    Available,
    StorageOptimization,
    StorageInitialization,
    // It can be used while AWS works on it.
    BackingUp,
    Modifying,
    ConfiguringActivityStream,
    ConfiguringAssociatedRoles,
    ConfiguringEnhancedMonitoring,
    ConfiguringIamDatabaseAuth,
    ConfiguringLogExports,
    ResettingMasterCredentials,
    StorageConfigUpgrade,
    Renaming,
    // AWS works on it.
    Creating,
    Upgrading,
    Maintenance,
    Rebooting,
    Starting,
    Stopping,
    Backtracking,
    MovingToVpc,
    ConvertingToVpc,
    ValidatingConfiguration,
    DeletePrecheck,
    Deleting,
    // Somebody has to do something.
    Stopped,
    StorageFull,
    InsufficientCapacity,
    IncompatibleCreate,
    IncompatibleCredentials,
    IncompatibleNetwork,
    IncompatibleOptionGroup,
    IncompatibleParameters,
    IncompatibleRestore,
    InaccessibleEncryptionCredentialsRecoverable,
    InaccessibleEncryptionCredentials,
    UnsupportedConfiguration,
    AutomationPaused,
    ModifyFailed,
    UpgradeFailed,
    RestoreError,
    Failed,
    /// Any other, as AWS says it.
    #[strum(default)]
    Unknown(String),
}

// === impl InstanceState ===

impl InstanceState {
    /// The state that a status says; one that nobody has heard of is [`Unknown`](Self::Unknown).
    pub fn parse(status: &str) -> Self {
        let parsed: Result<Self, _> = status.parse();
        parsed.unwrap_or_else(|_| Self::Unknown(status.to_owned()))
    }

    /// Whether AWS is removing it.
    pub fn is_being_deleted(&self) -> bool {
        matches!(self, Self::DeletePrecheck | Self::Deleting)
    }

    /// Whether it came to an end that it does not leave by itself.
    pub fn has_failed(&self) -> bool {
        match self {
            Self::Failed
            | Self::RestoreError
            | Self::InsufficientCapacity
            | Self::InaccessibleEncryptionCredentials
            | Self::IncompatibleCreate
            | Self::IncompatibleCredentials
            | Self::IncompatibleNetwork
            | Self::IncompatibleOptionGroup
            | Self::IncompatibleParameters
            | Self::IncompatibleRestore
            | Self::ModifyFailed
            | Self::UpgradeFailed => true,
            Self::Unknown(status) => status.starts_with("incompatible-") || status.ends_with("-failed"),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("available", InstanceState::Available, false)]
    #[case("storage-optimization", InstanceState::StorageOptimization, false)]
    #[case("configuring-iam-database-auth", InstanceState::ConfiguringIamDatabaseAuth, false)]
    #[case("moving-to-vpc", InstanceState::MovingToVpc, false)]
    #[case("delete-precheck", InstanceState::DeletePrecheck, false)]
    #[case("incompatible-option-group", InstanceState::IncompatibleOptionGroup, true)]
    #[case(
        "inaccessible-encryption-credentials-recoverable",
        InstanceState::InaccessibleEncryptionCredentialsRecoverable,
        false
    )]
    #[case("incompatible-moon", InstanceState::Unknown("incompatible-moon".into()), true)]
    #[case("brand-new-state", InstanceState::Unknown("brand-new-state".into()), false)]
    #[case("", InstanceState::Unknown(String::new()), false)]
    fn a_status_is_one_state(#[case] status: &str, #[case] state: InstanceState, #[case] failed: bool) {
        assert_eq!(InstanceState::parse(status), state);
        assert_eq!(state.to_string(), status, "and is printed as AWS says it");
        assert_eq!(state.has_failed(), failed);
    }
}
