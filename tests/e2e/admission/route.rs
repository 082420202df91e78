//! What the XRDs accept and reject of a route, wherever a spec has it.

use serde_json::{Value, json};

type Accepted = (&'static str, Value);
type Refused = (&'static str, Value, &'static str);

/// What is accepted, laid over a route with a host.
pub(crate) fn accepted() -> Vec<Accepted> {
    let path = |path: &str| json!({"path": path});
    vec![
        ("a host is enough", json!({})),
        ("a path of several segments", path("/api/v1/payments")),
        ("a path that ends in a slash", path("/api/")),
        ("a path with a dot", path("/v1.2/shop")),
        ("a hidden segment", path("/.well-known/acme")),
        ("a plugin without a configuration", json!({"plugins": [{"type": "key-auth"}]})),
        (
            "a configuration in camel case",
            json!({"plugins": [{"type": "key-auth", "config": {"keyNames": ["apikey"], "hideCredentials": true}}]}),
        ),
        (
            "a configuration of several levels",
            json!({"plugins": [{"type": "response-transformer", "config": {"add": {"headers": ["x-a:b"]}}}]}),
        ),
        (
            "a plugin that logs, configured by a Secret",
            json!({"plugins": [{"type": "http-log", "configSecretRef": {"name": "logs", "key": "config"}}]}),
        ),
        (
            "consumers of API keys",
            json!({"plugins": [{"type": "key-auth"}], "consumers": [
                {"name": "partner", "source": "goldenpath/prod/payments/partner"},
                {"name": "web", "source": "goldenpath/prod/payments/web", "property": "key"},
            ]}),
        ),
        ("no consumers", json!({"consumers": []})),
        (
            "retries and timeouts",
            json!({"traffic": {"retries": 0, "timeout": "30s", "connectTimeout": "500ms"}}),
        ),
        ("a timeout of an hour", json!({"traffic": {"timeout": "60m"}})),
        ("a certificate of one's own", json!({"tls": {"enabled": true, "secretName": "shop-tls"}})),
        ("a certificate that is issued", json!({"tls": {"enabled": true, "issuer": "letsencrypt"}})),
        ("a redirect that is off", json!({"tls": {"enabled": true, "secretName": "a", "redirect": false}})),
        ("a class", json!({"className": "kong-internal"})),
    ]
}

/// What is refused, laid over the same.
pub(crate) fn refused() -> Vec<Refused> {
    [places(), plugins(), consumers(), traffic(), tls()].into_iter().flatten().collect()
}

fn places() -> Vec<Refused> {
    let path = |path: &str| json!({"path": path});
    let host = |host: &str| json!({"host": host});
    vec![
        ("a host of one label", host("shop"), "host"),
        ("a host with a wildcard", host("*.example.org"), "host"),
        ("a host in capitals", host("Shop.example.org"), "host"),
        ("a host with a port", host("shop.example.org:8080"), "host"),
        ("a path without its slash", path("api"), "path"),
        ("a group that is open", path("/a(b"), "path"),
        ("a regular expression", path("/~.*"), "path"),
        ("one path or any", path("/x|.*"), "path"),
        ("a path with a star", path("/a*"), "path"),
        ("a path with a backslash", path("/a\\b"), "path"),
        ("a path with a space", path("/a b"), "path"),
        ("a path that is not ASCII", path("/\u{e9}"), "path"),
        ("an escape", path("/a%2fb"), "path"),
        ("an empty segment", path("//x"), "path"),
        ("a path that leads up", path("/a/../b"), "path"),
        ("a class that is no name", json!({"className": "Kong"}), "className"),
    ]
}

fn plugins() -> Vec<Refused> {
    let plugin = |plugin: Value| json!({"plugins": [plugin]});
    let secret = json!({"name": "a", "key": "b"});
    vec![
        ("a plugin of no type", plugin(json!({"config": {}})), "plugins[0].type"),
        ("a type in capitals", plugin(json!({"type": "KeyAuth"})), "plugins[0].type"),
        (
            "a configuration that is a list",
            plugin(json!({"type": "cors", "config": []})),
            "plugins[0].config",
        ),
        (
            "a plugin twice",
            json!({"plugins": [{"type": "cors"}, {"type": "cors", "config": {"origins": ["*"]}}]}),
            "Kong takes one plugin of a type on a route",
        ),
        (
            "a guard that is configured by a Secret",
            plugin(json!({"type": "key-auth", "configSecretRef": secret})),
            "configSecretRef is for logging and tracing plugins",
        ),
        (
            "a configuration in two places",
            plugin(json!({"type": "http-log", "config": {"a": 1}, "configSecretRef": secret})),
            "configSecretRef is for logging and tracing plugins",
        ),
        (
            "a Secret that is no name",
            plugin(json!({"type": "http-log", "configSecretRef": {"name": "A", "key": "b"}})),
            "configSecretRef.name",
        ),
        (
            "a Secret without its key",
            plugin(json!({"type": "http-log", "configSecretRef": {"name": "a"}})),
            "configSecretRef.key",
        ),
    ]
}

fn consumers() -> Vec<Refused> {
    let consumers = |consumers: Value| json!({"plugins": [{"type": "key-auth"}], "consumers": consumers});
    let consumer = |over: Value| {
        let mut consumer = json!({"name": "partner", "source": "a/partner"});
        super::merge(&mut consumer, &over);
        consumers(json!([consumer]))
    };
    vec![
        (
            "keys that nobody asks for",
            json!({"consumers": [{"name": "partner", "source": "a/partner"}]}),
            "consumers have API keys, so plugins needs key-auth",
        ),
        (
            "two lists of who may call",
            json!({
                "plugins": [{"type": "key-auth"}, {"type": "acl", "config": {"allow": ["a"]}}],
                "consumers": [{"name": "partner", "source": "a/partner"}],
            }),
            "the acl plugin is made from consumers",
        ),
        ("a consumer that is no name", consumer(json!({"name": "Web App"})), "consumers[0].name"),
        ("a consumer with a dot", consumer(json!({"name": "a.b"})), "consumers[0].name"),
        ("a key from nowhere", consumer(json!({"source": ""})), "consumers[0].source"),
        ("a key on a path that leads up", consumer(json!({"source": "a/../b"})), "consumers[0].source"),
        ("a field with a space", consumer(json!({"property": "a b"})), "consumers[0].property"),
        (
            "a consumer twice",
            consumers(json!([{"name": "a", "source": "a"}, {"name": "a", "source": "b"}])),
            "Duplicate value",
        ),
    ]
}

fn traffic() -> Vec<Refused> {
    let traffic = |traffic: Value| json!({"traffic": traffic});
    vec![
        ("fewer retries than none", traffic(json!({"retries": -1})), "traffic.retries"),
        ("retries without end", traffic(json!({"retries": 11})), "traffic.retries"),
        ("no time at all", traffic(json!({"timeout": "0s"})), "timeout is between 1ms and 1h"),
        ("two hours", traffic(json!({"timeout": "2h"})), "timeout is between 1ms and 1h"),
        ("a timeout without its unit", traffic(json!({"timeout": "30"})), "traffic.timeout"),
        ("a timeout in days", traffic(json!({"timeout": "1d"})), "traffic.timeout"),
        (
            "a quarter of an hour to connect",
            traffic(json!({"connectTimeout": "15m"})),
            "connectTimeout is between 1ms and 10m",
        ),
    ]
}

fn tls() -> Vec<Refused> {
    let tls = |tls: Value| json!({"tls": tls});
    vec![
        ("HTTPS without a certificate", tls(json!({"enabled": true})), "tls needs secretName or issuer"),
        ("a certificate in no Secret", tls(json!({"secretName": "A_b"})), "tls.secretName"),
        ("an issuer that is no name", tls(json!({"issuer": "Let's"})), "tls.issuer"),
    ]
}
