//! Whether a composed resource can be used, kind by kind.

mod external_secret;
mod managed;

use pbjson_types::Struct;
use serde::Deserialize;

use crate::problems::Problem;
use crate::wire;

/// What there is to say about one observed object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// Whether it can be used.
    pub ready: bool,
    /// Why not, for machines.
    pub reason: Option<String>,
    /// Why not, for people.
    pub message: Option<String>,
    /// What a person has to act on. Their fields are those of the object, not of the XR.
    pub problems: Vec<Problem>,
}

/// Judges an observed object by the rules of its kind. A kind without rules is ready when its own condition
/// `Ready` says so.
pub fn assess(object: &Struct) -> Assessment {
    let text = |key: &str| wire::text(object, key).unwrap_or_default();
    let group = text("apiVersion").split_once('/').map_or("", |(group, _)| group);
    let judge: fn(&View) -> Assessment = match (group, text("kind")) {
        ("external-secrets.io", "ExternalSecret") => external_secret::assess,
        // Whether a Usage is enforced is told by `DeletionBlocked`: it keeps nobody from using what is in use.
        ("protection.crossplane.io", "Usage")
        | ("networking.k8s.io", "NetworkPolicy")
        | ("vpcresources.k8s.aws", "SecurityGroupPolicy") => observed,
        _ => managed::assess,
    };
    match wire::read::<View>(object) {
        Ok(view) => judge(&view),
        Err(_) => Assessment::waiting("Unreadable", "its status cannot be read"),
    }
}

/// Whether an object says of itself that it is ready.
pub fn is_told_ready(object: &Struct) -> bool {
    let view = wire::read::<View>(object).unwrap_or_default();
    view.condition("Ready").is_some_and(|ready| ready.status == "True")
}

/// Ready because it is there.
fn observed(view: &View) -> Assessment {
    if view.is_being_deleted() {
        return Assessment::waiting("Deleting", "it is being deleted");
    }
    Assessment::ready()
}

/// The parts of an object that readiness is judged by.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct View {
    metadata: Metadata,
    status: Option<StatusView>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Metadata {
    generation: Option<i64>,
    deletion_timestamp: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct StatusView {
    conditions: Vec<ConditionView>,
    observed_generation: Option<i64>,
    problem: Option<ProblemView>,
    at_provider: AtProviderView,
    synced_resource_version: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ConditionView {
    r#type: String,
    status: String,
    reason: Option<String>,
    message: Option<String>,
    observed_generation: Option<i64>,
}

/// `status.atProvider` of our managed resources.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AtProviderView {
    notices: Vec<ProblemView>,
}

/// `status.problem` of our managed resources, and each of their notices.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ProblemView {
    code: String,
    message: String,
    field: Option<String>,
    remedy: Option<String>,
    waiting: bool,
}

// === impl Assessment ===

impl Assessment {
    fn ready() -> Self {
        Self { ready: true, reason: None, message: None, problems: Vec::new() }
    }

    fn waiting(reason: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            ready: false,
            reason: Some(reason.into()),
            message: Some(message.into()).filter(|m: &String| !m.is_empty()),
            problems: Vec::new(),
        }
    }
}

// === impl View ===

impl View {
    fn condition(&self, r#type: &str) -> Option<&ConditionView> {
        self.status.as_ref()?.conditions.iter().find(|c| c.r#type == r#type)
    }

    fn is_being_deleted(&self) -> bool {
        self.metadata.deletion_timestamp.is_some()
    }
}
