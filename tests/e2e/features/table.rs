//! Every field of a database that can be switched, what belongs to it, and nothing else.

use serde_json::{Value, json};

use super::feature::{Feature, Field};

const STANDARD_KEYS: &str = "dbInstanceIdentifier dbname engine host password port username";
const ENVIRONMENT_KEYS: &str = "POSTGRES_DB POSTGRES_HOST POSTGRES_PASSWORD POSTGRES_PORT POSTGRES_USER";
const BOTH_KEYS: &str = "POSTGRES_DB POSTGRES_HOST POSTGRES_PASSWORD POSTGRES_PORT POSTGRES_USER \
                         dbInstanceIdentifier dbname engine host password port username";

/// Features that one database takes, one after the other. Each begins off and is left on, for the ones after it.
pub(crate) struct Group {
    /// What the spec says besides.
    pub(crate) besides: Value,
    /// The features, in their order.
    pub(crate) features: Vec<Feature>,
}

/// The fields of a spec, in groups that take about the same time.
pub(crate) fn of_spec() -> Vec<Group> {
    let group = |besides: Value, features: Vec<Feature>| Group { besides, features };
    vec![
        group(json!({}), protection_and_backups()),
        group(json!({}), compute()),
        group(json!({}), records_and_network()),
        group(json!({}), windows_and_upgrades()),
        group(json!({"parameters": {"maintenance_work_mem": "65536"}}), parameters()),
        group(json!({}), credentials()),
        group(json!({"storage": {"size": "400Gi", "maxSize": "800Gi"}}), storage_and_keys()),
    ]
}

fn protection_and_backups() -> Vec<Feature> {
    vec![
        Feature::switch("deletion.protection", "DeletionProtection", "ModifyDBInstance(DeletionProtection)")
            .brings("Usage/orders-db-protection"),
        Feature::of_instance("deletion.policy", [json!("Orphan"), json!("Snapshot")])
            .changes("managed Secret/orders-db"),
        Feature::of_instance("backup.copyTagsToSnapshot", [json!(false), json!(true)])
            .rds("CopyTagsToSnapshot", [json!(false), json!(true)])
            .calls("ModifyDBInstance(CopyTagsToSnapshot)"),
        Feature::of_instance("backup.retentionDays", [json!(14), json!(7)])
            .rds("BackupRetentionPeriod", [json!(14), json!(7)])
            .calls("ModifyDBInstance(BackupRetentionPeriod)"),
        Feature::of_instance("backup.enabled", [json!(false), json!(true)])
            .rds("BackupRetentionPeriod", [json!(0), json!(14)])
            .calls("ModifyDBInstance(BackupRetentionPeriod)"),
    ]
}

fn compute() -> Vec<Feature> {
    vec![
        Feature::switch("highAvailability", "MultiAZ", "ModifyDBInstance(MultiAZ)"),
        Feature::of_instance("size", [json!("medium"), json!("small")])
            .rds("DBInstanceClass", [json!("db.m7g.large"), json!("db.t4g.small")])
            .calls("ModifyDBInstance(DBInstanceClass)"),
        Feature::of_instance("instanceClass", [json!("db.r7g.large"), Value::Null])
            .rds("DBInstanceClass", [json!("db.r7g.large"), json!("db.m7g.large")])
            .calls("ModifyDBInstance(DBInstanceClass)"),
        Feature::of_instance("storage.maxSize", [json!("200Gi"), json!("100Gi")])
            .rds("MaxAllocatedStorage", [json!(200), json!(100)])
            .calls("ModifyDBInstance(MaxAllocatedStorage)"),
        Feature::of_instance("databaseName", [json!("other"), json!("app")])
            .changes("managed Secret/orders-db")
            .refused(".spec.databaseName"),
    ]
}

fn records_and_network() -> Vec<Feature> {
    vec![
        Feature::of_instance("insights.enabled", [json!(false), json!(true)])
            .rds("PerformanceInsightsEnabled", [json!(false), json!(true)])
            .rds("PerformanceInsightsRetentionPeriod", [Value::Null, json!(7)])
            .calls("ModifyDBInstance(EnablePerformanceInsights)"),
        Feature::of_instance("insights.exportLogs", [json!(false), json!(true)])
            .rds("EnabledCloudwatchLogsExports", [Value::Null, json!(["postgresql", "upgrade"])])
            .calls("ModifyDBInstance(CloudwatchLogsExportConfiguration)"),
        Feature::switch(
            "network.publiclyAccessible",
            "PubliclyAccessible",
            "ModifyDBInstance(PubliclyAccessible)",
        ),
        Feature::of_instance("network.securityGroupIds", [json!(["sg-0a", "sg-0b"]), json!(["sg-0c"])])
            .rds("VpcSecurityGroupIds", [json!(["sg-0a", "sg-0b"]), json!(["sg-0c"])])
            .calls("ModifyDBInstance(VpcSecurityGroupIds)"),
        Feature::of_instance("network.subnetGroup", [json!("elsewhere"), json!("private")])
            .refused(".spec.network.subnetGroup"),
    ]
}

