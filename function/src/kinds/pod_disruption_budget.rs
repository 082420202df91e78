//! `PodDisruptionBudget` of Kubernetes.

pub use k8s_openapi::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec};

use pbjson_types::Struct;
use serde::Deserialize;

use crate::kinds::Kind;
use crate::readiness::{self, Assessment, View};

/// What is known of the kind.
pub(super) const KIND: Kind =
    Kind { group: "policy", kind: Some("PodDisruptionBudget"), assess, ..Kind::PLAIN };

/// Its status, as far as readiness is judged by it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Status {
    observed_generation: Option<i64>,
}

/// Ready once its controller has observed the latest change. A budget that allows no eviction just now is ready, too: that
/// is its purpose.
fn assess(object: &Struct) -> Assessment {
    readiness::judged(object, |view: &View<Status>| {
        let counted = view.status.as_ref().and_then(|status| status.observed_generation);
        if counted.is_some_and(|counted| view.metadata.generation.is_none_or(|now| counted >= now)) {
            Assessment::ready()
        } else {
            Assessment::waiting("Pending", "its pods have not been counted yet")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    #[rstest]
    #[case::counted(json!({"observedGeneration": 2, "disruptionsAllowed": 0}), true)]
    #[case::counted_before_the_change(json!({"observedGeneration": 1}), false)]
    #[case::not_counted(json!({}), false)]
    fn it_is_ready_once_its_pods_are_counted(#[case] status: Value, #[case] ready: bool) {
        let object = json!({"metadata": {"generation": 2}, "status": status});
        assert_eq!(assess(&serde_json::from_value(object).unwrap()).ready, ready);
    }
}
