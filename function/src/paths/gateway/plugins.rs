//! The plugins of a route: which are allowed, which of them guard, and the `KongPlugin` of each.

mod configs;

use std::collections::BTreeSet;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::{Map, Value, json};

use crate::kinds::kong::{KongPlugin, SecretKey};
use crate::paths::gateway::api::{self, Plugin};
use crate::platform::{Gateway, PluginType};
use crate::problems::Problem;

/// The plugin that asks for an API key.
pub(super) const KEY_AUTH: &str = "key-auth";
/// The plugin that lets in the groups that are listed.
pub(super) const ACL: &str = "acl";
/// Who may call where nobody is known; it takes a guard's effect away.
const ANONYMOUS: &str = "anonymous";
/// Those that ask who calls.
const ASKING: [&str; 4] = ["basic-auth", "hmac-auth", "jwt", KEY_AUTH];
/// Those that only watch: a route without one is as closed as with it.
const WATCHING: [&str; 12] = [
    "datadog",
    "file-log",
    "http-log",
    "kafka-log",
    "loggly",
    "opentelemetry",
    "prometheus",
    "statsd",
    "syslog",
    "tcp-log",
    "udp-log",
    "zipkin",
];

/// A plugin that is allowed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RoutePlugin {
    pub(super) r#type: PluginType,
    setup: Setup,
}

/// Where a plugin has its configuration.
#[derive(Clone, Debug, PartialEq)]
enum Setup {
    /// In Kong's words.
    Config(Map<String, Value>),
    Secret(SecretKey),
}

/// Whether a route is not what its owner asked for without a plugin.
pub(super) fn guards(name: &str) -> bool {
    !WATCHING.contains(&name)
}

/// Whether a plugin asks who calls.
pub(super) fn asks_who_calls(name: &str) -> bool {
    ASKING.contains(&name)
}

/// The group of a route's consumers, which the plugin `acl` lets in.
pub(super) fn group(namespace: &str, name: &str) -> String {
    format!("{namespace}.{name}")
}

/// The plugins of a route, those that guard first, and what is wrong with them; with the one that lets in a group, where
/// one is named.
pub(super) fn of(
    listed: &[Plugin],
    at: &str,
    group: Option<&str>,
    gateway: &Gateway,
) -> (Vec<RoutePlugin>, Vec<Problem>) {
    let (mut plugins, mut problems, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for plugin in listed {
        let at = format!("{at}.plugins[{}]", plugin.r#type.as_ref());
        if !seen.insert(&plugin.r#type) {
            let message =
                format!("the plugin {} is listed twice; Kong takes one of a type", plugin.r#type.as_ref());
            problems.push(rejected(message, at).remedy("leave one of them out"));
            continue;
        }
        match checked(plugin, &at, gateway) {
            Ok(setup) => plugins.push(RoutePlugin { r#type: plugin.r#type.clone(), setup }),
            Err(refused) => problems.extend(refused),
        }
    }
    if let Some(group) = group {
        match acl(group) {
            Some(plugin) if !seen.contains(&plugin.r#type) => plugins.push(plugin),
            _ => problems.push(
                rejected("the acl plugin is made from consumers".into(), format!("{at}.plugins"))
                    .remedy("list consumers, or the plugin, and not both"),
            ),
        }
    }
    plugins.sort_by_key(|plugin| !guards(plugin.r#type.as_ref()));
    (plugins, problems)
}

/// An API key is good for the whole gateway, so the consumers of this route are let in and no others.
fn acl(group: &str) -> Option<RoutePlugin> {
    let config = json!({"allow": [group], "hide_groups_header": true});
    let Value::Object(config) = config else { return None };
    Some(RoutePlugin { r#type: PluginType::try_from(ACL.to_owned()).ok()?, setup: Setup::Config(config) })
}

fn checked(plugin: &Plugin, at: &str, gateway: &Gateway) -> Result<Setup, Vec<Problem>> {
    let Plugin { r#type, config, config_secret_ref } = plugin;
    let name = r#type.as_ref();
    let none = Map::new();
    let config = config.as_ref().unwrap_or(&none);
    if !gateway.plugins.contains(r#type) {
        let allowed: Vec<&str> = gateway.plugins.iter().map(AsRef::as_ref).collect();
        let message = format!("the platform does not allow the plugin {name}");
        let remedy = format!("use one of: {}", allowed.join(", "));
        return Err(vec![Problem::error("PluginNotAllowed", message).at(at).remedy(remedy)]);
    }
    if guards(name) && config.contains_key(ANONYMOUS) {
        let message = format!("{ANONYMOUS} would let in whom the plugin {name} does not know");
        let problem = Problem::error("PluginNotAllowed", message).at(format!("{at}.config.{ANONYMOUS}"));
        return Err(vec![problem.remedy("leave it out")]);
    }
    match config_secret_ref {
        Some(_) if guards(name) || !config.is_empty() => {
            let message = "configSecretRef is for logging and tracing plugins, and replaces config";
            let at = format!("{at}.configSecretRef");
            Err(vec![rejected(message.into(), at).remedy("put the configuration into config")])
        }
        Some(api::SecretKey { name, key }) => {
            Ok(Setup::Secret(SecretKey { name: name.clone(), key: key.clone() }))
        }
        None => configs::in_kongs_words(name, config, at).map(Setup::Config),
    }
}

/// A configuration that Kong would refuse, and with it every other of its gateway.
fn rejected(message: String, at: String) -> Problem {
    Problem::error("PluginRejected", message).at(at)
}

// === impl RoutePlugin ===

impl RoutePlugin {
    pub(super) fn object(&self, metadata: ObjectMeta) -> KongPlugin {
        let plugin = self.r#type.clone().into();
        match &self.setup {
            Setup::Config(config) => KongPlugin::of(metadata, plugin, config.clone()),
            Setup::Secret(key) => KongPlugin::configured_by(metadata, plugin, key.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_only_watch_guards() {
        assert!(guards("key-auth") && guards("rate-limiting") && guards("of-a-later-kong"));
        assert!(!guards("http-log") && !guards("prometheus"));
    }
}
