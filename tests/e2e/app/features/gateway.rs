//! Every feature of the route of an app: whether there is one, its certificate, who may call, and each plugin.

use serde_json::{Value, json};

use super::{Feature, Group, Pods, secrets};

/// The Secret with the certificate, which is somebody's own.
pub(super) const CERTIFICATE: &str = "certificate";
/// How many apps share the plugins, one after the other.
const APPS: usize = 4;

pub(super) fn groups(namespace: &str) -> Vec<Group> {
    let host = format!("shop.{namespace}.example.org");
    let route = json!({"kind": "Web", "ingress": {"host": host}});
    let guarded = json!({"kind": "Web", "ingress": {"enabled": true, "host": host, "plugins": [cors()]}});
    let mut of_apps = vec![Vec::new(); APPS];
    for (number, plugin) in plugins().into_iter().enumerate() {
        of_apps[number % APPS].push(plugin);
    }
    let plugins = of_apps.iter().map(|plugins| Group {
        besides: guarded.clone(),
        features: plugins.iter().map(with_plugin).collect(),
    });
    let mut groups = vec![
        Group { besides: route, features: of_the_route() },
        Group { besides: guarded.clone(), features: vec![consumers(namespace)] },
    ];
    groups.extend(plugins);
    groups
}

fn of_the_route() -> Vec<Feature> {
    let off = json!({"ingress": {"enabled": false, "tls": null, "plugins": null}});
    let open = ["Ingress/shop", "Usage/shop.drain-open"];
    let encrypted = json!({"enabled": true, "secretName": CERTIFICATE});
    vec![
        Feature::of(json!({"ingress": {"enabled": true}}), off.clone(), &open, Pods::Stay),
        Feature::of(
            json!({"ingress": {"enabled": true, "tls": encrypted}}),
            off.clone(),
            &["Ingress/shop", "Usage/shop.drain-open", "TLS of Ingress/shop"],
            Pods::Stay,
        ),
        Feature::of(
            json!({"ingress": {"enabled": true, "plugins": [cors()]}}),
            off,
            &["Ingress/shop-*", "Usage/shop.drain-*", "KongPlugin/shop-cors", "Usage/shop.guard-cors-*"],
            Pods::Stay,
        ),
    ]
}

fn consumers(namespace: &str) -> Feature {
    let consumer =
        json!({"name": "partner", "source": secrets::path(namespace, "api-keys"), "property": "API_KEY"});
    Feature::of(
        json!({"ingress": {"plugins": [cors(), {"type": "key-auth"}], "consumers": [consumer]}}),
        json!({"ingress": {"plugins": [cors()], "consumers": null}}),
        &[
            "KongPlugin/shop-key-auth",
            "KongPlugin/shop-acl",
            "Usage/shop.guard-key-auth-*",
            "Usage/shop.guard-acl-*",
            "KongConsumer/shop-partner",
            "ExternalSecret/shop-partner-key",
            "Secret/shop-partner-key",
            "Secret/shop-partner-acl",
        ],
        Pods::Stay,
    )
}

/// Beside the one that the route has anyway.
fn with_plugin(plugin: &Value) -> Feature {
    let name = plugin["type"].as_str().unwrap_or_default();
    let objects = [format!("KongPlugin/shop-{name}"), format!("Usage/shop.guard-{name}-*")];
    Feature::of(
        json!({"ingress": {"plugins": [cors(), plugin]}}),
        json!({"ingress": {"plugins": [cors()]}}),
        &objects.each_ref().map(String::as_str),
        Pods::Stay,
    )
}

fn cors() -> Value {
    json!({"type": "cors"})
}

/// Every other that a platform allows unless it says otherwise.
fn plugins() -> Vec<Value> {
    vec![
        json!({"type": "acl", "config": {"allow": ["partners"]}}),
        json!({"type": "basic-auth"}),
        json!({"type": "bot-detection"}),
        json!({"type": "correlation-id"}),
        json!({"type": "ip-restriction", "config": {"allow": ["10.0.0.0/8"]}}),
        json!({"type": "jwt"}),
        json!({"type": "key-auth"}),
        json!({"type": "proxy-cache", "config": {"strategy": "memory"}}),
        json!({"type": "rate-limiting", "config": {"minute": 60}}),
        json!({"type": "request-size-limiting", "config": {"allowedPayloadSize": 8}}),
        json!({"type": "request-termination", "config": {"statusCode": 503}}),
        json!({"type": "request-transformer"}),
        json!({"type": "response-transformer"}),
    ]
}
