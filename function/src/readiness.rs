//! Whether a composed resource can be used: what the rules of all kinds have in common. The rules are in
//! [`kinds`](crate::kinds), one file a kind.

pub(crate) mod crossplane;

use pbjson_types::Struct;
use serde::Deserialize;
use serde::de::IgnoredAny;

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

/// The parts of an object that readiness is judged by; of the status, those that its kind asks for.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>"))]
pub(crate) struct View<S> {
    #[serde(default)]
    pub(crate) metadata: Metadata,
    pub(crate) status: Option<S>,
}

/// The parts of metadata that readiness is judged by.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Metadata {
    pub(crate) generation: Option<i64>,
    deletion_timestamp: Option<String>,
}

/// One condition of an object.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ConditionView {
    r#type: String,
    pub(crate) status: String,
    pub(crate) reason: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) observed_generation: Option<i64>,
}

/// Judges an object by the rules of its kind, unless it cannot be read or is about to be gone.
pub(crate) fn judged<'de, S>(object: &'de Struct, judge: impl Fn(&View<S>) -> Assessment) -> Assessment
where
    S: Deserialize<'de>,
{
    match wire::read::<View<S>>(object) {
        Ok(view) if view.is_being_deleted() => Assessment::waiting("Deleting", "it is being deleted"),
        Ok(view) => judge(&view),
        Err(_) => Assessment::waiting("Unreadable", "its status cannot be read"),
    }
}

/// Ready because it is there: the rule of kinds without a status that matters.
pub(crate) fn there(object: &Struct) -> Assessment {
    judged(object, |_: &View<IgnoredAny>| Assessment::ready())
}

/// The condition of a type.
pub(crate) fn condition<'a>(conditions: &'a [ConditionView], r#type: &str) -> Option<&'a ConditionView> {
    conditions.iter().find(|condition| condition.r#type == r#type)
}

// === impl Assessment ===

impl Assessment {
    pub(crate) fn ready() -> Self {
        Self { ready: true, reason: None, message: None, problems: Vec::new() }
    }

    pub(crate) fn waiting(reason: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            ready: false,
            reason: Some(reason.into()),
            message: Some(message.into()).filter(|m: &String| !m.is_empty()),
            problems: Vec::new(),
        }
    }

    /// With what a person has to act on.
    pub(crate) fn with_problems(self, problems: impl IntoIterator<Item = Problem>) -> Self {
        Self { problems: problems.into_iter().collect(), ..self }
    }
}

// === impl View ===

impl<S> View<S> {
    pub(crate) fn is_being_deleted(&self) -> bool {
        self.metadata.deletion_timestamp.is_some()
    }
}
