//! `DescribeDBInstances`, and how an instance is told by every operation.

use jiff::{SignedDuration, Timestamp};

use super::instance::Instance;
use super::page::{self, Filters};
use super::value::Value;
use super::{Rds, rules};
use crate::{Call, Node, Refusal, Structure};

const FILTERS: [&str; 5] = ["db-cluster-id", "db-instance-id", "dbi-resource-id", "domain", "engine"];

/// One instance by its name, or a page of all.
pub(crate) fn answer(rds: &mut Rds, call: &Call<'_>) -> Result<Structure, Refusal> {
    let form = call.form();
    if let Some(name) = form.get("DBInstanceIdentifier").filter(|name| !name.is_empty()) {
        rds.instance(name)?;
        let key = name.rsplit(':').next().unwrap_or(name).to_ascii_lowercase();
        let one = node(rds, &rds.instances[&key], call);
        return Ok(page::answer("DBInstances", "DBInstance", [one], None));
    }
    let filters = Filters::read(form, &FILTERS)?;
    let fits = |instance: &Instance| {
        filters.fit(|name| match name {
            "db-instance-id" => vec![instance.name.as_str(), instance.arn.as_str()],
            "dbi-resource-id" => vec![instance.resource_id.as_str()],
            "engine" => vec![instance.engine.as_str()],
            _ => Vec::new(),
        })
    };
    let (found, marker) = page::of(&rds.instances, form, fits)?;
    let told = found.into_iter().map(|instance| node(rds, instance, call));
    Ok(page::answer("DBInstances", "DBInstance", told, marker))
}

/// A whole `DBInstance`.
pub(crate) fn node(rds: &Rds, instance: &Instance, call: &Call<'_>) -> Structure {
    let set = &instance.settings;
    let told = Structure::new()
        .with("DBInstanceIdentifier", instance.name.as_str())
        .with("DBInstanceClass", set.class.as_str())
        .with("Engine", instance.engine.as_str())
        .with("DBInstanceStatus", instance.status.as_str())
        .with_some("AutomaticRestartTime", instance.restart)
        .with("MasterUsername", instance.master_username.as_str())
        .with_some("DBName", instance.db_name.as_deref())
        .with_some("Endpoint", endpoint(instance))
        .with("AllocatedStorage", set.allocated_storage)
        .with_some("InstanceCreateTime", instance.created)
        .with("PreferredBackupWindow", set.backup_window.as_str())
        .with("BackupRetentionPeriod", set.backup_retention_period)
        .with("DBSecurityGroups", Node::List("DBSecurityGroup", Vec::new()))
        .with("VpcSecurityGroups", security_groups(&set.security_groups))
        .with("DBParameterGroups", parameter_groups(instance))
        .with_some("AvailabilityZone", instance.created.map(|_| instance.zone.as_str()))
        .with("DBSubnetGroup", rds.subnet_group_of(instance))
        .with("PreferredMaintenanceWindow", set.maintenance_window.as_str());
    let told = told
        .with("PendingModifiedValues", instance.pending.node())
        .with_some("LatestRestorableTime", restorable(instance, call.now))
        .with("MultiAZ", set.multi_az)
        .with("EngineVersion", set.version.as_str())
        .with("AutoMinorVersionUpgrade", set.auto_minor_version_upgrade)
        .with("ReadReplicaDBInstanceIdentifiers", Node::List("ReadReplicaDBInstanceIdentifier", Vec::new()))
        .with_some("ReadReplicaSourceDBInstanceIdentifier", instance.replica_of.as_deref())
        .with("LicenseModel", set.license.as_str())
        .with_some("Iops", set.iops)
        .with_some("StorageThroughput", set.throughput)
        .with("OptionGroupMemberships", option_groups(&set.option_group))
        .with("PubliclyAccessible", set.public)
        .with("StorageType", set.storage_type.as_str())
        .with("DbInstancePort", 0_u32)
        .with("StorageEncrypted", instance.storage_encrypted)
        .with_some("KmsKeyId", instance.kms_key.as_deref())
        .with("DbiResourceId", instance.resource_id.as_str())
        .with("CACertificateIdentifier", set.ca_certificate.as_str())
        .with("DomainMemberships", Node::List("DomainMembership", Vec::new()))
        .with("CopyTagsToSnapshot", set.copy_tags_to_snapshot)
        .with("MonitoringInterval", set.monitoring_interval)
        .with_some("MonitoringRoleArn", set.monitoring_role.as_deref());
    told.with("DBInstanceArn", instance.arn.as_str())
        .with("IAMDatabaseAuthenticationEnabled", set.iam_authentication)
        .with("DatabaseInsightsMode", set.database_insights_mode.as_str())
        .with("PerformanceInsightsEnabled", set.insights)
        .with_some("PerformanceInsightsKMSKeyId", set.insights_key.as_deref())
        .with_some("PerformanceInsightsRetentionPeriod", set.insights_retention)
        .with_some("EnabledCloudwatchLogsExports", set.logs.node())
        .with("DeletionProtection", set.deletion_protection)
        .with("AssociatedRoles", Node::List("DBInstanceRole", Vec::new()))
        .with_some("MaxAllocatedStorage", set.ceiling)
        .with_some("TagList", call.knobs.tag_list.then(|| instance.tag_list()))
        .with("CustomerOwnedIpEnabled", set.customer_owned_ip)
        .with("BackupTarget", "region")
        .with("NetworkType", set.network_type.as_str())
        .with_some("AwsBackupRecoveryPointArn", instance.aws_backup.as_deref())
        .with("ActivityStreamStatus", "stopped")
        .with("DedicatedLogVolume", set.dedicated_log_volume)
        .with_some(
            "MasterUserSecret",
            instance.master_secret.as_deref().map(|arn| master_secret(arn, instance)),
        )
        .with("EngineLifecycleSupport", "open-source-rds-extended-support")
}

