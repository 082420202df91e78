//! What of a DB instance can be changed, as a table: AWS's name, the parameter of `ModifyDBInstance`, and when AWS applies
//! it. Everything that reads, queues, applies or tells a setting goes over this table.

use serde_json::Value as Json;

use super::value::Value;
use crate::protocol::Form;
use crate::{Node, Refusal};

/// When AWS applies a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// At once, whatever the request says.
    Now,
    /// As soon as possible, whatever the request says; it is pending meanwhile.
    Soon,
    /// In the maintenance window, or at once when the request says so; it is pending meanwhile.
    Window,
}

/// Declares the settings.
macro_rules! settings {
    ($($field:ident $member:ident: $type:ty, $parameter:literal, $when:ident;)*) => {
        /// The settings of an instance.
        #[derive(Clone, Debug, PartialEq)]
        pub(crate) struct Settings { $(pub(crate) $field: $type),* }

        /// A setting, by AWS's name in `DBInstance` or in the request that makes one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Setting { $($member),* }

        /// A setting with a value.
        #[derive(Clone, Debug, PartialEq)]
        pub(crate) enum Change { $($member($type)),* }

        impl Setting {
            /// All of them.
            pub(crate) const ALL: &[Self] = &[$(Self::$member),*];

            /// Its name in `DBInstance`.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$member => stringify!($member)),* }
            }

            /// When a change of it is applied.
            pub(crate) fn when(self) -> When {
                match self { $(Self::$member => When::$when),* }
            }

            /// What a request asks for.
            pub(crate) fn asked(self, form: &Form) -> Result<Option<Change>, Refusal> {
                match self {
                    $(Self::$member => Ok(<$type>::read(form, $parameter)?.map(Change::$member))),*
                }
            }

            /// A value from the side path.
            pub(crate) fn of_json(self, json: &Json) -> Option<Change> {
                match self { $(Self::$member => <$type>::of_json(json).map(Change::$member)),* }
            }
        }

        impl Change {
            /// What it changes.
            pub(crate) fn setting(&self) -> Setting {
                match self { $(Self::$member(_) => Setting::$member),* }
            }

            /// How it is told.
            pub(crate) fn node(&self) -> Option<Node> {
                match self { $(Self::$member(value) => value.node()),* }
            }
        }

        impl Settings {
            /// The value of a setting.
            pub(crate) fn get(&self, setting: Setting) -> Change {
                match setting { $(Setting::$member => Change::$member(self.$field.clone())),* }
            }

            /// Gives a setting its value.
            pub(crate) fn set(&mut self, change: Change) {
                match change { $(Change::$member(value) => self.$field = value),* }
            }
        }
    };
}

settings! {
    allocated_storage AllocatedStorage: u32, "AllocatedStorage", Window;
    auto_minor_version_upgrade AutoMinorVersionUpgrade: bool, "AutoMinorVersionUpgrade", Now;
    backup_retention_period BackupRetentionPeriod: u32, "BackupRetentionPeriod", Soon;
    ca_certificate CACertificateIdentifier: String, "CACertificateIdentifier", Window;
    copy_tags_to_snapshot CopyTagsToSnapshot: bool, "CopyTagsToSnapshot", Now;
    customer_owned_ip CustomerOwnedIpEnabled: bool, "EnableCustomerOwnedIp", Now;
    database_insights_mode DatabaseInsightsMode: String, "DatabaseInsightsMode", Now;
    class DBInstanceClass: String, "DBInstanceClass", Window;
    parameter_group DBParameterGroupName: String, "DBParameterGroupName", Now;
    subnet_group DBSubnetGroupName: Option<String>, "DBSubnetGroupName", Window;
    dedicated_log_volume DedicatedLogVolume: bool, "DedicatedLogVolume", Window;
    deletion_protection DeletionProtection: bool, "DeletionProtection", Now;
    logs EnabledCloudwatchLogsExports: Vec<String>, "EnableCloudwatchLogsExports", Now;
    version EngineVersion: String, "EngineVersion", Window;
    iam_authentication IAMDatabaseAuthenticationEnabled: bool, "EnableIAMDatabaseAuthentication", Window;
    iops Iops: Option<u32>, "Iops", Window;
    license LicenseModel: String, "LicenseModel", Window;
    ceiling MaxAllocatedStorage: Option<u32>, "MaxAllocatedStorage", Now;
    monitoring_interval MonitoringInterval: u32, "MonitoringInterval", Now;
    monitoring_role MonitoringRoleArn: Option<String>, "MonitoringRoleArn", Now;
    multi_az MultiAZ: bool, "MultiAZ", Window;
    network_type NetworkType: String, "NetworkType", Now;
    option_group OptionGroupName: String, "OptionGroupName", Now;
    insights PerformanceInsightsEnabled: bool, "EnablePerformanceInsights", Now;
    insights_key PerformanceInsightsKMSKeyId: Option<String>, "PerformanceInsightsKMSKeyId", Now;
    insights_retention PerformanceInsightsRetentionPeriod: Option<u32>, "PerformanceInsightsRetentionPeriod", Now;
    port Port: u32, "DBPortNumber", Now;
    backup_window PreferredBackupWindow: String, "PreferredBackupWindow", Now;
    maintenance_window PreferredMaintenanceWindow: String, "PreferredMaintenanceWindow", Now;
    public PubliclyAccessible: bool, "PubliclyAccessible", Now;
    throughput StorageThroughput: Option<u32>, "StorageThroughput", Window;
    storage_type StorageType: String, "StorageType", Window;
    security_groups VpcSecurityGroupIds: Vec<String>, "VpcSecurityGroupIds", Now;
}

// === impl Setting ===

impl Setting {
    /// A setting by its name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|setting| setting.name() == name)
    }

    /// Whether it is of the storage, which has its rest after each change.
    pub(crate) fn is_storage(self) -> bool {
        matches!(self, Self::AllocatedStorage | Self::Iops | Self::StorageThroughput | Self::StorageType)
    }

    /// When a change to a value is applied. Switching backups on or off is an outage and waits; the number of days does not.
    pub(crate) fn applied(self, current: &Settings, change: &Change) -> When {
        match change {
            Change::BackupRetentionPeriod(days) if (*days == 0) != (current.backup_retention_period == 0) => {
                When::Window
            }
            _ => self.when(),
        }
    }
}

// === impl Settings ===

impl Settings {
    /// AWS swaps the default groups along with the version; groups of one's own stay.
    pub(crate) fn follow_version(&mut self, engine: &str) {
        let family = super::catalog::family(engine, &self.version);
        if self.parameter_group.starts_with("default.") {
            self.parameter_group = format!("default.{family}");
        }
        if self.option_group.starts_with("default:") {
            self.option_group = super::catalog::default_options(engine, &self.version);
        }
    }
}
