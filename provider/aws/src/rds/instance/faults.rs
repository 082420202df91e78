//! The errors of RDS for a DB instance.

use goldenpath_provider_core::FaultKind::{Terminal, Transient, User, Waiting};

use crate::fault::{ErrorClass, Faults, Row, row};

/// The rows and field names of a DB instance.
pub(super) const FAULTS: Faults = Faults { rows: ROWS, fields: FIELDS };

const MISSING: &str = "create it, or correct the name";
const CAPACITY: &str = "choose another instance class, or wait";
const LINKED_ROLE: &str =
    "if it does not pass: aws iam create-service-linked-role --aws-service-name rds.amazonaws.com";
const KEY: &str = "check that the key is enabled, in this region, and that its policy allows this role";

#[rustfmt::skip]
const ROWS: &[Row] = &[
    row(&["DBInstanceNotFound"], "", User, "DBInstanceNotFound").class(ErrorClass::NotFound),
    row(&["DBInstanceAlreadyExists"], "", User, "NotOwned").class(ErrorClass::Exists),
    row(&["DBSnapshotAlreadyExists"], "", User, "SnapshotExists").class(ErrorClass::Exists).at(".spec.forProvider.finalSnapshotIdentifier").remedy("choose another name, or leave it unset"),
    row(&["InvalidDBInstanceState"], "already being deleted", Waiting, "WaitingForState").class(ErrorClass::Done),
    row(&["InvalidDBInstanceState"], "", Waiting, "WaitingForState"),
    row(&["InvalidDBClusterState"], "", Waiting, "WaitingForCluster"),
    row(&["InvalidDBSnapshotState"], "", Waiting, "WaitingForSnapshot"),
    row(&["InvalidParameterValue", "InvalidParameterCombination"], "service linked role", Transient, "ServiceLinkedRole").remedy(LINKED_ROLE).says("AWS makes the service-linked role of RDS, which this account does not have yet"),
    row(&["InvalidParameterValue", "InvalidParameterCombination"], "servicelinkedrole", Transient, "ServiceLinkedRole").remedy(LINKED_ROLE).says("AWS makes the service-linked role of RDS, which this account does not have yet"),
    row(&["InvalidParameterValue"], "iam role arn", Transient, "IAMPropagation"),
    row(&["InvalidParameterValue"], "enhanced_monitoring", Transient, "IAMPropagation"),
    row(&["InvalidParameterValue"], "instance profile", Transient, "IAMPropagation"),
    row(&["InvalidParameterCombination"], "no modifications were requested", Waiting, "NothingToModify").class(ErrorClass::Done),
    row(&["InvalidParameterCombination"], "previous storage change is being optimized", Waiting, "StorageCooldown").at(".spec.forProvider.allocatedStorage").says("the storage was changed less than six hours ago and is still being optimized"),
    row(&["InvalidParameterCombination"], "disable deletion pro", User, "DeletionProtected").at(".spec.forProvider.deletionProtection").remedy("set .spec.forProvider.deletionProtection to false first"),
    row(&["InvalidParameterCombination"], "deletion protection", User, "DeletionProtected").at(".spec.forProvider.deletionProtection").remedy("set .spec.forProvider.deletionProtection to false first"),
    row(&["InvalidParameterCombination", "InvalidParameterValue"], "cannot upgrade", Terminal, "UpgradePathInvalid").at(".spec.forProvider.engineVersion").remedy("choose a version that AWS lists as an upgrade target"),
    row(&["InvalidParameterCombination", "InvalidParameterValue"], "upgrade path", Terminal, "UpgradePathInvalid").at(".spec.forProvider.engineVersion").remedy("choose a version that AWS lists as an upgrade target"),
    row(&["InvalidParameterCombination", "InvalidParameterValue"], "valid upgrade target", Terminal, "UpgradePathInvalid").at(".spec.forProvider.engineVersion").remedy("choose a version that AWS lists as an upgrade target"),
    row(&["InvalidParameterCombination"], "previous configuration is in progress", Waiting, "WaitingForState"),
    row(&["InvalidParameterCombination"], "member of a cluster", Terminal, "ClusterMember"),
    row(&["DBParameterGroupNotFound"], "", User, "DependencyNotFound").at(".spec.forProvider.parameterGroupName").remedy(MISSING),
    row(&["DBSubnetGroupNotFound"], "", User, "DependencyNotFound").at(".spec.forProvider.dbSubnetGroupName").remedy(MISSING),
    row(&["DBSecurityGroupNotFound"], "", User, "DependencyNotFound").at(".spec.forProvider.vpcSecurityGroupIds").remedy(MISSING),
    row(&["DBSnapshotNotFound"], "", User, "DependencyNotFound").at(".spec.forProvider.snapshotIdentifier").remedy(MISSING),
    row(&["OptionGroupNotFound", "CertificateNotFound", "DomainNotFound", "BackupPolicyNotFound", "DBCapacityReservationNotFound", "DBInstanceAutomatedBackupNotFound"], "", User, "DependencyNotFound").remedy(MISSING),
    row(&["KMSKeyNotAccessible"], "", User, "KMSKeyNotAccessible").at(".spec.forProvider.kmsKeyId").remedy(KEY),
    row(&["DBSubnetGroupDoesNotCoverEnoughAZs"], "", Terminal, "SubnetsCoverTooFewAZs").at(".spec.forProvider.dbSubnetGroupName").remedy("name a subnet group that covers at least two availability zones"),
    row(&["InvalidSubnet", "InvalidVPCNetworkState", "NetworkTypeNotSupported"], "", User, "NetworkInvalid").at(".spec.forProvider.dbSubnetGroupName"),
    row(&["StorageTypeNotSupported", "StorageTypeNotAvailable"], "", Terminal, "NotAvailableHere").at(".spec.forProvider.storageType"),
    row(&["ProvisionedIopsNotAvailableInAZ"], "", Terminal, "NotAvailableHere").at(".spec.forProvider.iops"),
    row(&["UnsupportedDBEngineVersion"], "", Terminal, "NotAvailableHere").at(".spec.forProvider.engineVersion"),
    row(&["InsufficientDBInstanceCapacity"], "", User, "InsufficientCapacity").at(".spec.forProvider.instanceClass").remedy(CAPACITY),
    row(&["DBUpgradeDependencyFailure"], "", User, "UpgradePrecheckFailed").at(".spec.forProvider.engineVersion"),
    row(&["PointInTimeRestoreNotEnabled", "InvalidRestore"], "", Terminal, "RestoreInvalid").at(".spec.forProvider.restoreToPointInTime"),
    row(&["VpcEncryptionControlViolation"], "", User, "VpcEncryptionControl"),
];

