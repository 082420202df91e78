//! `Job` of Kubernetes.

pub use k8s_openapi::api::batch::v1::{Job, JobSpec};

use pbjson_types::Struct;
use serde::Deserialize;

use crate::kinds::Kind;
use crate::readiness::{self, Assessment, ConditionView, View, condition};
use crate::wire;

/// What is known of the kind.
pub(super) const KIND: Kind = Kind { group: "batch", kind: Some("Job"), assess, ..Kind::PLAIN };

/// Its status, as far as it is judged by it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Status {
    conditions: Vec<ConditionView>,
}

/// How far a Job is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It has not ended.
    Running,
    /// Somebody has suspended it.
    Suspended,
    /// It has done what it was made for.
    Complete,
    /// It has not, and tries no more.
    Failed {
        /// Why, for machines: `BackoffLimitExceeded`, `DeadlineExceeded`.
        reason: String,
        /// Why, for people.
        message: String,
    },
}

// === impl Progress ===

impl Progress {
    /// Whether nothing of it runs any more, or will.
    pub fn has_ended(&self) -> bool {
        match self {
            Self::Complete | Self::Failed { .. } => true,
            Self::Running | Self::Suspended => false,
        }
    }
}

/// How far an observed Job is.
pub fn progress(object: &Struct) -> Progress {
    let view = wire::read::<View<Status>>(object).ok();
    progress_of(view.as_ref().and_then(|view| view.status.as_ref()))
}

fn progress_of(status: Option<&Status>) -> Progress {
    let conditions = status.map(|status| status.conditions.as_slice()).unwrap_or_default();
    let holds = |r#type| condition(conditions, r#type).filter(|condition| condition.status == "True");
    if holds("Complete").is_some() {
        return Progress::Complete;
    }
    if let Some(failed) = holds("Failed") {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        return Progress::Failed { reason: text(&failed.reason), message: text(&failed.message) };
    }
    if holds("Suspended").is_some() { Progress::Suspended } else { Progress::Running }
}

/// Ready once it is complete.
fn assess(object: &Struct) -> Assessment {
    readiness::judged(object, |view: &View<Status>| match progress_of(view.status.as_ref()) {
        Progress::Complete => Assessment::ready(),
        Progress::Running => Assessment::waiting("Running", "it has not ended yet"),
        Progress::Suspended => Assessment::waiting("Suspended", "somebody has suspended it"),
        Progress::Failed { reason: _, message } => Assessment::waiting("Failed", message),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    #[rstest]
    #[case::nothing_is_known(json!({}), Some("Running"))]
    #[case::a_pod_runs(json!({"active": 1, "ready": 1}), Some("Running"))]
    #[case::suspended(json!({"conditions": [{"type": "Suspended", "status": "True"}]}), Some("Suspended"))]
    #[case::resumed(json!({"conditions": [{"type": "Suspended", "status": "False"}]}), Some("Running"))]
    #[case::about_to_fail(json!({"conditions": [{"type": "FailureTarget", "status": "True"}]}), Some("Running"))]
    #[case::failed(json!({"conditions": [{"type": "FailureTarget", "status": "True"},
        {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "m"}]}), Some("Failed"))]
    #[case::complete(json!({"succeeded": 1, "conditions": [{"type": "SuccessCriteriaMet", "status": "True"},
        {"type": "Complete", "status": "True"}]}), None)]
    #[case::unreadable(json!({"conditions": "none"}), Some("Unreadable"))]
    fn it_is_ready_once_it_is_complete(#[case] status: Value, #[case] reason: Option<&str>) {
        let object =
            json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "a"}, "status": status});
        let assessment = assess(&serde_json::from_value(object).unwrap());
        assert_eq!((assessment.ready, assessment.reason.as_deref()), (reason.is_none(), reason));
    }
}
