//! What the XRD's rules accept and reject, one row a rule.

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

fn accepts_update(name: &'static str, before: Value, update: Value) -> Case {
    Case { name, before, update: Some(update), refused_with: None }
}

fn rejects_update(name: &'static str, before: Value, update: Value, message: &'static str) -> Case {
    Case { name, before, update: Some(update), refused_with: Some(message) }
}

fn spec(spec: &Value) -> Value {
    json!({ "spec": spec })
}

/// Every case, creation first.
pub(crate) fn cases() -> Vec<Case> {
    [accepted(), refused(), refused_relations(), update()].into_iter().flatten().collect()
}

fn accepted() -> Vec<Case> {
    vec![
        accepts("a version is enough", json!({})),
        accepts("a full version is a version", spec(&json!({"version": "16.4"}))),
        accepts("MySQL takes three components", spec(&json!({"engine": "mysql", "version": "8.0.35"}))),
        accepts("a class may override the size", spec(&json!({"instanceClass": "db.r7g.large"}))),
        accepts(
            "64Ti is the largest storage",
            spec(&json!({"storage": {"size": "64Ti", "maxSize": "64Ti"}})),
        ),
        accepts(
            "backups may be off with no retention",
            spec(&json!({"backup": {"enabled": false, "retentionDays": 0}})),
        ),
        accepts("a snapshot may be restored", spec(&json!({"restoreFrom": {"snapshotIdentifier": "s"}}))),
        accepts(
            "a point in time may be restored",
            spec(
                &json!({"restoreFrom": {"pointInTime": {"sourceInstance": "a", "time": "2026-01-01T00:00:00Z"}}}),
            ),
        ),
        accepts("a name of 44 characters fits", json!({"metadata": {"name": "a".repeat(44)}})),
        accepts(
            "security groups are listed by id",
            spec(&json!({"network": {"securityGroupIds": ["sg-0a1b2c"]}})),
        ),
    ]
}

/// One field each.
fn refused() -> Vec<Case> {
    vec![
        rejects("a version is required", spec(&json!({"version": null})), "spec.version"),
        rejects("a version is a number", spec(&json!({"version": "latest"})), "spec.version"),
        rejects("four components are no version", spec(&json!({"version": "1.2.3.4"})), "spec.version"),
        rejects("engines are PostgreSQL and MySQL", spec(&json!({"engine": "oracle"})), "spec.engine"),
        rejects("sizes are small to xlarge", spec(&json!({"size": "huge"})), "spec.size"),
        rejects(
            "a class begins with db.",
            spec(&json!({"instanceClass": "m7g.large"})),
            "spec.instanceClass",
        ),
        rejects(
            "a database name begins with a letter",
            spec(&json!({"databaseName": "1app"})),
            "spec.databaseName",
        ),
        rejects("a database name is lower case", spec(&json!({"databaseName": "App"})), "spec.databaseName"),
        rejects(
            "storage is given in Gi or Ti",
            spec(&json!({"storage": {"size": "20GB"}})),
            "spec.storage.size",
        ),
        rejects(
            "storage is at least 20Gi",
            spec(&json!({"storage": {"size": "10Gi"}})),
            "between 20Gi and 64Ti",
        ),
        rejects(
            "storage is at most 64Ti",
            spec(&json!({"storage": {"maxSize": "65Ti"}})),
            "between 20Gi and 64Ti",
        ),
        rejects(
            "the ceiling is not below the size",
            spec(&json!({"storage": {"size": "200Gi", "maxSize": "100Gi"}})),
            "maxSize must be at least size",
        ),
        rejects(
            "storage types are gp3 and io2",
            spec(&json!({"storage": {"type": "gp2"}})),
            "spec.storage.type",
        ),
        rejects("IOPS are at least 1000", spec(&json!({"storage": {"iops": 100}})), "spec.storage.iops"),
        rejects(
            "retention is at most 35 days",
            spec(&json!({"backup": {"retentionDays": 36}})),
            "retentionDays",
        ),
        rejects("backups need a retention", spec(&json!({"backup": {"retentionDays": 0}})), "at least 1"),
        rejects(
            "a backup window is two times",
            spec(&json!({"backup": {"window": "night"}})),
            "spec.backup.window",
        ),
        rejects(
            "policies are Snapshot, Delete, Orphan",
            spec(&json!({"deletion": {"policy": "Keep"}})),
            "policy",
        ),
        rejects(
            "a Secret name has 63 characters at most",
            spec(&json!({"secretRef": {"name": "a".repeat(64)}})),
            "63",
        ),
        rejects(
            "rotation is at least once a year",
            spec(&json!({"credentials": {"rotationIntervalDays": 366}})),
            "rotationIntervalDays",
        ),
        rejects(
            "keys have three spellings",
            spec(&json!({"credentials": {"keys": "Other"}})),
            "spec.credentials.keys",
        ),
        rejects("a namespace is allowed once", spec(&json!({"allowedNamespaces": ["a", "a"]})), "Duplicate"),
        rejects(
            "parameters are text",
            spec(&json!({"parameters": {"max_connections": 5}})),
            "spec.parameters",
        ),
        rejects(
            "security groups have ids",
            spec(&json!({"network": {"securityGroupIds": ["web"]}})),
            "securityGroupIds",
        ),
    ]
}

