//! The gateway: what routes may ask of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ObjectName;
use crate::names;

/// What the platform says of its gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Gateway {
    /// The class of routes that name none.
    pub class_name: ObjectName,
    /// The plugins that a route may ask for. What runs code in the gateway, or lets it call anything, is not for teams.
    pub plugins: Vec<PluginType>,
    /// The `ClusterIssuer`s that a route may have its certificate of.
    pub issuers: Vec<ObjectName>,
    /// The hosts that the routes of a namespace may have, each with what is below it. Every host is anybody's while this is
    /// empty; a namespace that is not listed has none.
    pub allowed_hosts: BTreeMap<String, Vec<HostSuffix>>,
}

/// What Kong calls a plugin: `rate-limiting`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PluginType(String);

/// A host, and every host below it: `payments.example.org`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HostSuffix(String);

/// Plugins that do nothing but guard, limit or shape requests.
const USUAL: [&str; 14] = [
    "acl",
    "basic-auth",
    "bot-detection",
    "correlation-id",
    "cors",
    "ip-restriction",
    "jwt",
    "key-auth",
    "proxy-cache",
    "rate-limiting",
    "request-size-limiting",
    "request-termination",
    "request-transformer",
    "response-transformer",
];

// === impl Gateway ===

impl Gateway {
    /// Whether the routes of a namespace may have a host.
    pub fn may_have(&self, namespace: &str, host: &str) -> bool {
        let mut allowed = self.hosts_of(namespace);
        self.allowed_hosts.is_empty()
            || allowed.any(|suffix| {
                host.strip_suffix(suffix).is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
            })
    }

    /// The hosts of a namespace, as they are listed.
    pub fn hosts_of(&self, namespace: &str) -> impl Iterator<Item = &str> {
        self.allowed_hosts.get(namespace).into_iter().flatten().map(|HostSuffix(suffix)| suffix.as_str())
    }
}

impl Default for Gateway {
    fn default() -> Self {
        Self {
            class_name: ObjectName::of("kong"),
            plugins: USUAL.map(|name| PluginType(name.to_owned())).into(),
            issuers: Vec::new(),
            allowed_hosts: BTreeMap::new(),
        }
    }
}

// === impl PluginType ===

impl TryFrom<String> for PluginType {
    type Error = &'static str;

    fn try_from(given: String) -> Result<Self, Self::Error> {
        if names::is_dns_label(&given) && given.starts_with(|c: char| c.is_ascii_lowercase()) {
            Ok(Self(given))
        } else {
            Err("the name of a plugin such as rate-limiting is expected")
        }
    }
}

impl From<PluginType> for String {
    fn from(plugin: PluginType) -> Self {
        plugin.0
    }
}

impl AsRef<str> for PluginType {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

// === impl HostSuffix ===

impl TryFrom<String> for HostSuffix {
    type Error = &'static str;

    fn try_from(given: String) -> Result<Self, Self::Error> {
        if names::is_dns_subdomain(&given) {
            Ok(Self(given))
        } else {
            Err(
                "a host such as payments.example.org is expected, and no wildcard: what is below it is meant as well",
            )
        }
    }
}

impl From<HostSuffix> for String {
    fn from(suffix: HostSuffix) -> Self {
        suffix.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case::the_host_itself("payments", "pay.example.org", true)]
    #[case::one_below_it("payments", "api.pay.example.org", true)]
    #[case::one_that_only_ends_alike("payments", "repay.example.org", false)]
    #[case::of_another_namespace("shipping", "pay.example.org", false)]
    fn a_namespace_has_the_hosts_that_it_is_given(
        #[case] namespace: &str,
        #[case] host: &str,
        #[case] allowed: bool,
    ) {
        let gateway = json!({"allowedHosts": {"payments": ["pay.example.org"]}});
        let gateway: Gateway = serde_json::from_value(gateway).unwrap();
        assert_eq!(gateway.may_have(namespace, host), allowed);
        assert!(Gateway::default().may_have(namespace, host), "nobody has said anything of hosts");
    }
}
