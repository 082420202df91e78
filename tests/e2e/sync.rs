//! Secrets that follow the secret store, and credentials that a database lends: AWS and External Secrets Operator play their
//! parts.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, kinds, objects};
use kube::core::DynamicObject;
use serde_json::{Value, json};

use crate::app;
use crate::request::{Database, READY_LIMIT, SHORT_LIMIT, deletion_is_refused};

const LIMIT: Duration = Duration::from_mins(2);
const NAME: &str = "partner";

/// Two secrets become one Secret, of which a changed value arrives; whom nobody restarts is said; the path of another
/// namespace is refused and the Secret stays; and it goes with its XR.
pub(crate) async fn secrets_of_the_store_become_one_secret_that_follows_them(
    plane: &ControlPlane,
) -> Result<()> {
    let namespace = plane.namespace("sync").await?;
    let path = |name: &str| app::path(&namespace, name);
    app::value(plane, "CreateSecret", &path("api"), 1).await?;
    app::value(plane, "CreateSecret", &path("mail"), 2).await?;
    let api = json!({"path": path("api")});
    let mail = json!({"path": path("mail"), "keys": [{"sourceKey": "API_KEY", "targetKey": "MAIL_KEY"}]});
    let deployment = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "legacy"},
        "spec": {"replicas": 0, "selector": {"matchLabels": {"app": "legacy"}}, "template": {
            "metadata": {"labels": {"app": "legacy"}},
            "spec": {"containers": [{"name": "legacy", "image": "registry.example/legacy:v1"}]},
        }},
    });
    plane.apply(&deployment.to_string(), &namespace).await?;
    let xr = json!({
        "apiVersion": "goldenpath.io/v1alpha1", "kind": "SecretSync", "metadata": {"name": NAME},
        "spec": {
            "source": {"secrets": [api, mail]}, "target": {"secretName": "partner-env"},
            "refreshInterval": "30s", "restartTargets": [{"name": "legacy"}],
        },
    });
    plane.apply(&xr.to_string(), &namespace).await?;
    plane.until_true(kinds::secret_sync(), &namespace, NAME, "Ready", LIMIT).await?;
    has_keys(plane, &namespace, &[("API_KEY", "value-1"), ("MAIL_KEY", "value-2")]).await?;
    until(plane, &namespace, "says whom nobody restarts", |status| {
        status["phase"] == "Synced"
            && status["restartSummary"] == "0/1"
            && status["problems"][0]["code"] == "RestartNotWired"
    })
    .await?;
    let annotated = json!({"metadata": {"annotations": {"reloader.stakater.com/search": "true"}}});
    objects::merge(plane.client(), &kinds::deployment(), &namespace, "legacy", &annotated).await?;
    app::value(plane, "PutSecretValue", &path("api"), 3).await?;
    has_keys(plane, &namespace, &[("API_KEY", "value-3"), ("MAIL_KEY", "value-2")]).await?;
    until(plane, &namespace, "says that Reloader restarts it", |status| {
        status["restartSummary"] == "1/1" && status["problems"].is_null()
    })
    .await?;

    let theirs = json!({"path": "goldenpath/dev/another-team/api"});
    let both = json!({"spec": {"source": {"secrets": [api, theirs]}}});
    objects::merge(plane.client(), &kinds::secret_sync(), &namespace, NAME, &both).await?;
    until(plane, &namespace, "refuses another namespace's path", |status| {
        status["phase"] == "Degraded" && status["problems"][0]["code"] == "PathNotAllowed"
    })
    .await?;
    has_keys(plane, &namespace, &[("API_KEY", "value-3"), ("MAIL_KEY", "value-2")]).await?;
    plane.delete(&kinds::secret_sync(), &namespace, NAME).await?;
    plane.until_gone(kinds::secret(), &namespace, "partner-env", LIMIT).await
}

