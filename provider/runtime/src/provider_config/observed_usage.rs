//! One usage of a configuration, and the managed resource it is recorded for.

use std::sync::Arc;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::api::DynamicObject;
use kube::{Resource, ResourceExt};
use serde_json::{Value, json};

use crate::config_group::{CONFIG_LABEL, USAGE_FINALIZER};

/// A usage, and what is known of its managed resource.
#[derive(Clone, Debug)]
pub(super) struct ObservedUsage {
    pub(super) usage: Arc<DynamicObject>,
    pub(super) resource: ResourceState,
}

/// What is known of the managed resource of a usage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ResourceState {
    /// Nobody has to know.
    NotLookedUp,
    /// It is there, with this UID.
    Exists(String),
    /// There is none of its name.
    Gone,
    /// Its kind is none of the provider's.
    Foreign,
}

/// What becomes of a usage.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum UsageDecision {
    /// It counts, for the managed resource of this UID.
    Counts(String),
    /// It counts, and is on its way out as soon as the managed resource is.
    Waits(String),
    /// It counts once it has these owners.
    Attach(String, Value),
    /// It is let go.
    Release,
    /// It is let go, and with these owners the garbage collector removes it.
    Discard(Value),
    /// Nothing: it does not count.
    Ignored,
}

/// Whether an owner counts as the one that the usage is recorded for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ownership {
    Controller,
    Plain,
}

/// The managed resource that a usage names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ResourceReference<'a> {
    pub(super) api_version: &'a str,
    pub(super) kind: &'a str,
    pub(super) name: &'a str,
}

/// The usages of a configuration among those of its kind.
pub(super) fn of(config: &DynamicObject, usages: Vec<Arc<DynamicObject>>) -> Vec<ObservedUsage> {
    let is_of_config = |usage: &Arc<DynamicObject>| {
        usage.labels().get(CONFIG_LABEL) == config.meta().name.as_ref()
            && (config.namespace().is_none() || usage.namespace() == config.namespace())
    };
    let of_config = usages.into_iter().filter(is_of_config);
    of_config.map(|usage| ObservedUsage { usage, resource: ResourceState::NotLookedUp }).collect()
}

// === impl ObservedUsage ===

impl ObservedUsage {
    /// The managed resource that has to be looked up before the usage is decided on, if it has to be: of a usage
    /// that we hold on its way out, and of one without a controller.
    pub(super) fn needs_lookup(&self) -> Option<ResourceReference<'_>> {
        let is_leaving = self.usage.meta().deletion_timestamp.is_some() && self.is_held();
        (is_leaving || self.controller().is_none()).then(|| {
            let reference = &self.usage.data["resourceRef"];
            let field = |name: &str| reference.get(name).and_then(Value::as_str).unwrap_or_default();
            ResourceReference { api_version: field("apiVersion"), kind: field("kind"), name: field("name") }
        })
    }

    /// What becomes of it. A usage without a controller was restored from a backup, or its managed resource was
    /// deleted as one that leaves behind what it owns. It gets its managed resource back as the owner, so that the
    /// garbage collector removes it one day, which we are not allowed to (R189): one that is gone is an owner too,
    /// and the day is today.
    pub(super) fn decision(&self) -> UsageDecision {
        match (self.controller(), &self.resource) {
            (Some(owner), ResourceState::NotLookedUp | ResourceState::Foreign) => {
                UsageDecision::Counts(owner.uid.clone())
            }
            (Some(owner), ResourceState::Exists(uid)) if *uid == owner.uid => {
                UsageDecision::Waits(owner.uid.clone())
            }
            (Some(_), ResourceState::Exists(_) | ResourceState::Gone) => UsageDecision::Release,
            (None, ResourceState::Exists(uid)) => {
                UsageDecision::Attach(uid.clone(), self.owners(uid, Ownership::Controller))
            }
            (None, ResourceState::Gone) if self.is_held() || !self.is_owned_by_the_gone() => {
                UsageDecision::Discard(self.owners(&self.usage.name_any(), Ownership::Plain))
            }
            (None, ResourceState::Gone | ResourceState::NotLookedUp | ResourceState::Foreign) => {
                UsageDecision::Ignored
            }
        }
    }

    fn controller(&self) -> Option<&OwnerReference> {
        self.usage.owner_references().iter().find(|o| o.controller == Some(true))
    }

    fn is_held(&self) -> bool {
        self.usage.finalizers().iter().any(|f| f == USAGE_FINALIZER)
    }

    /// Whether the managed resource that is gone is an owner: by its UID, which is the usage's name.
    fn is_owned_by_the_gone(&self) -> bool {
        self.usage.owner_references().iter().any(|o| o.uid == self.usage.name_any())
    }

    /// The owners, with the managed resource of a UID among them.
    fn owners(&self, uid: &str, ownership: Ownership) -> Value {
        let reference = &self.usage.data["resourceRef"];
        let mut owner = json!({
            "apiVersion": reference["apiVersion"], "kind": reference["kind"], "name": reference["name"], "uid": uid,
            "blockOwnerDeletion": false,
        });
        if ownership == Ownership::Controller {
            owner["controller"] = json!(true);
        }
        let others = self.usage.owner_references().iter().filter(|o| o.uid != uid).map(|o| json!(o));
        others.chain([owner]).collect()
    }
}

// === impl UsageDecision ===

impl UsageDecision {
    /// UID of the managed resource that a usage counts for, if it counts.
    pub(super) fn user(&self) -> Option<&str> {
        match self {
            Self::Counts(uid) | Self::Waits(uid) | Self::Attach(uid, _) => Some(uid),
            Self::Release | Self::Discard(_) | Self::Ignored => None,
        }
    }
}
