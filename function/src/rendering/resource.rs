//! What the status of an XR says about each composed resource.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether a composed resource can be used, as the XR's status shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Ready {
    /// It can.
    True,
    /// It cannot.
    False,
    /// It is not there yet.
    Unknown,
    /// It is not rendered, or not as it is asked for, before something else has happened.
    Blocked,
}

/// One composed resource, as the XR's status shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResourceStatus {
    /// Its key in the composition.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// Its name in the namespace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object_name: Option<String>,
    /// Whether it can be used.
    pub ready: Ready,
    /// Why not, for machines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why not, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// How many of the resources can be used, and which one the others wait for.
pub(super) fn progress(resources: &[ResourceStatus]) -> Option<String> {
    let total = resources.len();
    let waiting: Vec<_> = resources.iter().filter(|r| r.ready != Ready::True).collect();
    let done = format!("{}/{total}", total - waiting.len());
    // Something that waits itself is not what is waited for.
    let waits = |r: &&&ResourceStatus| {
        (r.ready == Ready::Blocked && r.reason.is_none())
            || r.message.as_deref().is_some_and(|m| m.contains("waiting for"))
    };
    let Some(first) = waiting.iter().find(|r| !waits(r)).or(waiting.first()) else {
        return (total > 0).then_some(done);
    };
    let name = first.object_name.as_deref().unwrap_or_default();
    let why = first.reason.as_deref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    Some(format!("{done} waiting for {}/{name}{why}", first.kind))
}

// === impl ResourceStatus ===

impl ResourceStatus {
    /// Nothing is known of it yet.
    pub(super) fn of(key: &str, kind: &str) -> Self {
        Self {
            name: key.to_owned(),
            kind: kind.to_owned(),
            object_name: None,
            ready: Ready::Unknown,
            reason: None,
            message: None,
        }
    }

    /// It is not rendered, or not as it is asked for.
    pub(super) fn block(&mut self, reason: Option<String>, message: String) {
        self.ready = Ready::Blocked;
        self.reason = reason;
        self.message = Some(message);
    }
}
