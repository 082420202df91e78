"""AWS's names for what moto calls otherwise: the side path speaks as AWS's API does, whoever plays AWS."""

# Members of `DBInstance` as DescribeDBInstances answers with them; the three groups that are lists of structures there
# go by the name of the request, as plain values.
INSTANCE = {
    "AllocatedStorage": "allocated_storage",
    "AutoMinorVersionUpgrade": "auto_minor_version_upgrade",
    "BackupRetentionPeriod": "backup_retention_period",
    "CACertificateIdentifier": "ca_certificate_identifier",
    "CopyTagsToSnapshot": "copy_tags_to_snapshot",
    "DBInstanceClass": "db_instance_class",
    "DBInstanceIdentifier": "db_instance_identifier",
    "DBInstanceStatus": "status",
    "DBName": "db_name",
    "DBParameterGroupName": "db_parameter_group_name",
    "DBSubnetGroupName": "_db_subnet_group_name",
    "DbInstancePort": "port",
    "DbiResourceId": "dbi_resource_id",
    "DeletionProtection": "deletion_protection",
    "EnabledCloudwatchLogsExports": "enabled_cloudwatch_logs_exports",
    "Endpoint": "endpoint",
    "Engine": "engine",
    "EngineVersion": "engine_version",
    "IAMDatabaseAuthenticationEnabled": "iam_database_authentication_enabled",
    "Iops": "iops",
    "KmsKeyId": "kms_key_id",
    "LicenseModel": "license_model",
    "MasterUsername": "master_username",
    "MaxAllocatedStorage": "max_allocated_storage",
    "MonitoringInterval": "monitoring_interval",
    "MultiAZ": "multi_az",
    "NetworkType": "network_type",
    "PerformanceInsightsEnabled": "performance_insights_enabled",
    "PerformanceInsightsRetentionPeriod": "performance_insights_retention_period",
    "PreferredBackupWindow": "preferred_backup_window",
    "PreferredMaintenanceWindow": "preferred_maintenance_window",
    "PubliclyAccessible": "publicly_accessible",
    "StorageEncrypted": "storage_encrypted",
    "StorageThroughput": "storage_throughput",
    "StorageType": "storage_type",
    "VpcSecurityGroupIds": "vpc_security_group_ids",
}
# What can be changed behind the API and is no plain member of the answer.
UNSEEN = {"MasterUserPassword": "master_user_password", "TagList": "tags"}
SECRET = {"Description": "description", "KmsKeyId": "kms_key_id", "Name": "name"}


def of_instance(name: str) -> str:
    """Moto's attribute for a member of an instance; KeyError for what AWS has not, so that a typo is seen."""
    return (INSTANCE | UNSEEN)[name]


def of_secret(name: str) -> str:
    """The same of a secret."""
    return SECRET[name]
