//! Kong's controller, played: no gateway is there. It acknowledges an Ingress whose plugins and Service are there, as the real one
//! does, and takes up every consumer whose credentials are. What it is shown is what it would serve, so it also judges: no
//! route is ever there without each plugin that it names.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Result, bail};
use goldenpath_tests::{ControlPlane, kinds, objects};
use kube::api::{Patch, PatchParams};
use kube::core::{ApiResource, DynamicObject};
use serde_json::{Value, json};

/// How often it looks. The real one gives Kong a configuration every three seconds.
const EVERY: Duration = Duration::from_millis(300);

/// Where it says that the gateway listens.
pub(crate) const ADDRESS: &str = "192.0.2.10";

/// Plays in a namespace until it is dropped; ends with an error where a route is open.
pub(crate) async fn plays(plane: &ControlPlane, namespace: &str) -> Result<()> {
    let mut looks = tokio::time::interval(EVERY);
    loop {
        looks.tick().await;
        look(plane, namespace).await?;
    }
}

async fn look(plane: &ControlPlane, namespace: &str) -> Result<()> {
    let client = plane.client();
    // The routes first: what is gone when the plugins are read was there with them.
    let ingresses = objects::list(client, &kinds::ingress(), namespace).await?;
    let plugins = names(&objects::list(client, &kinds::kong_plugin(), namespace).await?);
    let services = names(&objects::list(client, &kinds::service(), namespace).await?);
    for ingress in &ingresses {
        let name = ingress.metadata.name.as_deref().unwrap_or_default();
        let named = named(ingress);
        let rule = &ingress.data["spec"]["rules"][0];
        let missing: Vec<_> = named.iter().filter(|plugin| !plugins.contains(*plugin)).collect();
        let is_probe = rule["host"].as_str().unwrap_or_default().ends_with(".invalid");
        let is_there = objects::get(client, &kinds::ingress(), namespace, name).await?.is_some();
        if !missing.is_empty() && !is_probe && is_there {
            bail!("the route {name} is served without {missing:?}");
        }
        let service = rule["http"]["paths"][0]["backend"]["service"]["name"].as_str().unwrap_or_default();
        if missing.is_empty() && services.contains(service) {
            let status = json!({"loadBalancer": {"ingress": [{"ip": ADDRESS}]}});
            write(plane, &kinds::ingress(), namespace, ingress, &status).await?;
        }
    }
    let secrets = names(&objects::list(client, &kinds::secret(), namespace).await?);
    for consumer in objects::list(client, &kinds::kong_consumer(), namespace).await? {
        let mut credentials = consumer.data["credentials"].as_array().into_iter().flatten();
        if credentials.all(|secret| secret.as_str().is_some_and(|secret| secrets.contains(secret))) {
            let programmed = json!({
                "type": "Programmed", "status": "True", "reason": "Programmed", "message": "",
                "lastTransitionTime": "2026-01-01T00:00:00Z",
            });
            write(plane, &kinds::kong_consumer(), namespace, &consumer, &json!({"conditions": [programmed]}))
                .await?;
        }
    }
    Ok(())
}

/// Writes a status that differs; of an object that has gone meanwhile there is none.
async fn write(
    plane: &ControlPlane,
    kind: &ApiResource,
    namespace: &str,
    object: &DynamicObject,
    status: &Value,
) -> Result<()> {
    if object.data["status"] == *status {
        return Ok(());
    }
    let name = object.metadata.name.as_deref().unwrap_or_default();
    let patch = Patch::Merge(json!({"status": status}));
    match objects::scoped(plane.client(), kind, namespace)
        .patch_status(name, &PatchParams::default(), &patch)
        .await
    {
        Ok(_) => Ok(()),
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The plugins that an Ingress names.
pub(crate) fn named(ingress: &DynamicObject) -> BTreeSet<String> {
    let annotations = ingress.metadata.annotations.as_ref();
    let named = annotations.and_then(|all| all.get("konghq.com/plugins")).map_or("", String::as_str);
    named.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn names(objects: &[DynamicObject]) -> BTreeSet<String> {
    objects.iter().filter_map(|object| object.metadata.name.clone()).collect()
}
