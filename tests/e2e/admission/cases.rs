//! What the XRD's rules accept and reject, one row a rule.

mod update;

use serde_json::{Value, json};

/// One object for the API server to judge.
pub(crate) struct Case {
    /// The rule, as a sentence.
    pub(crate) name: &'static str,
    /// A merge patch on a minimal object; on update, the object to begin with.
    pub(crate) before: Value,
    /// A merge patch on `before` that is applied as an update; `None` judges the creation.
    pub(crate) update: Option<Value>,
    /// Part of the message of a refusal; `None` expects acceptance.
    pub(crate) refused_with: Option<&'static str>,
}

pub(crate) fn accepts(name: &'static str, patch: Value) -> Case {
    Case { name, before: patch, update: None, refused_with: None }
}

pub(crate) fn rejects(name: &'static str, patch: Value, message: &'static str) -> Case {
    Case { name, before: patch, update: None, refused_with: Some(message) }
}

pub(crate) fn accepts_update(name: &'static str, before: Value, update: Value) -> Case {
    Case { name, before, update: Some(update), refused_with: None }
}

pub(crate) fn rejects_update(
    name: &'static str,
    before: Value,
    update: Value,
    message: &'static str,
) -> Case {
    Case { name, before, update: Some(update), refused_with: Some(message) }
}

/// Every case, creation first.
pub(crate) fn cases() -> Vec<Case> {
    let accepted = accepted().into_iter().map(|(name, spec)| accepts(name, json!({"spec": spec})));
    let fields = [
        engine(),
        storage(),
        windows(),
        database_names(),
        references(),
        deletion(),
        network(),
        restore(),
        adopt(),
    ];
    let refused = fields.into_iter().flatten();
    let refused = refused.map(|(name, spec, message)| rejects(name, json!({"spec": spec}), message));
    accepted.chain(refused).chain(names()).chain(update::cases()).collect()
}

fn names() -> Vec<Case> {
    let named = |name: &str| json!({"metadata": {"name": name}});
    vec![
        accepts("a name of 44 characters fits", named(&"a".repeat(44))),
        rejects("a name of 45 characters does not fit", named(&"a".repeat(45)), "44"),
        rejects("a name begins with a letter", named("1-db"), "DNS-1035"),
        rejects("a name has no dots", named("orders.db"), "DNS-1035"),
    ]
}