/// Several fields each, and the name.
fn refused_relations() -> Vec<Case> {
    vec![
        rejects("a restore has a source", spec(&json!({"restoreFrom": {}})), "exactly one of"),
        rejects(
            "a restore has one source",
            spec(
                &json!({"restoreFrom": {"snapshotIdentifier": "s", "pointInTime": {"sourceInstance": "a"}}}),
            ),
            "exactly one of",
        ),
        rejects(
            "a point in time has an instance",
            spec(&json!({"restoreFrom": {"pointInTime": {"time": "2026-01-01T00:00:00Z"}}})),
            "sourceInstance",
        ),
        rejects("a name begins with a letter", json!({"metadata": {"name": "1-db"}}), "DNS-1035"),
        rejects("a name of 45 characters does not fit", json!({"metadata": {"name": "a".repeat(45)}}), "44"),
    ]
}

fn update() -> Vec<Case> {
    let storage = |size: &str| spec(&json!({"storage": {"size": size}}));
    let version = |version: &str| spec(&json!({"version": version}));
    let snapshot = |name: &str| spec(&json!({"restoreFrom": {"snapshotIdentifier": name}}));
    let key = |key: &str| spec(&json!({"encryption": {"kmsKeyId": key}}));
    vec![
        accepts_update("storage may grow", storage("20Gi"), storage("30Gi")),
        rejects_update("storage may not shrink", storage("30Gi"), storage("20Gi"), "storage can only grow"),
        rejects_update(
            "the engine stays",
            json!({}),
            spec(&json!({"engine": "mysql"})),
            "spec.engine is immutable",
        ),
        accepts_update("a minor version may be named", version("16"), version("16.4")),
        rejects_update(
            "a major version needs the gate",
            version("16"),
            version("17"),
            "spec.upgrade.allowMajor",
        ),
        accepts_update(
            "a major version passes the gate",
            version("16"),
            spec(&json!({"version": "17", "upgrade": {"allowMajor": true}})),
        ),
        rejects_update(
            "a major version never goes down",
            spec(&json!({"version": "16", "upgrade": {"allowMajor": true}})),
            version("15"),
            "cannot go down",
        ),
        rejects_update("a restore is not added later", json!({}), snapshot("s"), "restoreFrom is immutable"),
        rejects_update("a restore does not change", snapshot("s"), snapshot("t"), "restoreFrom is immutable"),
        rejects_update("a key is not added later", json!({}), key("k"), "cannot change after creation"),
        rejects_update("a key does not change", key("k"), key("l"), "cannot change after creation"),
        accepts_update("a size may change", json!({}), spec(&json!({"size": "large"}))),
        accepts_update(
            "a backup retention may change",
            json!({}),
            spec(&json!({"backup": {"retentionDays": 14}})),
        ),
    ]
}
