//! Rules of RDS. Where AWS documents the rule and not its words, the words are those of the report that is named.

/// A page of the API reference.
macro_rules! api {
    ($name:literal) => {
        concat!("https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_", $name, ".html")
    };
}
/// A page of the user guide.
macro_rules! guide {
    ($name:literal) => {
        concat!("https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/", $name, ".html")
    };
}

crate::rules::rules! {
    // What is there, and what is not.
    DB_INSTANCE_NOT_FOUND: "DBInstanceNotFound", 404, "DBInstance {} not found.", api!("DescribeDBInstances");
    DB_INSTANCE_EXISTS: "DBInstanceAlreadyExists", 400, "DB instance already exists", api!("CreateDBInstance");
    SNAPSHOT_NOT_FOUND: "DBSnapshotNotFound", 404, "DBSnapshot {} not found.", api!("DescribeDBSnapshots");
    SNAPSHOT_EXISTS: "DBSnapshotAlreadyExists", 400, "Cannot create the snapshot because a snapshot with the identifier {} already exists.", api!("DeleteDBInstance");
    PARAMETER_GROUP_NOT_FOUND: "DBParameterGroupNotFound", 404, "DBParameterGroup not found: {}", api!("CreateDBInstance");
    PARAMETER_GROUP_EXISTS: "DBParameterGroupAlreadyExists", 400, "Parameter group {} already exists", api!("CreateDBParameterGroup");
    SUBNET_GROUP_NOT_FOUND: "DBSubnetGroupNotFoundFault", 404, "DB subnet group '{}' does not exist.", api!("CreateDBInstance");
    SUBNET_GROUP_EXISTS: "DBSubnetGroupAlreadyExists", 400, "The DB subnet group '{}' already exists.", api!("CreateDBSubnetGroup");
    CERTIFICATE_NOT_FOUND: "CertificateNotFound", 404, "Certificate not found: {}", api!("ModifyDBInstance");
    OPTION_GROUP_NOT_FOUND: "OptionGroupNotFoundFault", 404, "Specified OptionGroupName: {} not found.", api!("CreateDBInstance");
    RESOURCE_NOT_FOUND: "InvalidParameterValue", 400, "The specified resource name does not match an RDS resource in this region: {}", api!("ListTagsForResource");
    INSTANCE_QUOTA: "InstanceQuotaExceeded", 400, "DB Instance quota exceeded", guide!("CHAP_Limits");

    // What each value may be.
    NOT_GIVEN: "MissingParameter", 400, "The request must contain the parameter {}", "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html";
    BLANK: "InvalidParameterValue", 400, "The parameter {} must be provided and must not be blank.", api!("CreateDBInstance");
    MALFORMED: "InvalidParameterValue", 400, "Invalid value {} for {}", "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html";
    IDENTIFIER: "InvalidParameterValue", 400, "The parameter {} is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens.", api!("CreateDBInstance");
    ENGINE: "InvalidParameterValue", 400, "Invalid DB engine: {}", api!("CreateDBInstance");
    ENGINE_VERSION: "InvalidParameterCombination", 400, "Cannot find version {} for {}", api!("CreateDBInstance");
    CLASS_UNKNOWN: "InvalidParameterValue", 400, "Invalid DB Instance class: {}", api!("CreateDBInstance");
    CLASS_NOT_OFFERED: "InvalidParameterCombination", 400, "RDS does not support creating a DB instance with the following combination: DBInstanceClass={}, Engine={}, EngineVersion={}, LicenseModel={}. For supported combinations of instance class and database engine version, see the documentation.", guide!("Concepts.DBInstanceClass.Support");
    STORAGE_SIZE: "InvalidParameterValue", 400, "Invalid storage size for engine name {} and storage type {}: {}", guide!("CHAP_Storage");
    STORAGE_TYPE: "InvalidParameterValue", 400, "Invalid storage type: {}", api!("CreateDBInstance");
    RETENTION: "InvalidParameterValue", 400, "Invalid backup retention period: {}. Must be between 0 and 35.", api!("CreateDBInstance");
    PORT: "InvalidParameterValue", 400, "The parameter Port must be between 1150 and 65535: {}", api!("CreateDBInstance");
    MASTER_USER: "InvalidParameterValue", 400, "The parameter MasterUsername must begin with a letter and contain only alphanumerics.", api!("CreateDBInstance");
    MASTER_USER_RESERVED: "InvalidParameterValue", 400, "MasterUsername {} cannot be used as it is a reserved word used by the engine", api!("CreateDBInstance");
    PASSWORD_SHORT: "InvalidParameterValue", 400, "The parameter MasterUserPassword is not a valid password because it is shorter than {} characters.", api!("CreateDBInstance");
    PASSWORD_LONG: "InvalidParameterValue", 400, "The parameter MasterUserPassword is not a valid password because it is longer than {} characters.", api!("CreateDBInstance");
    PASSWORD_CHARACTERS: "InvalidParameterValue", 400, "The parameter MasterUserPassword is not a valid password. Only printable ASCII characters besides '/', '@', '\"', ' ' may be used.", api!("CreateDBInstance");
    PASSWORD_MANAGED: "InvalidParameterCombination", 400, "You can't specify MasterUserPassword when ManageMasterUserPassword is enabled.", guide!("rds-secrets-manager");
    DATABASE_NAME: "InvalidParameterValue", 400, "DBName must begin with a letter and contain only alphanumeric characters.", api!("CreateDBInstance");
    DATABASE_NAME_RESERVED: "InvalidParameterValue", 400, "DBName {} cannot be used. It is a reserved word for this engine", api!("CreateDBInstance");
    BACKUP_WINDOW: "InvalidParameterValue", 400, "Invalid backup window: {}. Must be in the format hh24:mi-hh24:mi, and at least 30 minutes.", api!("CreateDBInstance");
    MAINTENANCE_WINDOW: "InvalidParameterValue", 400, "Invalid maintenance window: {}. Must be in the format ddd:hh24:mi-ddd:hh24:mi, and at least 30 minutes.", api!("CreateDBInstance");
    WINDOWS_OVERLAP: "InvalidParameterValue", 400, "The backup window and maintenance window must not overlap.", api!("ModifyDBInstance");
    MONITORING_INTERVAL: "InvalidParameterValue", 400, "Invalid value {} for monitoring interval. Valid values are: [0, 1, 5, 10, 15, 30, 60]", api!("CreateDBInstance");
    MONITORING_ROLE: "InvalidParameterCombination", 400, "A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0.", api!("CreateDBInstance");
    INSIGHTS_RETENTION: "InvalidParameterValue", 400, "Invalid Performance Insights retention period: {}. Valid values are 7, 731, and month * 31, where month is from 1 to 23.", api!("CreateDBInstance");
    TAG_RESERVED: "InvalidParameterValue", 400, "The tag key {} is reserved: keys that begin with aws: cannot be set.", guide!("USER_Tagging");
    TAG_QUOTA: "InvalidParameterValue", 400, "A resource can have at most 50 tags.", guide!("USER_Tagging");

    // Storage.
    IOPS_REQUIRED: "InvalidParameterCombination", 400, "The storage type {} requires iops to be specified.", api!("ModifyDBInstance");
    IOPS_NOT_TAKEN: "InvalidParameterCombination", 400, "The storage type {} does not take iops.", guide!("CHAP_Storage");
    GP3_TOO_SMALL: "InvalidParameterCombination", 400, "You can't specify IOPS or storage throughput for engine {} and a storage size less than {}.", guide!("CHAP_Storage");
    IOPS_VALUE: "InvalidParameterCombination", 400, "Invalid iops value for engine name {} and storage type {}: {}", guide!("CHAP_Storage");
    THROUGHPUT_VALUE: "InvalidParameterCombination", 400, "Invalid storage throughput value for engine name {} and storage type {}: {}", guide!("CHAP_Storage");
    THROUGHPUT_NOT_TAKEN: "InvalidParameterCombination", 400, "The storage type {} does not take storage throughput.", guide!("CHAP_Storage");
    SIZE_WITH_IOPS: "InvalidParameterCombination", 400, "You must specify both the storage size and iops when modifying the storage size or iops on a DB instance that has iops.", "https://github.com/hashicorp/terraform-provider-aws/issues/33512";
    STORAGE_SHRINKS: "InvalidParameterCombination", 400, "Requested storage size ({}) cannot be less than the current storage size ({})", guide!("USER_PIOPS.ModifyingExisting");
    STORAGE_COOLDOWN: "InvalidParameterCombination", 400, "You can't currently modify the storage of this DB instance because the previous storage change is being optimized.", guide!("USER_PIOPS.ModifyingExisting");
    CEILING_BELOW: "InvalidParameterCombination", 400, "Max storage size must be greater than storage size", guide!("USER_PIOPS.Autoscaling");
    CEILING_TOO_LOW: "InvalidParameterCombination", 400, "The maximum allocated storage must be increased by at least 10 percent.", guide!("USER_PIOPS.Autoscaling");

    // Changes.
    NOT_AVAILABLE: "InvalidDBInstanceState", 400, "Database instance is not in available state.", guide!("accessing-monitoring");
    STOPPED: "InvalidDBInstanceState", 400, "Instance {} is stopped. You can't modify a stopped DB instance.", guide!("USER_StopInstance");
    STORAGE_FULL: "InvalidDBInstanceState", 400, "Instance {} has run out of storage: only its storage can be modified.", guide!("CHAP_Troubleshooting");
    NO_MODIFICATIONS: "InvalidParameterCombination", 400, "No modifications were requested", api!("ModifyDBInstance");
    DOWNGRADE: "InvalidParameterCombination", 400, "Cannot upgrade {} from {} to {}", guide!("USER_UpgradeDBInstance.Upgrading");
    MAJOR_FLAG: "InvalidParameterCombination", 400, "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.", api!("ModifyDBInstance");
    CUSTOM_GROUP: "InvalidParameterCombination", 400, "The current DB instance parameter group {} is custom. You must explicitly specify a new DB parameter group, either default or custom, for the engine version upgrade.", guide!("USER_UpgradeDBInstance.PostgreSQL.MajorVersion");
    GROUP_FAMILY: "InvalidParameterCombination", 400, "The parameter group {} with DBParameterGroupFamily {} can't be used for this instance. Use a parameter group with DBParameterGroupFamily {}.", guide!("USER_WorkingWithParamGroups");
    AWS_BACKUP: "InvalidParameterValue", 400, "Your RDS instance {} is associated with an AWS Backup resource with id {}. You can leave {} blank, or set it to its current value.", "https://github.com/crossplane-contrib/provider-aws/issues/1356";
    LOGS: "InvalidParameterCombination", 400, "You cannot use the log types '{}' with engine version {} {}.", guide!("USER_LogAccess");

    // Deletion.
    BEING_DELETED: "InvalidDBInstanceState", 400, "Instance {} is already being deleted.", api!("DeleteDBInstance");
    PROTECTED: "InvalidParameterCombination", 400, "Cannot delete protected DB Instance, please disable deletion protection and try again.", guide!("USER_DeleteInstance");
    SNAPSHOT_UNDECIDED: "InvalidParameterCombination", 400, "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.", api!("DeleteDBInstance");
    SNAPSHOT_BOTH: "InvalidParameterCombination", 400, "FinalDBSnapshotIdentifier can not be specified when deleting with SkipFinalSnapshot", api!("DeleteDBInstance");
    SNAPSHOT_STATE: "InvalidDBInstanceState", 400, "Cannot create a snapshot because the database instance {} is not currently in the available state.", api!("DeleteDBInstance");
    KEY_INACCESSIBLE: "KMSKeyNotAccessibleFault", 400, "The KMS key of the DB instance {} is not accessible, so no snapshot can be made.", api!("DeleteDBInstance");

    // Restores.
    NO_BACKUPS: "PointInTimeRestoreNotEnabled", 400, "Point in time restore is not enabled for DB instance {}", api!("RestoreDBInstanceToPointInTime");
    SNAPSHOT_NOT_READY: "InvalidDBSnapshotState", 400, "The DB snapshot {} is not available: {}", api!("RestoreDBInstanceFromDBSnapshot");
    SNAPSHOT_NOT_MANUAL: "InvalidDBSnapshotState", 400, "The snapshot {} is not a manual snapshot and cannot be deleted", api!("DeleteDBSnapshot");
    RESTORE_TIME: "InvalidParameterValue", 400, "The specified instance cannot be restored to a time later than {} or before it was created", api!("RestoreDBInstanceToPointInTime");
    RESTORE_UNDECIDED: "InvalidParameterCombination", 400, "Either RestoreTime or UseLatestRestorableTime must be specified, and not both", api!("RestoreDBInstanceToPointInTime");

    // Start, stop, reboot.
    NOT_STOPPED: "InvalidDBInstanceState", 400, "Instance {} is not stopped.", guide!("USER_StartInstance");
    NOT_RUNNING: "InvalidDBInstanceState", 400, "Instance {} is not in available state.", guide!("USER_StopInstance");
    NO_FAILOVER: "InvalidParameterCombination", 400, "Cannot fail over the DB instance {}: it is not a Multi-AZ deployment", api!("RebootDBInstance");

    // Groups.
    GROUP_IN_USE: "InvalidDBParameterGroupState", 400, "One or more database instances are still members of this parameter group {}, so the group cannot be deleted", api!("DeleteDBParameterGroup");
    GROUP_DEFAULT: "InvalidDBParameterGroupState", 400, "The default parameter group {} cannot be changed or deleted", api!("DeleteDBParameterGroup");
    FAMILY: "InvalidParameterValue", 400, "ParameterGroupFamily {} is not a valid parameter group family", api!("CreateDBParameterGroup");
    PARAMETER_UNKNOWN: "InvalidParameterValue", 400, "Could not find parameter with name: {}", api!("ModifyDBParameterGroup");
    PARAMETER_FIXED: "InvalidParameterValue", 400, "The parameter {} cannot be modified.", api!("ModifyDBParameterGroup");
    PARAMETER_METHOD: "InvalidParameterCombination", 400, "cannot use immediate apply method for static parameter {}", api!("ModifyDBParameterGroup");
    PARAMETER_VALUE: "InvalidParameterValue", 400, "Value: {} is outside of range: {} for parameter: {}", api!("ModifyDBParameterGroup");
    PARAMETERS_AT_ONCE: "InvalidParameterValue", 400, "A maximum of 20 parameters can be modified in a single request.", api!("ModifyDBParameterGroup");
    SUBNET_GROUP_IN_USE: "InvalidDBSubnetGroupStateFault", 400, "Cannot delete the subnet group '{}' because at least one database instance: {} is still using it.", api!("DeleteDBSubnetGroup");
    SUBNETS_COVER: "DBSubnetGroupDoesNotCoverEnoughAZs", 400, "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: {}. Add subnets to cover at least 2 AZs.", api!("CreateDBSubnetGroup");
    SUBNET_UNKNOWN: "InvalidSubnet", 400, "The requested subnet {} is invalid.", api!("CreateDBSubnetGroup");
    SUBNET_IN_USE: "SubnetAlreadyInUse", 400, "Some of the subnets to be deleted are currently in use: {}", api!("ModifyDBSubnetGroup");

    // Lists.
    PAGE_SIZE: "InvalidParameterValue", 400, "Invalid value {} for MaxRecords. Must be between 20 and 100", api!("DescribeDBInstances");
    FILTER: "InvalidParameterValue", 400, "Unrecognized filter name: {}", api!("DescribeDBInstances");
}
