//! Who may call: an API key of the secret store, and a group of the route's own.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use goldenpath_tests::{ControlPlane, kinds, objects};
use serde_json::json;

use super::NAME;
use super::shop::LIMIT;

/// The key of the secret store arrives as a credential of Kong's, labelled as one; and the route lets in its own consumers alone.
pub(crate) async fn a_consumer_of_a_route_has_a_key_of_the_secret_store(plane: &ControlPlane) -> Result<()> {
    let (kong, namespace) = (plane.kong()?, &plane.namespace("consumers").await?);
    let path = format!("goldenpath/dev/{namespace}/partner");
    let value = json!({"key": "value-of-the-partner"}).to_string();
    let request = json!({
        "Name": path, "SecretString": value, "ClientRequestToken": "00000000-0000-0000-0000-000000000001",
    });
    plane.aws().call("secretsmanager", "CreateSecret", &request).await?;
    let xr = json!({
        "apiVersion": "goldenpath.io/v1alpha1", "kind": "GoldenPathApp", "metadata": {"name": NAME},
        "spec": {"image": "registry.example/shop:v1", "ingress": {
            "enabled": true, "host": format!("shop.{namespace}.example.org"),
            "plugins": [{"type": "key-auth"}],
            "consumers": [{"name": "partner", "source": path, "property": "key"}],
        }},
    });
    plane.apply(&xr.to_string(), namespace).await?;
    let username = format!("{namespace}.{NAME}.partner");
    kong.until(namespace, "Kong lets in the partner alone", LIMIT, |configuration| {
        let routes = configuration.of_namespace(namespace);
        let guards = routes.iter().filter(|route| !route.is_probe()).map(|route| route.passes());
        let partner = configuration.consumers.iter().find(|consumer| consumer.username == username);
        let knows = partner.is_some_and(|partner| {
            partner.keys.contains("value-of-the-partner")
                && partner.groups.contains(&format!("{namespace}.{NAME}"))
        });
        knows && guards.eq([BTreeSet::from(["acl", "key-auth"])])
    })
    .await?;
    let app = plane.until_true(kinds::app(), namespace, NAME, "Ready", LIMIT).await?;
    ensure!(app.data["status"]["problems"].is_null(), "{}", app.data["status"]);

    for (name, credential, key, value) in [
        ("shop-partner-key", "key-auth", "key", "value-of-the-partner".to_owned()),
        ("shop-partner-acl", "acl", "group", format!("{namespace}.{NAME}")),
    ] {
        let secret = objects::get(plane.client(), &kinds::secret(), namespace, name).await?;
        let labels = secret.with_context(|| format!("{name} is there"))?.metadata.labels.unwrap_or_default();
        ensure!(labels.get("konghq.com/credential").is_some_and(|of| of == credential), "{name}: {labels:?}");
        let values = plane.secret(namespace, name).await?.unwrap_or_default();
        ensure!(values.get(key) == Some(&value), "{name} has {:?}", values.keys());
    }
    let consumer = objects::get(plane.client(), &kinds::kong_consumer(), namespace, "shop-partner").await?;
    let consumer = consumer.context("there is a consumer")?;
    ensure!(consumer.data["username"] == username.as_str(), "{:?}", consumer.data);
    ensure!(objects::condition(&consumer, "Programmed") == Some("True"), "{:?}", consumer.data);

    plane.delete(&kinds::app(), namespace, NAME).await?;
    plane.until_gone(kinds::deployment(), namespace, NAME, LIMIT).await?;
    kong.until(namespace, "Kong knows the partner no more", LIMIT, |configuration| {
        configuration.of_namespace(namespace).is_empty()
            && configuration.consumers.iter().all(|consumer| consumer.username != username)
    })
    .await?;
    plane.until_gone(kinds::secret(), namespace, "shop-partner-key", LIMIT).await
}
