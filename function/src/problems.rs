//! What is wrong, for the one who has to act.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many problems a status carries at most; the XRDs declare it.
pub const MAX: usize = 16;

/// How bad a [`Problem`] is, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Severity {
    /// Something does not work.
    Error,
    /// Something is not as it seems.
    Warning,
    /// Something will stop working.
    Deprecation,
}

/// One thing that is wrong, with where and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// How bad it is.
    pub r#type: Severity,
    /// For machines: `InvalidSpec`, `NotOwned`, ...
    pub code: String,
    /// The field that has to change, e.g. `.spec.version`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What happened.
    pub message: String,
    /// The composed resource that it was found on, e.g. `Instance/orders-db`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// For deprecations: when it stops working.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_of_life: Option<String>,
}

// === impl Problem ===

impl Problem {
    /// Something does not work.
    pub fn error(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// Something is not as it seems.
    pub fn warning(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// Something stops working on a day.
    pub fn deprecation(
        code: impl Into<String>,
        message: impl Into<String>,
        end_of_life: impl Into<String>,
    ) -> Self {
        Self { end_of_life: Some(end_of_life.into()), ..Self::new(Severity::Deprecation, code, message) }
    }

    fn new(r#type: Severity, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            r#type,
            code: code.into(),
            field: None,
            message: message.into(),
            resource: None,
            remedy: None,
            end_of_life: None,
        }
    }

    /// Names the field that has to change.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Names the composed resource that it was found on.
    #[must_use]
    pub fn on(mut self, kind: &str, name: &str) -> Self {
        self.resource = Some(format!("{kind}/{name}"));
        self
    }

    /// Whether it was found on a composed resource of a kind and a name.
    pub(crate) fn is_named(&self, kind: &str, name: &str) -> bool {
        self.resource.as_deref().and_then(|r| r.strip_prefix(kind)?.strip_prefix('/')) == Some(name)
    }

    /// Says what to do about it.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// Whether it is the user's own spec that has to change.
    pub fn refuses_the_spec(&self) -> bool {
        self.r#type == Severity::Error && self.field.as_deref().is_some_and(|f| f.starts_with(".spec"))
    }

    /// Whether something does not work.
    pub fn is_error(&self) -> bool {
        self.r#type == Severity::Error
    }

    /// Whether it was found on a composed resource of a kind.
    pub fn is_on(&self, kind: &str) -> bool {
        self.resource.as_deref().and_then(|r| r.strip_prefix(kind)).is_some_and(|r| r.starts_with('/'))
    }

    /// What makes it the same problem as one of an earlier pass, whatever its words.
    pub fn identity(&self) -> (&str, Option<&str>, Option<&str>) {
        (&self.code, self.field.as_deref(), self.resource.as_deref())
    }
}

/// Worst first, each once.
pub fn arrange(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort();
    problems.dedup();
    problems
}

/// Those that a status has room for: of problems that come worst first, the first [`MAX`].
pub fn listed(problems: &[Problem]) -> &[Problem] {
    &problems[..problems.len().min(MAX)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_come_worst_first_and_once() {
        let warning = Problem::warning("A", "a");
        let error = Problem::error("B", "b").at(".spec.version");
        assert_eq!(arrange(vec![warning.clone(), error.clone(), warning.clone()]), [error, warning]);
    }

    #[test]
    fn no_more_are_reported_than_the_status_declares() {
        let many = (0..40)
            .map(|i| Problem::warning(format!("W{i:02}"), "w"))
            .chain([Problem::error("E", "e")])
            .collect();
        let all = arrange(many);
        let listed = listed(&all);
        assert_eq!(listed.len(), MAX);
        assert_eq!(listed[0].code, "E", "the worst is among them");
    }
}
