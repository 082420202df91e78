//! Events: emitted when something changes, and never while it stays.

use function_sdk_rust::proto::v1;
use pbjson_types::Struct;
use serde::Deserialize;

use crate::condition::{Condition, Event, Status};
use crate::problems::{self, Problem};
use crate::wire;

/// What the XR's status said before this pass.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PreviousStatus {
    function_version: Option<String>,
    conditions: Vec<PreviousCondition>,
    problems: Vec<Problem>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PreviousCondition {
    r#type: String,
    status: String,
}

// === impl PreviousStatus ===

impl PreviousStatus {
    /// Of an observed XR; empty where its status cannot be read.
    pub(crate) fn of(composite: &Struct) -> Self {
        wire::child(composite, "status").and_then(|s| wire::read(s).ok()).unwrap_or_default()
    }

    /// Whether this version of the function has written it.
    pub(crate) fn is_of_this_version(&self) -> bool {
        self.function_version.as_deref() == Some(env!("CARGO_PKG_VERSION"))
    }

    /// Whether it has a problem of a code.
    pub(crate) fn has_problem(&self, code: &str) -> bool {
        self.problems.iter().any(|problem| problem.code == code)
    }

    /// The events of this pass.
    pub(crate) fn events(&self, conditions: &[Condition], problems: &[Problem]) -> Vec<v1::Result> {
        // Only those that the status has room for: the others would be new in every pass.
        let problems = problems::listed(problems).iter().filter(|p| !self.knows(p)).map(event_of);
        let conditions = conditions.iter().filter_map(|c| self.transition(c));
        problems.chain(conditions).collect()
    }

    fn knows(&self, problem: &Problem) -> bool {
        self.problems.iter().any(|p| p.identity() == problem.identity())
    }

    /// The event of a condition that has become true or is true no longer, where its kind asks for one. A condition that
    /// has never been true emits none.
    fn transition(&self, condition: &Condition) -> Option<v1::Result> {
        let before = self.conditions.iter().find(|c| c.r#type == condition.r#type).map(|c| c.status.as_str());
        let is_held = condition.status == Status::True;
        let gained = is_held && before != Some("True");
        let lost = !is_held && before == Some("True");
        let why = condition.message_or_reason();
        let is_news = match condition.event {
            Event::BothWays => gained || lost,
            Event::Gained => gained,
            Event::Regained => gained && before.is_some(),
            Event::Never => false,
        };
        let (severity, message) = if is_held {
            (v1::Severity::Normal, why.to_owned())
        } else {
            (v1::Severity::Warning, format!("no longer {}: {why}", condition.r#type))
        };
        is_news.then(|| event(severity, &condition.reason, message))
    }
}

fn event_of(problem: &Problem) -> v1::Result {
    let mut message = problem.message.clone();
    let places: Vec<&str> =
        [&problem.field, &problem.resource].into_iter().flatten().map(String::as_str).collect();
    if !places.is_empty() {
        message = format!("{message} ({})", places.join(", "));
    }
    if let Some(remedy) = &problem.remedy {
        message = format!("{message}; {remedy}");
    }
    event(v1::Severity::Warning, &problem.code, message)
}

fn event(severity: v1::Severity, reason: &str, message: String) -> v1::Result {
    v1::Result {
        severity: severity.into(),
        message,
        reason: Some(reason.to_owned()),
        target: Some(v1::Target::CompositeAndClaim.into()),
    }
}
