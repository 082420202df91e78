//! Problems of composed resources, in terms of the XR.

use std::borrow::Cow;

use crate::problems::Problem;

/// Names the XR's field for the composed resource's, also in the remedy: the XR is what its user can change.
pub(super) fn translate(problem: Problem, field: impl Fn(&str) -> Option<Cow<'static, str>>) -> Problem {
    let Some(theirs) = problem.field.clone() else { return problem };
    let ours = field(&theirs);
    let remedy = problem.remedy.map(|r| ours.as_deref().map_or(r.clone(), |ours| r.replace(&theirs, ours)));
    Problem { field: ours.map(Cow::into_owned), remedy, ..problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remedy_names_what_its_reader_can_change() {
        let problem = Problem::error("InvalidSpec", "no such class").at(".spec.forProvider.instanceClass");
        let problem = problem.remedy("correct .spec.forProvider.instanceClass");
        let ours = translate(problem.clone(), |_| Some(".spec.instanceClass".into()));
        assert_eq!(ours.field.as_deref(), Some(".spec.instanceClass"));
        assert_eq!(ours.remedy.as_deref(), Some("correct .spec.instanceClass"));

        let theirs = translate(problem.clone(), |_| None);
        assert_eq!((theirs.field, theirs.remedy), (None, problem.remedy), "the remedy still says where");
    }
}
