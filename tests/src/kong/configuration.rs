//! A configuration as Kong's controller posts it, as far as it says who is let in where.

use std::collections::BTreeSet;

use serde_json::Value;

/// A declarative configuration of Kong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configuration {
    /// Every route.
    pub routes: Vec<Route>,
    /// Every consumer.
    pub consumers: Vec<Consumer>,
    /// Plugins of nothing that there is: Kong refuses them.
    pub(super) astray: Vec<Plugin>,
}

/// A route.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// What Kong calls it.
    pub name: String,
    /// The Ingress that it is of.
    pub ingress: Object,
    /// For which hosts.
    pub hosts: Vec<String>,
    /// For which paths; one that begins with `~` is a regular expression.
    pub paths: Vec<String>,
    /// What a request passes.
    pub plugins: Vec<Plugin>,
    /// The marks by which the controller knows it again.
    pub(super) tags: Vec<String>,
}

/// A plugin of a route.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plugin {
    /// What Kong calls it.
    pub r#type: String,
    /// The `KongPlugin`.
    pub object: Object,
    /// Whether it does anything.
    pub is_enabled: bool,
    /// The one consumer that it is for; it lets all others pass.
    pub consumer: Option<String>,
    /// The marks by which the controller knows it again.
    pub(super) tags: Vec<String>,
}

/// Somebody whom Kong knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consumer {
    /// The name.
    pub username: String,
    /// The API keys.
    pub keys: BTreeSet<String>,
    /// The groups.
    pub groups: BTreeSet<String>,
}

/// An object of Kubernetes that something was made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its own, and nobody's after it.
    pub uid: String,
}

// === impl Configuration ===

impl Configuration {
    /// Reads a body. What is not of a route or a consumer is passed over.
    pub(super) fn read(body: &Value) -> Self {
        let mut routes: Vec<_> =
            list(&body["services"]).flat_map(|service| list(&service["routes"])).map(Route::read).collect();
        let mut astray = Vec::new();
        for plugin in list(&body["plugins"]).filter(|plugin| !plugin["route"].is_null()) {
            let named = reference(&plugin["route"]);
            match routes.iter_mut().find(|route| named.is_some_and(|named| route.name == named)) {
                Some(route) => route.plugins.push(Plugin::read(plugin)),
                None => astray.push(Plugin::read(plugin)),
            }
        }
        Self { routes, consumers: list(&body["consumers"]).map(Consumer::read).collect(), astray }
    }

    /// The routes of a namespace.
    pub fn of_namespace(&self, namespace: &str) -> Vec<&Route> {
        self.routes.iter().filter(|route| route.ingress.namespace == namespace).collect()
    }
}

// === impl Route ===

impl Route {
    fn read(route: &Value) -> Self {
        let tags = texts(&route["tags"]);
        Self {
            name: text(&route["name"]),
            ingress: Object::tagged(&tags),
            hosts: texts(&route["hosts"]),
            paths: texts(&route["paths"]),
            plugins: list(&route["plugins"]).map(Plugin::read).collect(),
            tags,
        }
    }

    /// Whether it only asks what the controller knows: nothing is behind it.
    pub fn is_probe(&self) -> bool {
        self.hosts.iter().all(|host| host.ends_with(".invalid"))
    }

    /// The types of the plugins that every request passes.
    pub fn passes(&self) -> BTreeSet<&str> {
        let all = self.plugins.iter().filter(|plugin| plugin.is_enabled && plugin.consumer.is_none());
        all.map(|plugin| plugin.r#type.as_str()).collect()
    }
}

// === impl Plugin ===

impl Plugin {
    fn read(plugin: &Value) -> Self {
        let tags = texts(&plugin["tags"]);
        Self {
            r#type: text(&plugin["name"]),
            object: Object::tagged(&tags),
            is_enabled: plugin["enabled"] != false,
            consumer: reference(&plugin["consumer"]).map(str::to_owned),
            tags,
        }
    }
}

// === impl Consumer ===

impl Consumer {
    fn read(consumer: &Value) -> Self {
        let keys = list(&consumer["keyauth_credentials"]).map(|credential| text(&credential["key"]));
        let groups = list(&consumer["acls"]).map(|credential| text(&credential["group"]));
        Self { username: text(&consumer["username"]), keys: keys.collect(), groups: groups.collect() }
    }
}

// === impl Object ===

impl Object {
    fn tagged(tags: &[String]) -> Self {
        let tag = |prefix: &str| {
            let found = tags.iter().find_map(|tag| tag.strip_prefix(prefix));
            found.unwrap_or_default().to_owned()
        };
        Self { namespace: tag("k8s-namespace:"), name: tag("k8s-name:"), uid: tag("k8s-uid:") }
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn texts(value: &Value) -> Vec<String> {
    list(value).map(text).collect()
}

/// What another entity is called where it is referred to.
fn reference(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| value["name"].as_str()).or_else(|| value["id"].as_str())
}