/// An app that names the Secret and is listed rolls its own pods: once for a changed value.
pub(crate) async fn a_changed_secret_rolls_the_app_that_is_listed_once(plane: &ControlPlane) -> Result<()> {
    let namespace = plane.namespace("follows").await?;
    let path = app::path(&namespace, "api");
    app::value(plane, "CreateSecret", &path, 1).await?;
    let xr = json!({
        "apiVersion": "goldenpath.io/v1alpha1", "kind": "SecretSync", "metadata": {"name": NAME},
        "spec": {
            "source": {"secrets": [{"path": path}]}, "target": {"secretName": "partner-env"},
            "refreshInterval": "30s", "restartTargets": [{"kind": "GoldenPathApp", "name": "shop"}],
        },
    });
    plane.apply(&xr.to_string(), &namespace).await?;
    has_keys(plane, &namespace, &[("API_KEY", "value-1")]).await?;
    let key = json!({"name": "API_KEY", "secretKeyRef": {"name": "partner-env", "key": "API_KEY"}});
    let shop = json!({
        "apiVersion": "goldenpath.io/v1alpha1", "kind": "GoldenPathApp", "metadata": {"name": "shop"},
        "spec": {"image": "registry.example/shop:v1", "env": [key]},
    });
    plane.apply(&shop.to_string(), &namespace).await?;
    plane.until_true(kinds::app(), &namespace, "shop", "Ready", LIMIT).await?;
    until(plane, &namespace, "says that the app restarts itself", |status| {
        status["restartSummary"] == "1/1" && status["restarts"][0]["by"] == "GoldenPath"
    })
    .await?;

    app::value(plane, "PutSecretValue", &path, 2).await?;
    let revised = |deployment: &DynamicObject| app::revision_of(deployment) == "2";
    plane.until(kinds::deployment(), &namespace, "shop", "is rolled", READY_LIMIT, revised).await?;
    has_keys(plane, &namespace, &[("API_KEY", "value-2")]).await?;
    plane.until_true(kinds::app(), &namespace, "shop", "Ready", LIMIT).await?;
    let deployment = objects::get(plane.client(), &kinds::deployment(), &namespace, "shop").await?;
    let revision = deployment.as_ref().map(app::revision_of);
    ensure!(revision.as_deref() == Some("2"), "its pods were rolled more than once: {revision:?}");
    for (kind, name) in [(kinds::app(), "shop"), (kinds::secret_sync(), NAME)] {
        plane.delete(&kind, &namespace, name).await?;
        plane.until_gone(kind, &namespace, name, LIMIT).await?;
    }
    Ok(())
}

/// A database lends its credentials to a namespace once its owner lists it, and is not deleted before they are given back.
pub(crate) async fn a_database_lends_its_credentials_to_a_namespace_that_it_lists(
    plane: &ControlPlane,
) -> Result<()> {
    let (home, guest) = (plane.namespace("lender").await?, plane.namespace("borrower").await?);
    let database = Database::apply(plane, &home, "orders-db", json!({})).await?;
    let xr = json!({
        "apiVersion": "goldenpath.io/v1alpha1", "kind": "SecretSync", "metadata": {"name": NAME},
        "spec": {
            "source": {"database": {"name": "orders-db", "namespace": home}},
            "target": {"secretName": "partner-env"}, "refreshInterval": "30s",
        },
    });
    plane.apply(&xr.to_string(), &guest).await?;
    until(plane, &guest, "is refused", |status| status["problems"][0]["code"] == "ReferenceNotAllowed")
        .await?;
    ensure!(copy(plane, &guest).await?.is_none(), "it was copied before it was allowed");

    database.change(json!({"allowedNamespaces": [guest]})).await?;
    // What is somebody else's is looked at again every minute.
    plane.until_true(kinds::secret_sync(), &guest, NAME, "Ready", READY_LIMIT).await?;
    let (own, lent) = (secret(plane, &home, "orders-db").await?, secret(plane, &guest, "partner-env").await?);
    ensure!(
        own.data["data"]["POSTGRES_PASSWORD"] == lent.data["data"]["POSTGRES_PASSWORD"],
        "another password"
    );
    let words = format!("it is used by {guest}/{NAME}");
    let used = |xr: &DynamicObject| {
        xr.data["status"]["consumers"][0]["namespace"] == *guest
            && objects::condition(xr, "DeletionBlocked") == Some("True")
    };
    plane.until(kinds::database(), &home, "orders-db", "counts its consumer", READY_LIMIT, used).await?;
    deletion_is_refused(plane, kinds::database(), &home, "orders-db", &words).await?;

    plane.delete(&kinds::secret_sync(), &guest, NAME).await?;
    plane.until_gone(kinds::secret(), &guest, "partner-env", LIMIT).await?;
    database.change(json!({"allowedNamespaces": []})).await?;
    plane.until_gone(kinds::usage(), &home, "orders-db-protection", SHORT_LIMIT).await?;
    database.remove().await
}

async fn until(
    plane: &ControlPlane,
    namespace: &str,
    what: &str,
    holds: impl Fn(&Value) -> bool,
) -> Result<()> {
    let says = |xr: &DynamicObject| holds(&xr.data["status"]);
    plane.until(kinds::secret_sync(), namespace, NAME, what, READY_LIMIT, says).await?;
    Ok(())
}

async fn copy(plane: &ControlPlane, namespace: &str) -> Result<Option<DynamicObject>> {
    objects::get(plane.client(), &kinds::external_secret(), namespace, NAME).await
}

async fn secret(plane: &ControlPlane, namespace: &str, name: &str) -> Result<DynamicObject> {
    objects::get(plane.client(), &kinds::secret(), namespace, name).await?.context("there is no such Secret")
}

/// Waits until the Secret has exactly these keys and values.
async fn has_keys(plane: &ControlPlane, namespace: &str, expected: &[(&str, &str)]) -> Result<()> {
    use base64::Engine;
    let encode = |value: &str| Value::from(base64::engine::general_purpose::STANDARD.encode(value));
    let expected: Value = expected.iter().map(|(key, value)| ((*key).to_owned(), encode(value))).collect();
    let has = |secret: &DynamicObject| secret.data["data"] == expected;
    plane.until(kinds::secret(), namespace, "partner-env", "has the values", READY_LIMIT, has).await?;
    Ok(())
}
