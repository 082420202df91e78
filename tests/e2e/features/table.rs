//! Every field of a database that can be switched, what belongs to it, and nothing else.

use serde_json::{Value, json};

use super::picture::Differences;

const STANDARD_KEYS: &str = "dbInstanceIdentifier dbname engine host password port username";
const ENVIRONMENT_KEYS: &str = "POSTGRES_DB POSTGRES_HOST POSTGRES_PASSWORD POSTGRES_PORT POSTGRES_USER";
const BOTH_KEYS: &str = "POSTGRES_DB POSTGRES_HOST POSTGRES_PASSWORD POSTGRES_PORT POSTGRES_USER \
                         dbInstanceIdentifier dbname engine host password port username";

/// A field of the XR, or of the platform, with two values and what differs between them.
#[derive(Clone, Debug)]
pub(crate) struct Feature {
    /// Where it is: `backup.enabled` below `.spec`, an annotation, or a key of the `Platform`.
    pub(crate) field: Field,
    /// On, and off: null takes a field away.
    pub(crate) values: [Value; 2],
    effects: Vec<Effect>,
}

/// What is switched.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Field {
    /// Below `.spec`, with dots.
    Spec(&'static str),
    /// An annotation of the XR.
    Annotation(&'static str),
    /// Below `network` of the platform's input.
    Network(&'static str),
}

/// Which way a feature is turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    On,
    Off,
}

#[derive(Clone, Debug)]
enum Effect {
    /// Is there while the feature is on.
    Brings(String),
    /// Is there while the feature is off.
    Takes(String),
    /// An object whose spec differs.
    Changes(&'static str),
    /// A field of the DB instance in AWS, with its two values.
    Rds(&'static str, [Value; 2]),
    /// The keys of the secret's value in AWS, both times.
    Keys([&'static str; 2]),
    /// A condition of the XR, with its two values.
    Tells(&'static str, [&'static str; 2]),
    /// What is asked of AWS, each time.
    Calls(&'static str),
}

// === impl Feature ===

impl Feature {
    /// A field below `.spec` that ends in the managed `Instance`.
    fn of_instance(field: &'static str, values: [Value; 2]) -> Self {
        Self::of(Field::Spec(field), values).changes("Instance/orders-db")
    }

    fn of(field: Field, values: [Value; 2]) -> Self {
        Self { field, values, effects: Vec::new() }
    }

    /// A switch that is one field of the DB instance, and one parameter of `ModifyDBInstance`.
    fn switch(field: &'static str, rds: &'static str, call: &'static str) -> Self {
        let values = [json!(true), json!(false)];
        Self::of_instance(field, values.clone()).rds(rds, values).calls(call)
    }

    fn with(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }

    fn changes(self, object: &'static str) -> Self {
        self.with(Effect::Changes(object))
    }

    fn brings(self, what: &str) -> Self {
        self.with(Effect::Brings(what.to_owned()))
    }

    fn takes(self, what: &str) -> Self {
        self.with(Effect::Takes(what.to_owned()))
    }

    fn rds(self, field: &'static str, values: [Value; 2]) -> Self {
        self.with(Effect::Rds(field, values))
    }

    fn calls(self, call: &'static str) -> Self {
        self.with(Effect::Calls(call))
    }

    /// The secret's value is written anew, with other keys, and so is the delivered Secret.
    fn rewrites(self, keys: [&'static str; 2]) -> Self {
        let written = self.with(Effect::Keys(keys)).calls("PutSecretValue(SecretString)");
        written.changes("managed Secret/orders-db").changes("Secret/orders-db")
    }

    /// A condition of the XR, with its two values.
    fn tells(self, condition: &'static str, values: [&'static str; 2]) -> Self {
        self.with(Effect::Tells(condition, values))
    }

    /// Has no effect in AWS yet, and says so on the field that asks for it.
    fn not_yet(self, field: &str) -> Self {
        self.brings(&format!("problem NotYetSupported {field}"))
    }

    /// Cannot be changed any more, and says so on the field while somebody tries; what runs goes on running.
    fn refused(self, field: &str) -> Self {
        self.brings(&format!("problem ReplacementRefused {field}"))
            .tells("Accepted", ["False", "True"])
            .tells("Ready", ["False", "True"])
    }

    /// How everything differs once the feature is turned.
    pub(crate) fn differences(&self, turn: Turn) -> Differences {
        let on = turn == Turn::On;
        let told = |effect: &Effect| match effect {
            Effect::Brings(what) => Some(format!("{}{what}", if on { '+' } else { '-' })),
            Effect::Takes(what) => Some(format!("{}{what}", if on { '-' } else { '+' })),
            Effect::Changes(object) => Some(format!("~{object}")),
            Effect::Rds(field, [when_on, when_off]) => {
                let value = if on { when_on } else { when_off };
                let value = if value.is_null() { "-".to_owned() } else { value.to_string() };
                Some(format!("rds.{field}: {value}"))
            }
            Effect::Tells(condition, [when_on, when_off]) => {
                Some(format!("{condition}: {}", if on { when_on } else { when_off }))
            }
            Effect::Keys([when_on, when_off]) => {
                Some(format!("secret.keys: {}", if on { when_on } else { when_off }))
            }
            Effect::Calls(_) => None,
        };
        self.effects.iter().filter_map(told).collect()
    }

    /// What is asked of AWS for a turn.
    pub(crate) fn asked(&self) -> Vec<String> {
        let call = |effect: &Effect| match effect {
            Effect::Calls(call) => Some((*call).to_owned()),
            _ => None,
        };
        self.effects.iter().filter_map(call).collect()
    }

    /// The value for a turn.
    pub(crate) fn value(&self, turn: Turn) -> &Value {
        let [on, off] = &self.values;
        if turn == Turn::On { on } else { off }
    }
}

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
        group(json!({}), credentials()),
        group(json!({"storage": {"size": "400Gi", "maxSize": "800Gi"}}), storage_and_keys()),
    ]
}

fn protection_and_backups() -> Vec<Feature> {
    vec![
        Feature::switch("deletion.protection", "deletion_protection", "ModifyDBInstance(DeletionProtection)")
            .brings("Usage/orders-db-protection"),
        Feature::of_instance("deletion.policy", [json!("Orphan"), json!("Snapshot")])
            .changes("managed Secret/orders-db"),
        Feature::of_instance("backup.copyTagsToSnapshot", [json!(false), json!(true)])
            .rds("copy_tags_to_snapshot", [json!(false), json!(true)])
            .calls("ModifyDBInstance(CopyTagsToSnapshot)"),
        Feature::of_instance("backup.retentionDays", [json!(14), json!(7)])
            .rds("backup_retention_period", [json!(14), json!(7)])
            .calls("ModifyDBInstance(BackupRetentionPeriod)"),
        Feature::of_instance("backup.enabled", [json!(false), json!(true)])
            .rds("backup_retention_period", [json!(0), json!(14)])
            .calls("ModifyDBInstance(BackupRetentionPeriod)"),
    ]
}

fn compute() -> Vec<Feature> {
    vec![
        Feature::switch("highAvailability", "multi_az", "ModifyDBInstance(MultiAZ)"),
        Feature::of_instance("size", [json!("medium"), json!("small")])
            .rds("db_instance_class", [json!("db.m7g.large"), json!("db.t4g.small")])
            .calls("ModifyDBInstance(DBInstanceClass)"),
        Feature::of_instance("instanceClass", [json!("db.r7g.large"), Value::Null])
            .rds("db_instance_class", [json!("db.r7g.large"), json!("db.m7g.large")])
            .calls("ModifyDBInstance(DBInstanceClass)"),
        Feature::of_instance("storage.maxSize", [json!("200Gi"), json!("100Gi")])
            .rds("max_allocated_storage", [json!(200), json!(100)])
            .calls("ModifyDBInstance(MaxAllocatedStorage)"),
        Feature::of_instance("databaseName", [json!("other"), json!("app")])
            .changes("managed Secret/orders-db")
            .refused(".spec.databaseName"),
    ]
}

fn records_and_network() -> Vec<Feature> {
    vec![
        Feature::of_instance("insights.enabled", [json!(false), json!(true)])
            .rds("performance_insights_enabled", [json!(false), json!(true)])
            .rds("performance_insights_retention_period", [Value::Null, json!(7)])
            .calls("ModifyDBInstance(EnablePerformanceInsights)"),
        Feature::of_instance("insights.exportLogs", [json!(false), json!(true)])
            .rds("enabled_cloudwatch_logs_exports", [Value::Null, json!(["postgresql", "upgrade"])])
            .calls("ModifyDBInstance(CloudwatchLogsExportConfiguration)"),
        Feature::switch(
            "network.publiclyAccessible",
            "publicly_accessible",
            "ModifyDBInstance(PubliclyAccessible)",
        ),
        Feature::of_instance("network.securityGroupIds", [json!(["sg-0a", "sg-0b"]), json!(["sg-0c"])])
            .rds("vpc_security_group_ids", [json!(["sg-0a", "sg-0b"]), json!(["sg-0c"])])
            .calls("ModifyDBInstance(VpcSecurityGroupIds)"),
        Feature::of_instance("network.subnetGroup", [json!("elsewhere"), json!("private")])
            .refused(".spec.network.subnetGroup"),
    ]
}

fn windows_and_upgrades() -> Vec<Feature> {
    vec![
        Feature::of_instance("backup.window", [json!("01:00-02:00"), json!("03:00-04:00")])
            .rds("preferred_backup_window", [json!("01:00-02:00"), json!("03:00-04:00")])
            .calls("ModifyDBInstance(PreferredBackupWindow)"),
        Feature::of_instance(
            "maintenance.window",
            [json!("sun:05:00-sun:06:00"), json!("mon:05:00-mon:06:00")],
        )
        .rds("preferred_maintenance_window", [json!("sun:05:00-sun:06:00"), json!("mon:05:00-mon:06:00")])
        .calls("ModifyDBInstance(PreferredMaintenanceWindow)"),
        Feature::of_instance("upgrade.autoMinor", [json!(false), json!(true)])
            .rds("auto_minor_version_upgrade", [json!(false), json!(true)])
            .calls("ModifyDBInstance(AutoMinorVersionUpgrade)"),
        Feature::of_instance("encryption.requireTLS", [json!(false), json!(true)])
            .not_yet(".spec.encryption.requireTLS"),
        Feature::of_instance("upgrade.allowMajor", [json!(true), json!(false)])
            .not_yet(".spec.upgrade.preSnapshot"),
        Feature::of_instance("upgrade.preSnapshot", [json!(false), json!(true)])
            .takes("problem NotYetSupported .spec.upgrade.preSnapshot"),
    ]
}

fn storage_and_keys() -> Vec<Feature> {
    vec![
        Feature::of_instance("storage.iops", [json!(14_000), json!(13_000)])
            .rds("iops", [json!(14_000), json!(13_000)])
            .calls("ModifyDBInstance(AllocatedStorage, Iops)"),
        Feature::of_instance("storage.type", [json!("io2"), json!("gp3")])
            .rds("storage_type", [json!("io2"), json!("gp3")])
            .calls("ModifyDBInstance(StorageType)"),
        Feature::of(Field::Spec("credentials.keys"), [json!("Standard"), json!("Both")])
            .rewrites([STANDARD_KEYS, BOTH_KEYS]),
        Feature::of_instance("credentials.keys", [json!("PostgresEnv"), json!("Standard")])
            .rewrites([ENVIRONMENT_KEYS, STANDARD_KEYS]),
    ]
}

fn credentials() -> Vec<Feature> {
    vec![
        Feature::of_instance("parameters", [json!({"max_connections": "100"}), Value::Null])
            .not_yet(".spec.parameters"),
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
        Feature::of(Field::Network("databaseCidrs"), [json!(["10.0.128.0/17"]), Value::Null])
            .brings("NetworkPolicy/orders-db-clients"),
        Feature::of(Field::Network("securityGroupIds"), [json!(["sg-0a"]), json!(["sg-0b"])])
            .changes("Instance/orders-db")
            .rds("vpc_security_group_ids", [json!(["sg-0a"]), json!(["sg-0b"])])
            .calls("ModifyDBInstance(VpcSecurityGroupIds)"),
        // Only Amazon EKS has the kind.
        Feature::of(Field::Network("clientSecurityGroupIds"), [json!(["sg-0d"]), Value::Null])
            .brings("problem OperatorMissing Platform.network.clientSecurityGroupIds")
            .tells("Ready", ["False", "True"]),
    ]
}
