//! Who uses a database keeps it from being deleted, and so does its owner's word; both with their reason.

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, kinds, objects, wait};
use kube::core::DynamicObject;
use serde_json::{Value, json};

use crate::request::{Database, READY_LIMIT, SHORT_LIMIT, deletion_is_refused};

/// Deleting a protected database is refused with the reason and the way out. What takes the whole namespace along
/// meets AWS's own protection, which is told, and lets go when it is lifted.
pub(crate) async fn a_protected_database_refuses_deletion(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("protection").await?;
    let protected = json!({"deletion": {"protection": true}});
    let database = Database::apply(plane, &namespace, "orders-db", protected).await?;
    database.ready().await?;
    blocked(plane, &database, "Protected").await?;
    let identifier = database.identifier().await?;
    refused(plane, &database, "set .spec.deletion.protection to false first").await?;

    plane.delete(&kinds::namespace(), "", &namespace).await?;
    let told = |object: &DynamicObject| object.data["status"]["problem"]["code"] == "DeletionProtected";
    let what = "says that it is protected";
    plane.until(kinds::instance(), &namespace, "orders-db", what, READY_LIMIT, told).await?;
    let instance = plane.aws().instance(&identifier).await?.context("the protected instance is gone")?;
    ensure!(instance.status == "available", "{instance:?}");

    let lift = json!({"spec": {"forProvider": {"deletionProtection": false}}});
    objects::merge(plane.client(), &kinds::instance(), &namespace, "orders-db", &lift).await?;
    plane.until_gone(kinds::namespace(), "", &namespace, READY_LIMIT).await
}

/// A namespace that the database names pulls the credentials itself, and is a consumer as long as it does; one that the
/// database does not name is told, and blocks nothing.
pub(crate) async fn a_consumer_blocks_deletion_until_it_leaves(plane: &ControlPlane) -> Result<()> {
    let (owner, guest, stranger) = (
        plane.namespace("owner").await?,
        plane.namespace("guest").await?,
        plane.namespace("stranger").await?,
    );
    let shared = json!({"allowedNamespaces": [guest]});
    let database = Database::apply(plane, &owner, "orders-db", shared).await?;
    look_every_second(plane, &database).await?;
    database.ready().await?;
    let path = database.secret_path().await?;

    for namespace in [&guest, &stranger] {
        plane.apply(&consumer(&database, &path).to_string(), namespace).await?;
    }
    blocked(plane, &database, "HasConsumers").await?;
    let stranger_reported = database.problem("ConsumerNotAllowed", READY_LIMIT).await?;
    ensure!(stranger_reported.to_string().contains(&stranger), "{stranger_reported:#}");
    let delivered = wait::until("the guest has the credentials", SHORT_LIMIT, async || {
        plane.secret(&guest, "tracker-db").await
    })
    .await?;
    let own = plane.secret(&owner, "orders-db").await?.context("no Secret at the owner's")?;
    ensure!(
        delivered.get("password").is_some_and(|p| own.get("password") == Some(p)),
        "the passwords differ"
    );
    refused(plane, &database, &format!("it is used by {guest}/tracker")).await?;

    plane.delete(&kinds::external_secret(), &guest, "tracker-db").await?;
    unblocked(plane, &database).await?;
    database.remove().await
}

/// One that is applied along with the database it uses reads nothing before the endpoint is known: it has all or nothing.
pub(crate) async fn a_consumer_that_came_first_has_all_or_nothing(plane: &ControlPlane) -> Result<()> {
    let (owner, guest) = (plane.namespace("late").await?, plane.namespace("early").await?);
    let path = format!("goldenpath/dev/{owner}/orders-db");
    let database = Database::existing(plane, &owner, "orders-db");
    plane.apply(&consumer(&database, &path).to_string(), &guest).await?;
    let database = Database::apply(plane, &owner, "orders-db", json!({"allowedNamespaces": [guest]})).await?;
    // What was read once stays for an hour, so the first that is seen is what an app would live with.
    let delivered = wait::until("the guest has credentials", READY_LIMIT, async || {
        plane.secret(&guest, "tracker-db").await
    })
    .await?;
    for key in ["POSTGRES_HOST", "POSTGRES_PASSWORD", "POSTGRES_PORT", "POSTGRES_USER", "host", "password"] {
        ensure!(delivered.contains_key(key), "there is no {key}: {:?}", delivered.keys());
    }
    database.ready().await?;
    look_every_second(plane, &database).await?;
    plane.delete(&kinds::external_secret(), &guest, "tracker-db").await?;
    unblocked(plane, &database).await?;
    database.remove().await
}

/// An `ExternalSecret` of an app that uses a database of another namespace.
fn consumer(database: &Database<'_>, path: &str) -> Value {
    json!({
        "apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret",
        "metadata": {"name": "tracker-db", "labels": {
            "app.kubernetes.io/name": "tracker",
            "goldenpath.io/database": database.name,
            "goldenpath.io/database-namespace": database.namespace,
        }},
        "spec": {
            "refreshInterval": "1h0m0s",
            "secretStoreRef": {"kind": "ClusterSecretStore", "name": "goldenpath"},
            "target": {"name": "tracker-db"},
            "dataFrom": [{"extract": {"key": path}}],
            "data": [{"secretKey": "host", "remoteRef": {"key": path, "property": "host"}}],
        },
    })
}

/// Crossplane before 2.4 does not watch what a function looks up; a story does not wait a minute for its next look.
async fn look_every_second(plane: &ControlPlane, database: &Database<'_>) -> Result<()> {
    let patch = json!({"metadata": {"annotations": {"crossplane.io/poll-interval": "1s"}}});
    objects::merge(plane.client(), &kinds::database(), &database.namespace, &database.name, &patch).await?;
    Ok(())
}

/// Waits until Crossplane refuses deletion for a reason.
async fn blocked(plane: &ControlPlane, database: &Database<'_>, reason: &str) -> Result<()> {
    let (namespace, name) = (&database.namespace, &database.name);
    let is = |xr: &DynamicObject| {
        objects::condition_of(xr, "DeletionBlocked")
            .is_some_and(|c| c["status"] == "True" && c["reason"] == reason)
    };
    let what = format!("is blocked: {reason}");
    plane.until(kinds::database(), namespace, name, &what, READY_LIMIT, is).await?;
    let marked = |xr: &DynamicObject| {
        xr.metadata.labels.as_ref().is_some_and(|labels| labels.contains_key("crossplane.io/in-use"))
    };
    plane.until(kinds::database(), namespace, name, "is marked as in use", SHORT_LIMIT, marked).await?;
    Ok(())
}

/// Waits until Crossplane lets it be deleted.
async fn unblocked(plane: &ControlPlane, database: &Database<'_>) -> Result<()> {
    let (namespace, name) = (&database.namespace, &database.name);
    let free = |xr: &DynamicObject| objects::condition(xr, "DeletionBlocked") == Some("False");
    // A lookup's answer may be a minute old.
    plane.until(kinds::database(), namespace, name, "is not blocked", READY_LIMIT, free).await?;
    plane.until_gone(kinds::usage(), namespace, &format!("{name}-protection"), SHORT_LIMIT).await
}

/// The deletion is refused with the words that a user reads.
async fn refused(plane: &ControlPlane, database: &Database<'_>, words: &str) -> Result<()> {
    deletion_is_refused(plane, kinds::database(), &database.namespace, &database.name, words).await
}