fn windows_and_upgrades() -> Vec<Feature> {
    vec![
        Feature::of_instance("backup.window", [json!("01:00-02:00"), json!("03:00-04:00")])
            .rds("PreferredBackupWindow", [json!("01:00-02:00"), json!("03:00-04:00")])
            .calls("ModifyDBInstance(PreferredBackupWindow)"),
        Feature::of_instance(
            "maintenance.window",
            [json!("sun:05:00-sun:06:00"), json!("mon:05:00-mon:06:00")],
        )
        .rds("PreferredMaintenanceWindow", [json!("sun:05:00-sun:06:00"), json!("mon:05:00-mon:06:00")])
        .calls("ModifyDBInstance(PreferredMaintenanceWindow)"),
        Feature::of_instance("upgrade.autoMinor", [json!(false), json!(true)])
            .rds("AutoMinorVersionUpgrade", [json!(false), json!(true)])
            .calls("ModifyDBInstance(AutoMinorVersionUpgrade)"),
        Feature::of_instance("upgrade.allowMajor", [json!(true), json!(false)])
            .not_yet(".spec.upgrade.preSnapshot"),
        Feature::of_instance("upgrade.preSnapshot", [json!(false), json!(true)])
            .takes("problem NotYetSupported .spec.upgrade.preSnapshot"),
    ]
}

/// Of a database that has a parameter group already: with the first parameter it gets one, and keeps it.
fn parameters() -> Vec<Feature> {
    const CALLS: [&str; 2] = [
        "ModifyDBParameterGroup(DBParameterGroupName, Parameters)",
        "ResetDBParameterGroup(DBParameterGroupName, Parameters, ResetAllParameters)",
    ];
    let of_group =
        |feature: Feature| feature.changes("ParameterGroup/orders-db-postgres16").calls_of_each(CALLS);
    vec![
        of_group(Feature::of(Field::Spec("parameters.work_mem"), [json!("8192"), Value::Null])),
        of_group(Feature::of(Field::Spec("encryption.requireTLS"), [json!(false), json!(true)])),
    ]
}

fn storage_and_keys() -> Vec<Feature> {
    vec![
        Feature::of_instance("storage.iops", [json!(14_000), json!(13_000)])
            .rds("Iops", [json!(14_000), json!(13_000)])
            .calls("ModifyDBInstance(AllocatedStorage, Iops)"),
        Feature::of_instance("storage.type", [json!("io2"), json!("gp3")])
            .rds("StorageType", [json!("io2"), json!("gp3")])
            // Only gp3 has one.
            .rds("StorageThroughput", [Value::Null, json!(500)])
            .calls("ModifyDBInstance(AllocatedStorage, Iops, StorageType)"),
        Feature::of(Field::Spec("credentials.keys"), [json!("Standard"), json!("Both")])
            .rewrites([STANDARD_KEYS, BOTH_KEYS]),
        Feature::of_instance("credentials.keys", [json!("PostgresEnv"), json!("Standard")])
            .rewrites([ENVIRONMENT_KEYS, STANDARD_KEYS]),
    ]
}

fn credentials() -> Vec<Feature> {
    vec![
        Feature::of(Field::Spec("credentials.rotationIntervalDays"), [json!(30), json!(0)])
            .changes("managed Secret/orders-db")
            .not_yet(".spec.credentials.rotationIntervalDays"),
        Feature::of(
            Field::Annotation("goldenpath.io/rotate-credentials-requested-at"),
            [json!("2026-01-01T00:00:00Z"), Value::Null],
        )
        .not_yet(".metadata.annotations[goldenpath.io/rotate-credentials-requested-at]"),
        Feature::of(Field::Spec("allowedNamespaces"), [json!(["shipping"]), Value::Null]),
        Feature::of_instance("maintenance.applyImmediately", [json!(false), json!(true)]),
        Feature::of(Field::Spec("secretRef"), [json!({"name": "orders-credentials"}), Value::Null])
            .changes("ExternalSecret/orders-db")
            .brings("Secret/orders-credentials")
            .takes("Secret/orders-db"),
    ]
}

/// What the platform's network says, for a database that the namespace's pods are to reach.
pub(crate) fn of_network() -> Vec<Feature> {
    vec![
        Feature::of(Field::Platform("network.databaseCidrs"), [json!(["10.0.128.0/17"]), Value::Null]),
        // Where pods reach everything, a policy would close more than it opens.
        Feature::of(Field::Platform("network.defaultDeny"), [json!(true), json!(false)])
            .brings("NetworkPolicy/orders-db-clients"),
        Feature::of(
            Field::Platform("database.network.securityGroupIds"),
            [json!(["sg-0a"]), json!(["sg-0b"])],
        )
        .changes("Instance/orders-db")
        .rds("VpcSecurityGroupIds", [json!(["sg-0a"]), json!(["sg-0b"])])
        .calls("ModifyDBInstance(VpcSecurityGroupIds)"),
        // Only Amazon EKS has the kind.
        Feature::of(Field::Platform("network.clientSecurityGroupIds"), [json!(["sg-0d"]), Value::Null])
            .brings("problem ClusterSecurityGroupMissing Platform.network.clusterSecurityGroupId"),
        Feature::of(Field::Platform("network.clusterSecurityGroupId"), [json!("sg-0c"), Value::Null])
            .takes("problem ClusterSecurityGroupMissing Platform.network.clusterSecurityGroupId")
            .brings("problem OperatorMissing Platform.network.clientSecurityGroupIds")
            .tells("Ready", ["False", "True"]),
    ]
}
