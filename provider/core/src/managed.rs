//! What every managed resource has in common.

use std::fmt::{self, Debug, Display};

use k8s_openapi::NamespaceResourceScope;
use kube::{Resource, ResourceExt};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::condition::{self, Condition};
use crate::creation::EXTERNAL_NAME;
use crate::policy::ManagementAction;

/// The finalizer that keeps a managed resource until its external resource is dealt with.
pub const FINALIZER: &str = "finalizer.managedresource.crossplane.io";
/// `"true"` stops every action on the object.
pub const PAUSED: &str = "crossplane.io/paused";
/// A new value asks for a reconcile now.
pub const RECONCILE_REQUESTED_AT: &str = "crossplane.io/reconcile-requested-at";
/// `"true"` has an object take over the external resource of its name, whoever's it was, and [`UNOWNED`] one that nobody
/// owns. It is an act: the annotation goes once the external resource is this object's.
pub const ADOPT: &str = "goldenpath.io/adopt";
/// The value of [`ADOPT`] with which only an external resource whose tags name no owner is taken over.
pub const UNOWNED: &str = "Unowned";

/// The part of `spec` that the runtime reads. Flattened into each kind's spec.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ManagedSpec {
    /// Which actions are allowed; all of them unless set. An empty list pauses the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = ["*"]))]
    pub management_policies: Option<Vec<ManagementAction>>,
    /// The configuration whose credentials are used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = {"kind": "ClusterProviderConfig", "name": "default"}))]
    pub provider_config_ref: Option<ProviderConfigReference>,
    /// A Secret of the object's namespace that receives connection details; none unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write_connection_secret_to_ref: Option<LocalSecretReference>,
}

/// Names the configuration whose credentials are used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProviderConfigReference {
    /// `ProviderConfig` (of the object's namespace) or `ClusterProviderConfig`.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// Names a Secret of the object's namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LocalSecretReference {
    /// Its name.
    pub name: String,
}

/// The part of `status` that the runtime writes. Flattened into each kind's status.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ManagedStatus {
    /// `Synced`, `Ready`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,
    /// `metadata.generation` that this status describes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// The last `crossplane.io/reconcile-requested-at` that was handled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_handled_reconcile_at: Option<String>,
    /// What keeps the object from being in sync, with the remedy; absent while nothing does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// What keeps an object from being in sync, for the one who has to act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// For machines: `InvalidSpec`, `NotOwned`, `CredentialsInvalid`, ...
    pub code: String,
    /// What happened.
    pub message: String,
    /// The path of this object's spec that has to change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// Whether it passes by itself once something else has happened.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub waiting: bool,
}

/// A kind of objects, whatever its version: kinds of two groups may have one name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupKind {
    /// E.g. `rds.aws.m.goldenpath.io`; empty for Kubernetes' oldest kinds.
    pub group: String,
    /// E.g. `Instance`.
    pub kind: String,
}

/// Another object of the same namespace that this one needs; a change of it is a reason to reconcile this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Its kind.
    pub target: GroupKind,
    /// Its name.
    pub name: String,
}

// === impl GroupKind ===

impl GroupKind {
    /// The kind of a type of objects.
    pub fn of<K: Resource<DynamicType = ()>>() -> Self {
        Self { group: K::group(&()).into_owned(), kind: K::kind(&()).into_owned() }
    }
}

impl Display for GroupKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { group, kind } = self;
        if group.is_empty() { f.write_str(kind) } else { write!(f, "{kind}.{group}") }
    }
}

// === impl Reference ===

impl Reference {
    /// A reference to an object of a type.
    pub fn to<K: Resource<DynamicType = ()>>(name: &(impl AsRef<str> + ?Sized)) -> Self {
        Self { target: GroupKind::of::<K>(), name: name.as_ref().to_owned() }
    }
}

/// Names an object of a kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectName {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl ObjectName {
    /// The name of an object.
    pub fn of(object: &impl Resource) -> Self {
        Self { namespace: object.namespace().unwrap_or_default(), name: object.name_any() }
    }
}

/// A managed resource: a namespaced object that stands for one external resource.
pub trait Managed:
    Resource<DynamicType = (), Scope = NamespaceResourceScope>
    + Clone
    + Debug
    + Serialize
    + DeserializeOwned
    + Send
    + Sync
    + 'static
{
    /// The part of the spec that all kinds share.
    fn managed_spec(&self) -> &ManagedSpec;
    /// The part of the status that all kinds share, if there is a status yet.
    fn managed_status(&self) -> Option<&ManagedStatus>;
    /// The part of the status that all kinds share; makes an empty one if there is none.
    fn managed_status_mut(&mut self) -> &mut ManagedStatus;
    /// The objects of the same namespace whose change may let this one proceed; none unless overridden.
    ///
    /// This is all that a kind says of what it refers to: a controller of the target's kind in the same process wakes
    /// the objects that refer to one that it sees change. A reference is by name only. Nothing is resolved into the spec
    /// beforehand: the connector reads the object when it needs it, and finds it as it is then (R56 to R72).
    fn references(&self) -> Vec<Reference> {
        Vec::new()
    }

    /// The name of the external resource; the object's own name unless the annotation says otherwise (R28).
    fn external_name(&self) -> String {
        self.annotations()
            .get(EXTERNAL_NAME)
            .filter(|n| !n.is_empty())
            .cloned()
            .unwrap_or_else(|| self.name_any())
    }

    /// The allowed actions; the CRD's default where an object written before it has none.
    fn management_policies(&self) -> Vec<ManagementAction> {
        self.managed_spec().management_policies.clone().unwrap_or_else(all_actions)
    }

    /// The referenced configuration; the CRD's default where an object written before it has none.
    fn provider_config_ref(&self) -> ProviderConfigReference {
        self.managed_spec().provider_config_ref.clone().unwrap_or_else(default_provider_config)
    }

    /// The condition of a type, if it was ever set.
    fn condition(&self, r#type: &str) -> Option<&Condition> {
        self.managed_status().and_then(|s| condition::find(&s.conditions, r#type))
    }

    /// Whether an annotation has exactly the value `"true"` (R6).
    fn is_annotated(&self, key: &str) -> bool {
        self.annotations().get(key).is_some_and(|v| v == "true")
    }
}

fn all_actions() -> Vec<ManagementAction> {
    vec![ManagementAction::All]
}

fn default_provider_config() -> ProviderConfigReference {
    ProviderConfigReference { kind: "ClusterProviderConfig".into(), name: "default".into() }
}
