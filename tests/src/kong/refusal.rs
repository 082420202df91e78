//! What Kong refuses, and with it the whole configuration.

use std::collections::BTreeSet;

use regex_lite::Regex;
use serde_json::{Value, json};

use super::configuration::{Configuration, Plugin, Route};

/// The plugins that come with Kong.
const BUNDLED: [&str; 42] = [
    "acl",
    "acme",
    "ai-prompt-decorator",
    "ai-prompt-guard",
    "ai-proxy",
    "aws-lambda",
    "azure-functions",
    "basic-auth",
    "bot-detection",
    "correlation-id",
    "cors",
    "datadog",
    "file-log",
    "grpc-gateway",
    "grpc-web",
    "hmac-auth",
    "http-log",
    "ip-restriction",
    "jwt",
    "key-auth",
    "ldap-auth",
    "loggly",
    "oauth2",
    "opentelemetry",
    "post-function",
    "pre-function",
    "prometheus",
    "proxy-cache",
    "rate-limiting",
    "redirect",
    "request-size-limiting",
    "request-termination",
    "request-transformer",
    "response-ratelimiting",
    "response-transformer",
    "session",
    "standard-webhooks",
    "statsd",
    "syslog",
    "tcp-log",
    "udp-log",
    "zipkin",
];

/// Why a configuration is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What of it.
    pub entity: Entity,
    /// The field of it.
    pub field: &'static str,
    /// In Kong's words.
    pub message: String,
    tags: Vec<String>,
}

/// Something in a configuration, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entity {
    /// A route.
    Route(String),
    /// A plugin.
    Plugin(String),
}

/// Whether a plugin comes with Kong.
pub(super) fn is_bundled(r#type: &str) -> bool {
    BUNDLED.contains(&r#type)
}

/// Everything for which Kong refuses a configuration, as far as golden paths could bring it about.
pub(super) fn of(configuration: &Configuration) -> Vec<Refusal> {
    let routes = configuration.routes.iter();
    let of_routes = routes.clone().flat_map(|route| bad_paths(route).chain(doubled(route)));
    let plugins = routes.flat_map(|route| &route.plugins).chain(&configuration.astray);
    let unknown = plugins.filter(|plugin| !is_bundled(&plugin.r#type)).map(|plugin| {
        let message =
            format!("plugin '{}' not enabled; add it to the 'plugins' configuration property", plugin.r#type);
        Refusal::of_plugin(plugin, "name", message)
    });
    let astray = configuration.astray.iter();
    let astray = astray.map(|plugin| Refusal::of_plugin(plugin, "route", "no such route".into()));
    of_routes.chain(unknown).chain(astray).collect()
}

/// Kong's answer.
pub(super) fn answer(refusals: &[Refusal]) -> Value {
    json!({
        "code": 14, "name": "invalid declarative configuration", "message": "declarative config is invalid",
        "fields": {}, "flattened_errors": refusals.iter().map(Refusal::flattened).collect::<Vec<_>>(),
    })
}

fn bad_paths(route: &Route) -> impl Iterator<Item = Refusal> {
    let bad = route.paths.iter().filter_map(|path| {
        let error = Regex::new(path.strip_prefix('~')?).err()?;
        Some(Refusal {
            entity: Entity::Route(route.name.clone()),
            field: "paths",
            message: format!("invalid regex: '{path}' ({error})"),
            tags: route.tags.clone(),
        })
    });
    bad.collect::<Vec<_>>().into_iter()
}

/// Two plugins of one type, for the same.
fn doubled(route: &Route) -> impl Iterator<Item = Refusal> {
    let mut seen = BTreeSet::new();
    let twice = route.plugins.iter().filter(|plugin| !seen.insert((&plugin.r#type, &plugin.consumer)));
    let refusals = twice.map(|plugin| {
        let message =
            format!("uniqueness violation: 'plugins' entity with name '{}' on one route", plugin.r#type);
        Refusal::of_plugin(plugin, "name", message)
    });
    refusals.collect::<Vec<_>>().into_iter()
}

// === impl Refusal ===

impl Refusal {
    fn of_plugin(plugin: &Plugin, field: &'static str, message: String) -> Self {
        Self { entity: Entity::Plugin(plugin.r#type.clone()), field, message, tags: plugin.tags.clone() }
    }

    fn flattened(&self) -> Value {
        let (r#type, name) = match &self.entity {
            Entity::Route(name) => ("route", name),
            Entity::Plugin(name) => ("plugin", name),
        };
        json!({
            "entity_type": r#type, "entity_name": name, "entity_tags": self.tags,
            "errors": [{"type": "field", "field": self.field, "message": self.message}],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(routes: &Value, plugins: &Value) -> Vec<&'static str> {
        let body = json!({"services": [{"routes": routes}], "plugins": plugins});
        of(&Configuration::read(&body)).into_iter().map(|refusal| refusal.field).collect()
    }

    #[test]
    fn a_path_that_is_no_regular_expression_stops_everything() {
        let route = |path: &str| json!([{"name": "a", "paths": [path, "/fine/"]}]);
        assert_eq!(refused(&route("~/a(b$"), &json!([])), ["paths"]);
        assert!(refused(&route("/a(b/"), &json!([])).is_empty());
        assert!(refused(&route("~/a\\.b$"), &json!([])).is_empty());
    }

    #[test]
    fn a_plugin_is_known_is_of_a_route_and_is_there_once() {
        let routes = json!([{"name": "a"}, {"name": "b"}]);
        let plugin = |name: &str, route: &str| json!({"name": name, "route": route});
        assert!(refused(&routes, &json!([plugin("acl", "a"), plugin("acl", "b")])).is_empty());
        assert_eq!(refused(&routes, &json!([plugin("acl", "a"), plugin("acl", "a")])), ["name"]);
        assert_eq!(refused(&routes, &json!([plugin("own-plugin", "a")])), ["name"]);
        assert_eq!(refused(&routes, &json!([plugin("acl", "c")])), ["route"]);
        let mut for_one = plugin("acl", "a");
        for_one["consumer"] = json!({"name": "somebody"});
        assert!(refused(&routes, &json!([plugin("acl", "a"), for_one])).is_empty());
    }
}