type Accepted = (&'static str, Value);
type Refused = (&'static str, Value, &'static str);

fn accepted() -> Vec<Accepted> {
    let storage = |storage: Value| json!({"storage": storage});
    let backup = |window: &str| json!({"backup": {"window": window}});
    let maintenance = |window: &str| json!({"maintenance": {"window": window}});
    let both = |backup: &str, maintenance: &str| json!({"backup": {"window": backup}, "maintenance": {"window": maintenance}});
    vec![
        ("a version is enough", json!({})),
        ("a full version is a version", json!({"version": "16.4"})),
        ("MySQL takes three components", json!({"engine": "mysql", "version": "8.0.35"})),
        ("a class may override the size", json!({"instanceClass": "db.r7g.large"})),
        ("a DB instance may be looked at", json!({"adopt": {"identifier": "legacy-orders"}})),
        (
            "a DB instance may be taken over",
            json!({"adopt": {"identifier": "legacy-orders", "takeOver": true, "password": "Keep"}}),
        ),
        ("a size alone", storage(json!({"size": "200Gi"}))),
        ("a ceiling alone", storage(json!({"maxSize": "500Gi"}))),
        ("64Ti is the largest storage", storage(json!({"size": "64Ti"}))),
        ("a ceiling that is the size", storage(json!({"size": "64Ti", "maxSize": "64Ti"}))),
        ("the same in another unit", storage(json!({"size": "1Ti", "maxSize": "1024Gi"}))),
        ("a ceiling a tenth above", storage(json!({"size": "100Gi", "maxSize": "110Gi"}))),
        ("the smallest io2", storage(json!({"size": "100Gi", "type": "io2", "iops": 1000}))),
        ("no backups and no retention", json!({"backup": {"enabled": false, "retentionDays": 0}})),
        ("a backup window of half an hour", backup("03:00-03:30")),
        ("a backup window over midnight", backup("23:45-00:15")),
        ("a maintenance window over the end of the week", maintenance("Sun:23:45-Mon:00:15")),
        ("a maintenance window in small letters", maintenance("wed:04:00-wed:05:00")),
        ("windows one after the other", both("02:00-03:00", "sun:03:00-sun:04:00")),
        ("windows on both sides of midnight", both("23:30-00:00", "sun:00:00-sun:00:30")),
        ("a word that only MySQL reserves", json!({"databaseName": "schema"})),
        (
            "a word that only PostgreSQL reserves",
            json!({"engine": "mysql", "version": "8.4", "databaseName": "user"}),
        ),
        ("a word with a reserved one in it", json!({"databaseName": "user_data"})),
        ("PostgreSQL's own database", json!({"databaseName": "postgres"})),
        ("two namespaces", json!({"allowedNamespaces": ["shipping", "team-2"]})),
        ("a Secret with dots in its name", json!({"secretRef": {"name": "orders.db"}})),
        ("a snapshot", json!({"restoreFrom": {"snapshotIdentifier": "s"}})),
        (
            "a point in time",
            json!({"restoreFrom": {"pointInTime": {"sourceInstance": "a", "time": "2026-01-01T00:00:00Z"}}}),
        ),
        ("security groups by id", json!({"network": {"securityGroupIds": ["sg-0a1b2c"]}})),
    ]
}

fn engine() -> Vec<Refused> {
    vec![
        ("a version is required", json!({"version": null}), "spec.version"),
        ("a version is a number", json!({"version": "latest"}), "spec.version"),
        ("four components are no version", json!({"version": "1.2.3.4"}), "spec.version"),
        ("engines are PostgreSQL and MySQL", json!({"engine": "oracle"}), "spec.engine"),
        ("sizes are small to xlarge", json!({"size": "huge"}), "spec.size"),
        ("a class begins with db.", json!({"instanceClass": "m7g.large"}), "spec.instanceClass"),
        ("parameters are text", json!({"parameters": {"max_connections": 5}}), "spec.parameters"),
    ]
}

fn storage() -> Vec<Refused> {
    let storage = |storage: Value| json!({"storage": storage});
    let (bounds, above) = ("spec.storage.size: Invalid value", "maxSize is a tenth above size at least");
    vec![
        ("storage is given in Gi or Ti", storage(json!({"size": "20GB"})), bounds),
        ("storage is no decimal multiple", storage(json!({"size": "20G"})), bounds),
        ("storage is at least 20Gi", storage(json!({"size": "10Gi"})), "storage is between 20Gi and 64Ti"),
        (
            "storage is at most 64Ti",
            storage(json!({"size": "70Ti"})),
            "spec.storage.size: Invalid value: \"70Ti\"",
        ),
        (
            "a size beyond all is told of the size, whatever the ceiling",
            storage(json!({"size": "70Ti", "maxSize": "64Ti"})),
            "spec.storage.size: Invalid value: \"70Ti\"",
        ),
        (
            "a ceiling is at most 64Ti",
            storage(json!({"maxSize": "65Ti"})),
            "spec.storage.maxSize: Invalid value: \"65Ti\"",
        ),
        (
            "a ceiling is given in Gi or Ti",
            storage(json!({"maxSize": "1TB"})),
            "spec.storage.maxSize: Invalid value",
        ),
        ("a ceiling is not below the size", storage(json!({"size": "200Gi", "maxSize": "100Gi"})), above),
        (
            "a ceiling is not just above the size",
            storage(json!({"size": "100Gi", "maxSize": "109Gi"})),
            above,
        ),
        ("nor in another unit", storage(json!({"size": "1000Gi", "maxSize": "1Ti"})), above),
        (
            "io2 begins with 100Gi",
            storage(json!({"type": "io2", "iops": 1000})),
            "io2 storage is 100Gi at least",
        ),
        ("storage types are gp3 and io2", storage(json!({"type": "gp2"})), "spec.storage.type"),
        ("IOPS are at least 1000", storage(json!({"iops": 100})), "spec.storage.iops"),
        ("IOPS are at most 256000", storage(json!({"iops": 256_001})), "spec.storage.iops"),
    ]
}

fn windows() -> Vec<Refused> {
    let backup = |window: &str| json!({"backup": {"window": window}});
    let maintenance = |window: &str| json!({"maintenance": {"window": window}});
    let both = |backup: &str, maintenance: &str| json!({"backup": {"window": backup}, "maintenance": {"window": maintenance}});
    let (daily, weekly) = ("spec.backup.window", "spec.maintenance.window");
    let (short, overlap) = ("half an hour at least", "must not overlap the backup window");
    vec![
        (
            "retention is at most 35 days",
            json!({"backup": {"retentionDays": 36}}),
            "spec.backup.retentionDays",
        ),
        ("retention is not negative", json!({"backup": {"retentionDays": -1}}), "spec.backup.retentionDays"),
        ("backups need a retention", json!({"backup": {"retentionDays": 0}}), "at least 1"),
        ("a backup window is two times", backup("night"), daily),
        ("a day has 24 hours", backup("24:00-25:00"), daily),
        ("a backup window has no day", backup("sun:03:00"), daily),
        ("a backup window is no shorter than half an hour", backup("03:00-03:29"), short),
        ("a backup window has a length", backup("03:00-03:00"), short),
        ("a backup window over midnight is as long", backup("23:45-00:14"), short),
        ("a maintenance window has days", maintenance("03:00-04:00"), weekly),
        ("a maintenance window has days of the week", maintenance("day:03:00-day:04:00"), weekly),
        ("a maintenance window is no shorter than half an hour", maintenance("mon:03:00-mon:03:29"), short),
        ("nor over the end of the week", maintenance("sun:23:45-mon:00:14"), short),
        ("the same window twice", both("03:00-04:00", "sun:03:00-sun:04:00"), overlap),
        ("maintenance that begins during a backup", both("03:00-04:00", "tue:03:59-tue:05:00"), overlap),
        ("a backup that begins during maintenance", both("03:00-04:00", "tue:02:00-tue:03:01"), overlap),
        ("a backup over midnight", both("23:30-00:30", "fri:00:00-fri:01:00"), overlap),
        ("maintenance of a whole day", both("03:00-04:00", "fri:12:00-sat:12:00"), overlap),
    ]
}

fn database_names() -> Vec<Refused> {
    let field = "spec.databaseName";
    let of_mysql = |name: &str| json!({"engine": "mysql", "version": "8.4", "databaseName": name});
    vec![
        ("a database name begins with a letter", json!({"databaseName": "1app"}), field),
        ("a database name is lower case", json!({"databaseName": "App"}), field),
        ("a database name has no hyphen", json!({"databaseName": "my-app"}), field),
        ("a database name has 63 characters at most", json!({"databaseName": "a".repeat(64)}), field),
        ("PostgreSQL reserves user", json!({"databaseName": "user"}), "PostgreSQL on RDS reserves this word"),
        ("RDS reserves db", json!({"databaseName": "db"}), "PostgreSQL on RDS reserves this word"),
        ("MySQL reserves schema", of_mysql("schema"), "MySQL on RDS reserves this word"),
        ("MySQL has a database mysql", of_mysql("mysql"), "MySQL on RDS reserves this word"),
    ]
}

fn references() -> Vec<Refused> {
    let (namespaces, secret) = ("spec.allowedNamespaces", "spec.secretRef.name");
    vec![
        ("a namespace is allowed once", json!({"allowedNamespaces": ["a", "a"]}), "Duplicate"),
        ("a pattern matches no namespace", json!({"allowedNamespaces": ["team-*"]}), namespaces),
        ("all namespaces are no namespace", json!({"allowedNamespaces": ["*"]}), namespaces),
        ("a namespace has a name", json!({"allowedNamespaces": [""]}), namespaces),
        ("a namespace is lower case", json!({"allowedNamespaces": ["Shipping"]}), namespaces),
        ("a Secret name has 63 characters at most", json!({"secretRef": {"name": "a".repeat(64)}}), "63"),
        ("a Secret name has no underscore", json!({"secretRef": {"name": "orders_db"}}), secret),
        ("a Secret name is not empty", json!({"secretRef": {"name": ""}}), secret),
        ("a Secret name has something between its dots", json!({"secretRef": {"name": "a..b"}}), secret),
        ("a key is not empty", json!({"encryption": {"kmsKeyId": ""}}), "spec.encryption.kmsKeyId"),
    ]
}

fn deletion() -> Vec<Refused> {
    let rotation = "rotationIntervalDays";
    vec![
        ("policies are Snapshot, Delete, Orphan", json!({"deletion": {"policy": "Keep"}}), "policy"),
        ("rotation is at least once a year", json!({"credentials": {"rotationIntervalDays": 366}}), rotation),
        ("rotation is not negative", json!({"credentials": {"rotationIntervalDays": -1}}), rotation),
        ("keys have three spellings", json!({"credentials": {"keys": "Other"}}), "spec.credentials.keys"),
    ]
}

fn network() -> Vec<Refused> {
    let (group, public) = ("spec.network.securityGroupIds", "spec.network.publiclyAccessible");
    vec![
        ("security groups have ids", json!({"network": {"securityGroupIds": ["web"]}}), group),
        ("a security group once", json!({"network": {"securityGroupIds": ["sg-1", "sg-1"]}}), "Duplicate"),
        ("a subnet group has a name", json!({"network": {"subnetGroup": ""}}), "spec.network.subnetGroup"),
        ("public is yes or no", json!({"network": {"publiclyAccessible": "yes"}}), public),
    ]
}

fn restore() -> Vec<Refused> {
    let from = |from: Value| json!({"restoreFrom": from});
    let both = json!({"snapshotIdentifier": "s", "pointInTime": {"sourceInstance": "a"}});
    let time = |time: &str| json!({"pointInTime": {"sourceInstance": "a", "time": time}});
    let no_instance = json!({"pointInTime": {"time": "2026-01-01T00:00:00Z"}});
    vec![
        ("a restore has a source", from(json!({})), "exactly one of"),
        ("a restore has one source", from(both), "exactly one of"),
        ("a point in time has an instance", from(no_instance), "sourceInstance"),
        ("a point in time is a time", from(time("yesterday")), "spec.restoreFrom.pointInTime.time"),
        (
            "a snapshot has a name",
            from(json!({"snapshotIdentifier": ""})),
            "spec.restoreFrom.snapshotIdentifier",
        ),
    ]
}

fn adopt() -> Vec<Refused> {
    let adopt = |adopt: Value| json!({"adopt": adopt});
    let identifier = |identifier: &str| adopt(json!({"identifier": identifier}));
    let named = "spec.adopt.identifier";
    let restored =
        json!({"adopt": {"identifier": "legacy"}, "restoreFrom": {"snapshotIdentifier": "legacy-1"}});
    vec![
        ("what is adopted has a name", adopt(json!({})), named),
        ("a DB instance begins with a letter", identifier("1-legacy"), named),
        ("a DB instance is in small letters", identifier("Legacy"), named),
        ("a DB instance has no two hyphens", identifier("legacy--orders"), named),
        ("a DB instance ends in no hyphen", identifier("legacy-"), named),
        ("a DB instance has 63 characters at most", identifier(&"a".repeat(64)), "63"),
        (
            "what is taken over has a word about its password",
            adopt(json!({"identifier": "legacy", "takeOver": true})),
            "what becomes of the password",
        ),
        (
            "a password is set or kept",
            adopt(json!({"identifier": "legacy", "password": "Reset"})),
            "spec.adopt.password",
        ),
        ("what is adopted is not restored", restored, "leave out adopt or restoreFrom"),
    ]
}
