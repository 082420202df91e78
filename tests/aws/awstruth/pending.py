"""Which changes wait for the maintenance window, and how they are shown while they wait.

The classes follow AWS's documentation of ModifyDBInstance: a deferred field stays in PendingModifiedValues until the
window or until a call with ApplyImmediately; every other field is applied at once whatever the flag says.
"""

# Request field to its member of PendingModifiedValues.
DEFERRED = {
    "allocated_storage": "AllocatedStorage",
    "ca_certificate_identifier": "CACertificateIdentifier",
    "db_instance_class": "DBInstanceClass",
    "db_subnet_group_name": "DBSubnetGroupName",
    "dedicated_log_volume": "DedicatedLogVolume",
    "enable_iam_database_authentication": "IAMDatabaseAuthenticationEnabled",
    "engine_version": "EngineVersion",
    "iops": "Iops",
    "license_model": "LicenseModel",
    "multi_az": "MultiAZ",
    "storage_throughput": "StorageThroughput",
    "storage_type": "StorageType",
}
# Applied as soon as possible, shown as pending until done.
ASYNCHRONOUS = {"master_user_password": "MasterUserPassword", "backup_retention_period": "BackupRetentionPeriod"}
# Options of the call itself; they are no state.
OPERATION = {
    "allow_major_version_upgrade",
    "apply_immediately",
    "certificate_rotation_restart",
    "db_instance_identifier",
    "rotate_master_user_password",
}


def is_deferred(instance, field: str, value) -> bool:
    """Switching backups on or off is an outage and waits; changing the number of days is not and does not."""
    if field == "backup_retention_period":
        return bool(value) != bool(instance.backup_retention_period)
    return field in DEFERRED


def shown(pending: dict) -> dict:
    """PendingModifiedValues for an answer; the password is never in it."""
    names = DEFERRED | ASYNCHRONOUS
    return {names[field]: "****" if field == "master_user_password" else value for field, value in pending.items()}
