//! The steady state of an app that asks for everything, as Crossplane sends it: what the function composes is played back
//! to it, each object with the status of its controller, until nothing moves.

use function_sdk_rust::proto::v1::{RunFunctionRequest, State};
use goldenpath_function::service::run;
use serde_json::{Value, json};

use crate::request::{as_served, input, object, resource, told};

/// Passes until nothing moves; a guarded route takes the most.
const PASSES: usize = 12;

pub(crate) fn steady() -> RunFunctionRequest {
    let mut request = first();
    for _ in 0..PASSES {
        let response = run(&request);
        let status = told(&request);
        let lookups = response.requirements.unwrap_or_default().resources;
        let desired = response.desired.unwrap_or_default().resources;
        let State { composite, resources } = request.observed.get_or_insert_default();
        let mut xr = object(composite.get_or_insert_default());
        xr["status"] = status;
        *composite = Some(resource(&as_served(xr)));
        let is_still = !desired.is_empty()
            && desired.len() == resources.len()
            && desired.keys().all(|key| resources.contains_key(key));
        *resources =
            desired.iter().map(|(key, made)| (key.clone(), resource(&seen(key, object(made))))).collect();
        request.required_resources.clear();
        for name in lookups.into_keys() {
            let found = name.strip_prefix("secret/").map(|name| resource(&secret(name)));
            request.required_resources.entry(name).or_default().items = found.into_iter().collect();
        }
        if is_still && run(&request).desired.unwrap_or_default().resources.len() == desired.len() {
            return request;
        }
    }
    panic!("it does not come to rest: {:#}", told(&request));
}

/// Before anything is there.
fn first() -> RunFunctionRequest {
    let request = json!({
        "meta": {"tag": "t", "capabilities": ["CAPABILITY_CAPABILITIES", "CAPABILITY_REQUIRED_RESOURCES"]},
        "input": input("goldenpathapp"),
        "observed": {"composite": {"resource": {
            "apiVersion": "goldenpath.io/v1alpha1", "kind": "GoldenPathApp",
            "metadata": {"name": "shop", "namespace": "payments", "generation": 1, "labels": {"goldenpath.io/team": "payments"}},
            "spec": {
                "image": "registry.example/shop:1.4.0",
                "scaling": {"enabled": true, "minReplicas": 2, "maxReplicas": 10},
                "secrets": [{"name": "partner", "source": "goldenpath/dev/payments/partner"}],
                "ingress": {
                    "enabled": true, "host": "shop.example.org",
                    "plugins": [{"type": "key-auth"}, {"type": "rate-limiting", "config": {"minute": 600}}],
                    "consumers": [{"name": "web", "source": "goldenpath/dev/payments/shop/web"}],
                    "tls": {"enabled": true, "secretName": "shop-tls"},
                },
                "monitoring": {"enabled": true, "alerting": {"enabled": true, "slo": {"availability": "99.9"}}},
            },
        }}},
    });
    serde_json::from_value(request).unwrap()
}

/// A composed object as it is once its controller has acted.
fn seen(key: &str, mut object: Value) -> Value {
    let kind = object["kind"].as_str().unwrap_or_default().to_owned();
    let ready = json!([{"type": "Ready", "status": "True", "reason": "Synced", "observedGeneration": 1}]);
    object["status"] = match kind.as_str() {
        "Deployment" => json!({
            "observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "readyReplicas": 2, "availableReplicas": 2,
            "conditions": [
                {"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable"},
                {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"},
            ],
        }),
        "ExternalSecret" => {
            json!({"conditions": ready, "binding": {"name": object["spec"]["target"]["name"]},
            "syncedResourceVersion": "1-0"})
        }
        "Ingress" => json!({"loadBalancer": {"ingress": [{"ip": "192.0.2.10"}]}}),
        "KongConsumer" => {
            json!({"conditions": [{"type": "Programmed", "status": "True", "observedGeneration": 1}]})
        }
        "PodDisruptionBudget" => json!({"observedGeneration": 1}),
        _ => json!({"conditions": ready}),
    };
    let mut object = as_served(object);
    object["metadata"]["generation"] = json!(1);
    object["metadata"]["namespace"] = json!("payments");
    // No two objects have one.
    object["metadata"]["uid"] = json!(format!("uid-of-{key}"));
    object
}

/// A Secret that External Secrets Operator has written.
fn secret(name: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Secret",
        "metadata": {"name": name, "namespace": "payments", "uid": "22222222-2222-4222-8222-222222222222",
            "annotations": {"reconcile.external-secrets.io/data-hash": "0a1b2c"}},
    })
}
