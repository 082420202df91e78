//! XRs that ask for whatever they can, so that every kind of object is there of which they are composed.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Result;
use goldenpath_tests::ControlPlane;
use serde_json::{Value, json};

use crate::app::{path, value};
use crate::xr::Xr;

/// A Service of the namespace's own, which a route leads to.
pub(crate) const BACKEND: &str = "backend";
/// The number of the next value: two consumers of a gateway cannot have one key, whatever their namespaces.
static VALUES: AtomicU32 = AtomicU32::new(1000);
pub(crate) const IMAGE: &str = "registry.example/shop:v1";

/// What the XRs of a namespace find: secrets in the store, among them the API keys of who calls the routes, and a Service.
pub(crate) async fn prepare(plane: &ControlPlane, namespace: &str, routes: &[&str]) -> Result<()> {
    for secret in ["api-keys"].iter().chain(routes) {
        let number = VALUES.fetch_add(1, Ordering::Relaxed);
        value(plane, "CreateSecret", &path(namespace, secret), number).await?;
    }
    let backend = json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": BACKEND},
        "spec": {"selector": {"app": BACKEND}, "ports": [{"name": "http", "port": 80, "targetPort": 8080}]},
    });
    plane.apply(&backend.to_string(), namespace).await?;
    Ok(())
}

/// Everything that an app, a route and a copy of secrets can have, in as few of them as it goes into.
pub(crate) fn everything(namespace: &str) -> Vec<Xr> {
    let door = guarded_door(namespace, "door");
    let mut ingress = guarded_route(namespace, "shop");
    ingress["enabled"] = json!(true);
    let database = json!({
        "enabled": true, "deletion": {"protection": false}, "upgrade": {"allowMajor": false},
    });
    vec![
        Xr::app(
            "shop",
            json!({
                "image": IMAGE, "ingress": ingress, "database": database, "secrets": secrets(namespace),
                "scaling": {"enabled": true, "minReplicas": 2},
                "monitoring": {"enabled": true, "alerting": {"enabled": true}},
            }),
        ),
        worker_that_scales("queue"),
        worker_with_a_network("ledger"),
        Xr::route("door", door),
        copy_of_secrets(namespace, "partner"),
    ]
}

/// It scales with what waits for it, and its pods are measured.
pub(crate) fn worker_that_scales(name: &'static str) -> Xr {
    let trigger = json!({"type": "cron", "metadata": {
        "timezone": "UTC", "start": "0 8 * * *", "end": "0 18 * * *", "desiredReplicas": "3",
    }});
    let scaling = json!({"enabled": true, "minReplicas": 0, "triggers": [trigger]});
    Xr::app(
        name,
        json!({"kind": "Worker", "image": IMAGE, "scaling": scaling, "monitoring": {"enabled": true}}),
    )
}

/// Nobody reaches it.
pub(crate) fn worker_with_a_network(name: &'static str) -> Xr {
    Xr::app(name, json!({"kind": "Worker", "image": IMAGE, "network": {"mode": "Managed"}}))
}

/// A Secret that follows the store.
pub(crate) fn copy_of_secrets(namespace: &str, name: &'static str) -> Xr {
    let source = json!({"secrets": [{"path": path(namespace, "api-keys")}]});
    Xr::sync(name, json!({"source": source, "target": {"secretName": format!("{name}-env")}}))
}

/// A route that lets in one consumer.
pub(crate) fn guarded_route(namespace: &str, name: &str) -> Value {
    let consumer = json!({"name": "partner", "source": path(namespace, name), "property": "API_KEY"});
    json!({
        "host": format!("{name}.{namespace}.example.org"),
        "plugins": [{"type": "key-auth"}], "consumers": [consumer],
    })
}

/// Such a route, as a request for it to the Service of one's own.
pub(crate) fn guarded_door(namespace: &str, name: &str) -> Value {
    let mut door = guarded_route(namespace, name);
    door["service"] = json!({"name": BACKEND, "port": 80});
    door
}

/// What an app lists of the store.
pub(crate) fn secrets(namespace: &str) -> Value {
    json!([{"name": "api-keys", "source": path(namespace, "api-keys")}])
}
