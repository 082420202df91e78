//! What may become of an object.

use serde_json::{Value, json};

use super::{Case, accepts_update, rejects_update};

fn spec(spec: &Value) -> Value {
    json!({ "spec": spec })
}

/// Every case.
pub(super) fn cases() -> Vec<Case> {
    [storage(), version(), restore_and_key(), adopt(), others()].into_iter().flatten().collect()
}

fn storage() -> Vec<Case> {
    let storage = |size: &str| spec(&json!({"storage": {"size": size}}));
    vec![
        accepts_update("storage may grow", storage("20Gi"), storage("30Gi")),
        accepts_update("storage may be written in another unit", storage("1024Gi"), storage("1Ti")),
        rejects_update("storage may not shrink", storage("30Gi"), storage("20Gi"), "storage can only grow"),
        rejects_update(
            "storage that is too small is not told to shrink as well",
            storage("30Gi"),
            storage("10Gi"),
            "storage is between 20Gi and 64Ti",
        ),
        rejects_update(
            "storage that is no size is not told to shrink as well",
            storage("30Gi"),
            storage("10GB"),
            "spec.storage.size",
        ),
        accepts_update(
            "a ceiling may be left out again",
            spec(&json!({"storage": {"maxSize": "500Gi"}})),
            spec(&json!({"storage": {"maxSize": null}})),
        ),
    ]
}

fn version() -> Vec<Case> {
    let version = |version: &str| spec(&json!({"version": version}));
    let allowed = |version: &str| spec(&json!({"version": version, "upgrade": {"allowMajor": true}}));
    let mysql = |version: &str| spec(&json!({"engine": "mysql", "version": version}));
    let (gate, down) = ("spec.upgrade.allowMajor", "cannot go down");
    vec![
        accepts_update("a minor version may be named", version("16"), version("16.4")),
        rejects_update("a major version needs the gate", version("16"), version("17"), gate),
        accepts_update("a major version passes the gate", version("16"), allowed("17")),
        rejects_update("a major version never goes down", allowed("16"), version("15"), down),
        rejects_update("nor is the gate told of it", version("16"), version("15"), down),
        rejects_update("a version stays a version", version("16"), version("latest"), "spec.version"),
        accepts_update("a release of MySQL may be named", mysql("8.0"), mysql("8.0.39")),
        accepts_update("MySQL's release line may be left out", mysql("8.4"), mysql("8")),
        rejects_update("MySQL's major version has two numbers", mysql("8.0"), mysql("8.4"), gate),
        rejects_update("and does not go down", mysql("8.4.3"), mysql("8.0.39"), down),
    ]
}

fn restore_and_key() -> Vec<Case> {
    let snapshot = |name: &str| spec(&json!({"restoreFrom": {"snapshotIdentifier": name}}));
    let key = |key: &str| spec(&json!({"encryption": {"kmsKeyId": key}}));
    let (immutable, kept) = ("restoreFrom is immutable", "cannot change after creation");
    vec![
        rejects_update("a restore is not added later", json!({}), snapshot("s"), immutable),
        rejects_update("a restore does not change", snapshot("s"), snapshot("t"), immutable),
        rejects_update("a key is not added later", json!({}), key("k"), kept),
        rejects_update("a key does not change", key("k"), key("l"), kept),
    ]
}

fn adopt() -> Vec<Case> {
    let looks = |identifier: &str| spec(&json!({"adopt": {"identifier": identifier}}));
    let takes = spec(&json!({"adopt": {"identifier": "a", "takeOver": true, "password": "Set"}}));
    let kept = "neither added nor removed";
    vec![
        accepts_update("what is looked at may be taken over", looks("a"), takes.clone()),
        rejects_update("a DB instance is not adopted later", json!({}), looks("a"), kept),
        rejects_update("another one is not adopted", looks("a"), looks("b"), kept),
        rejects_update("adopting is not forgotten", looks("a"), spec(&json!({"adopt": null})), kept),
        rejects_update(
            "what was taken over is not given back",
            takes,
            spec(&json!({"adopt": {"takeOver": false}})),
            "is not given back",
        ),
    ]
}

fn others() -> Vec<Case> {
    let engine = |engine: &str, version: &str| spec(&json!({"engine": engine, "version": version}));
    vec![
        rejects_update(
            "the engine stays",
            engine("postgresql", "16"),
            engine("mysql", "8.4"),
            "spec.engine is immutable",
        ),
        accepts_update("a size may change", json!({}), spec(&json!({"size": "large"}))),
        accepts_update(
            "a backup retention may change",
            json!({}),
            spec(&json!({"backup": {"retentionDays": 14}})),
        ),
    ]
}