const FIELDS: &[(&str, &str)] = &[
    // These name another field along with the one that is wrong.
    ("log types", "enabledCloudwatchLogsExports"),
    ("invalid storage size", "allocatedStorage"),
    ("maximum allocated storage", "maxAllocatedStorage"),
    ("db instance class", "instanceClass"),
    ("dbinstanceclass", "instanceClass"),
    ("instance class", "instanceClass"),
    ("cannot find version", "engineVersion"),
    ("engine version", "engineVersion"),
    ("engineversion", "engineVersion"),
    ("cannot upgrade", "engineVersion"),
    ("upgrade path", "engineVersion"),
    ("upgrade target", "engineVersion"),
    ("masteruserpassword", "masterUserPasswordFrom"),
    ("master user password", "masterUserPasswordFrom"),
    ("masterusername", "username"),
    ("master user name", "username"),
    ("master username", "username"),
    ("maxallocatedstorage", "maxAllocatedStorage"),
    ("max storage size", "maxAllocatedStorage"),
    ("max allocated storage", "maxAllocatedStorage"),
    ("iops", "iops"),
    ("storagetype", "storageType"),
    ("storage type", "storageType"),
    ("allocatedstorage", "allocatedStorage"),
    ("allocated storage", "allocatedStorage"),
    ("storage size", "allocatedStorage"),
    ("backupretention", "backupRetentionPeriod"),
    ("backup retention", "backupRetentionPeriod"),
    ("maintenance window", "maintenanceWindow"),
    ("maintenancewindow", "maintenanceWindow"),
    ("backup window", "backupWindow"),
    ("backupwindow", "backupWindow"),
    ("subnet group", "dbSubnetGroupName"),
    ("dbsubnetgroup", "dbSubnetGroupName"),
    ("security group", "vpcSecurityGroupIds"),
    ("vpcsecuritygroup", "vpcSecurityGroupIds"),
    ("parameter group", "parameterGroupName"),
    ("parametergroup", "parameterGroupName"),
    ("cloudwatch log", "enabledCloudwatchLogsExports"),
    ("log type", "enabledCloudwatchLogsExports"),
    ("performance insights", "performanceInsightsEnabled"),
    ("multi-az", "multiAz"),
    ("multiaz", "multiAz"),
    ("snapshotidentifier", "snapshotIdentifier"),
    ("db snapshot", "snapshotIdentifier"),
    ("restoretime", "restoreToPointInTime"),
    ("restore time", "restoreToPointInTime"),
    ("dbname", "dbName"),
    ("database name", "dbName"),
    ("kms", "kmsKeyId"),
    ("invalid db engine", "engine"),
    ("port", "port"),
];
