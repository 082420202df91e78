//! The database of an app, and what becomes of it.

use serde_json::{Value, json};

use super::super::cases::{Case, accepts, accepts_update, rejects, rejects_update};
use super::{Accepted, Refused};

fn database(database: Value) -> Value {
    Value::Object([("database".to_owned(), database)].into_iter().collect())
}

pub(super) fn accepted() -> Vec<Accepted> {
    vec![
        ("a database of its own", database(json!({"enabled": true}))),
        ("a database that is not there and has a size", database(json!({"size": "xlarge"}))),
        (
            "all that an app says of its database",
            database(json!({
                "enabled": true, "type": "mysql", "size": "large", "version": "8.4", "highAvailability": true,
                "storage": {"size": "50Gi", "maxSize": "1Ti"}, "backup": {"enabled": true, "retentionDays": 14},
                "deletion": {"protection": false, "policy": "Orphan"}, "upgrade": {"allowMajor": true},
                "allowedNamespaces": ["reports"],
            })),
        ),
        ("a database of the namespace", database(json!({"ref": {"name": "orders-db"}}))),
        (
            "a database of another namespace",
            database(json!({"ref": {"name": "orders-db", "namespace": "orders"}})),
        ),
    ]
}

pub(super) fn refused() -> Vec<Refused> {
    vec![
        ("an engine that there is not", database(json!({"type": "oracle"})), "spec.database.type"),
        ("a size that there is not", database(json!({"size": "tiny"})), "spec.database.size"),
        ("a version that is none", database(json!({"version": "latest"})), "spec.database.version"),
        (
            "storage without a unit",
            database(json!({"storage": {"size": "20"}})),
            "spec.database.storage.size",
        ),
        (
            "storage in odd units",
            database(json!({"storage": {"maxSize": "100GB"}})),
            "spec.database.storage.maxSize",
        ),
        (
            "backups for ever",
            database(json!({"backup": {"retentionDays": 36}})),
            "spec.database.backup.retentionDays",
        ),
        (
            "a way to delete that there is not",
            database(json!({"deletion": {"policy": "Retain"}})),
            "spec.database.deletion.policy",
        ),
        (
            "a namespace that is no name",
            database(json!({"allowedNamespaces": ["Reports"]})),
            "spec.database.allowedNamespaces[0]",
        ),
        (
            "a database of its own and another one",
            database(json!({"enabled": true, "ref": {"name": "orders-db"}})),
            "use either spec.database.enabled or spec.database.ref",
        ),
        (
            "a database without a name",
            database(json!({"ref": {"namespace": "orders"}})),
            "spec.database.ref.name",
        ),
        (
            "a database whose name is none",
            database(json!({"ref": {"name": "orders/db"}})),
            "spec.database.ref.name",
        ),
    ]
}

/// Of an app with a secret that has the name of its database's.
pub(super) fn names() -> Vec<Case> {
    let named = |enabled: bool| {
        let secret = json!({"name": "shop-db", "source": "goldenpath/dev/payments/db"});
        let spec = json!({"database": {"enabled": enabled}, "secrets": [secret]});
        json!({"metadata": {"name": "shop"}, "spec": spec})
    };
    vec![
        accepts("a secret of the name of a database that is not asked for", named(false)),
        rejects("a secret that the database writes", named(true), "the Secret NAME-db is the database's"),
    ]
}

pub(super) fn updates() -> Vec<Case> {
    let spec = |of: Value| json!({"spec": database(of)});
    let storage = |size: &str| spec(json!({"enabled": true, "storage": {"size": size}}));
    vec![
        accepts_update(
            "the first database may be of another engine than the default",
            json!({"spec": {}}),
            spec(json!({"enabled": true, "type": "mysql"})),
        ),
        rejects_update(
            "a database does not change its engine",
            spec(json!({"enabled": true, "type": "postgresql"})),
            spec(json!({"type": "mysql"})),
            "spec.database.type is immutable once there is a database",
        ),
        accepts_update("storage of an app may grow", storage("20Gi"), storage("30Gi")),
        rejects_update(
            "storage of an app may not shrink",
            storage("30Gi"),
            storage("20Gi"),
            "storage can only grow",
        ),
        accepts_update(
            "a database may be asked for no longer",
            spec(json!({"enabled": true})),
            spec(json!({"enabled": false})),
        ),
    ]
}
