//! What is observed of a route, as far as the order depends on it.

use std::collections::BTreeMap;

use pbjson_types::Struct;

use crate::keys::Family;
use crate::kinds::ingress;
use crate::observed::Observed;
use crate::paths::gateway::{INGRESS, PLUGIN, PLUGINS, PROBE, PROBE_SERVICE, plugin_name};
use crate::wire;

/// Crossplane's mark of an object that a `Usage` keeps from being deleted.
const IN_USE: &str = "crossplane.io/in-use";

/// What is observed of a route.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// By type.
    pub(super) plugins: BTreeMap<String, SeenPlugin>,
    pub(super) probes: Vec<SeenIngress>,
    pub(super) ingresses: Vec<SeenIngress>,
    /// The uid of the Service of the probes.
    pub(super) probe_service: Option<String>,
}

/// A plugin that there is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SeenPlugin {
    pub(super) uid: String,
    pub(super) is_leaving: bool,
    pub(super) is_in_use: bool,
}

/// An Ingress that there is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SeenIngress {
    /// Its place in its list.
    pub(super) member: String,
    pub(super) name: String,
    /// The types of the plugins that it names.
    pub(super) plugins: Vec<String>,
    /// Whether the gateway has acknowledged it. Once it has, that stays.
    pub(super) has_address: bool,
    pub(super) is_leaving: bool,
}

// === impl Seen ===

impl Seen {
    pub(super) fn of(name: &str, observed: Observed<'_>) -> Self {
        let plugins = observed.keys().into_iter().filter_map(|key| {
            let r#type = PLUGIN.member(key)?.to_owned();
            Some((r#type, SeenPlugin::of(observed.object(key)?)))
        });
        let list = |family: Family| {
            let members = observed.keys().into_iter().filter_map(move |key| {
                Some(SeenIngress::of(name, family.member(key)?, observed.object(key)?))
            });
            members.collect()
        };
        Self {
            plugins: plugins.collect(),
            probes: list(PROBE),
            ingresses: list(INGRESS),
            probe_service: observed
                .contains(PROBE_SERVICE)
                .then(|| observed.text(PROBE_SERVICE, &["metadata"], "uid").unwrap_or_default().to_owned()),
        }
    }

    /// Whether the gateway has taken up a route.
    pub(super) fn is_served(&self) -> bool {
        self.ingresses.iter().any(SeenIngress::is_served)
    }
}

// === impl SeenPlugin ===

impl SeenPlugin {
    fn of(object: &Struct) -> Self {
        let metadata = wire::child(object, "metadata");
        let text = |field: &str| metadata.and_then(|metadata| wire::text(metadata, field));
        let labels = metadata.and_then(|metadata| wire::child(metadata, "labels"));
        Self {
            uid: text("uid").unwrap_or_default().to_owned(),
            is_leaving: text("deletionTimestamp").is_some(),
            is_in_use: labels.is_some_and(|labels| labels.fields.contains_key(IN_USE)),
        }
    }
}

// === impl SeenIngress ===

impl SeenIngress {
    fn of(owner: &str, member: &str, object: &Struct) -> Self {
        let metadata = wire::child(object, "metadata");
        let text = |field: &str| metadata.and_then(|metadata| wire::text(metadata, field));
        let annotations = metadata.and_then(|metadata| wire::child(metadata, "annotations"));
        let named = annotations.and_then(|all| wire::text(all, PLUGINS)).unwrap_or_default();
        let own = plugin_name(owner, "");
        let types = named.split(',').filter_map(|name| name.trim().strip_prefix(&own));
        Self {
            member: member.to_owned(),
            name: text("name").unwrap_or_default().to_owned(),
            plugins: types.map(str::to_owned).collect(),
            has_address: ingress::address(object).is_some(),
            is_leaving: text("deletionTimestamp").is_some(),
        }
    }

    pub(super) fn is_served(&self) -> bool {
        self.has_address && !self.is_leaving
    }

    pub(super) fn names(&self, r#type: &str) -> bool {
        self.plugins.iter().any(|named| named == r#type)
    }
}