/// There is no endpoint before the instance is.
fn endpoint(instance: &Instance) -> Option<Structure> {
    instance.created?;
    let told = Structure::new().with("Address", instance.host.as_str()).with("Port", instance.settings.port);
    Some(told.with("HostedZoneId", "Z1RLNUO7B9Q6NB"))
}

fn security_groups(ids: &[String]) -> Node {
    let one = |id: &String| Structure::new().with("VpcSecurityGroupId", id.as_str()).with("Status", "active");
    Node::list("VpcSecurityGroupMembership", ids.iter().map(one))
}

fn parameter_groups(instance: &Instance) -> Node {
    let one = Structure::new()
        .with("DBParameterGroupName", instance.settings.parameter_group.as_str())
        .with("ParameterApplyStatus", instance.parameters.word());
    Node::list("DBParameterGroup", [one])
}

fn option_groups(name: &str) -> Node {
    let one = Structure::new().with("OptionGroupName", name).with("Status", "in-sync");
    Node::list("OptionGroupMembership", [one])
}

fn master_secret(arn: &str, instance: &Instance) -> Structure {
    let status = if instance.created.is_some() { "active" } else { "creating" };
    Structure::new().with("SecretArn", arn).with("SecretStatus", status)
}

/// The latest moment that an instance can be restored to: the logs are saved every five minutes.
pub(crate) fn restorable(instance: &Instance, now: Timestamp) -> Option<Timestamp> {
    let backup = instance.last_backup.filter(|_| instance.settings.backup_retention_period > 0)?;
    let since = now.duration_since(backup).as_secs().max(0);
    Some(backup + SignedDuration::from_secs(since - since % LOGS_SECONDS))
}

/// How often the logs that a restore needs are saved.
const LOGS_SECONDS: i64 = 300;

/// An instance that is there, as told by the operation that changed it.
pub(crate) fn one(rds: &Rds, name: &str, call: &Call<'_>) -> Result<Structure, Refusal> {
    let found = rds.instances.get(name).ok_or_else(|| rules::DB_INSTANCE_NOT_FOUND.refuse(&[name]))?;
    Ok(Structure::new().with("DBInstance", node(rds, found, call)))
}
