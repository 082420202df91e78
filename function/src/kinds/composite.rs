//! XRs of golden paths, where one is composed of another.

use pbjson_types::Struct;
use serde::Deserialize;

use crate::kinds::Kind;
use crate::operators::Operator;
use crate::problems::Problem;
use crate::readiness::crossplane::{judge, unsynced_problem};
use crate::readiness::{self, Assessment, ConditionView, View};

/// What is known of the kinds.
pub(super) const KIND: Kind = Kind {
    group: "goldenpath.io",
    operator: Some(&Operator {
        name: "the golden path",
        wanted_by: None,
        install: "apply the files in xrds/ and compositions/ of the release of this function",
    }),
    assess,
    ..Kind::PLAIN
};

/// Their status, as far as it is of golden paths.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Status {
    conditions: Vec<ConditionView>,
    observed_generation: Option<i64>,
    problems: Vec<Problem>,
}

/// By Crossplane's conditions; its problems are problems of whatever is composed of it.
fn assess(object: &Struct) -> Assessment {
    readiness::judged(object, |view: &View<Status>| {
        let none = Status::default();
        let Status { conditions, observed_generation, problems } = view.status.as_ref().unwrap_or(&none);
        let problems = unsynced_problem(conditions).into_iter().chain(problems.iter().cloned());
        judge(view.metadata.generation, conditions, *observed_generation, false).with_problems(problems)
    })
}
