//! What the API server has refused to Crossplane, reported on the XR.
//!
//! Crossplane says what it could not apply in the XR's own condition `Synced`, which the next pass reads. What the API
//! server calls invalid keeps nothing else from being applied. Any other refusal ends the pass before the status is
//! written, so that a problem which is reported in that same pass is never seen:
//!
//! ```text
//! a pass that tries    ──► is refused, and no status is written; Synced=False
//! the next one holds   ──► everything stays as it is, so it is applied, and its status reports the refusal
//! later ones try       ──► refused again, and the report stays; or applied, and it is gone
//! ```
//!
//! Of several that were refused, one is tried at a time: Crossplane applies in no fixed order, and a condition that names
//! another one each time would wake it without end.

use std::collections::BTreeMap;

use pbjson_types::Struct;

use crate::composition::{ComposedResource, Gate};
use crate::problems::Problem;
use crate::rendering::{Pass, Rendering};
use crate::requirements::NEXT_LOOK;
use crate::wire;
use crate::xr::Xr;

/// Code of what ended a pass.
const ENDED: &str = "ApplyFailed";
/// Code of what is invalid.
const INVALID: &str = "ResourceInvalid";

/// What came of the last pass.
#[derive(Debug, PartialEq, Eq)]
enum LastPass<'a> {
    /// Everything was applied, or what failed was no composed object.
    Applied,
    /// These keys, and maybe more, are of objects that are invalid.
    Invalid(Vec<&'a str>),
    /// The object of a key ended it.
    Ended { key: &'a str, why: &'a str },
}

/// What was refused, and what this pass does about it.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    /// By key.
    problems: BTreeMap<String, Problem>,
    pub(super) course: Course,
}

/// What a pass does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Course {
    /// Tries what is not reported as refused.
    #[default]
    Tries,
    /// Leaves everything as it is, so that Crossplane applies it and writes the status.
    Holds,
}

// === impl Refusals ===

impl Refusals {
    /// Of the XR as the last passes have left it.
    pub(super) fn of(composed: &[ComposedResource], pass: Pass<'_>) -> Self {
        let named = |key: &str| named(key, composed, pass);
        // Those that have ended a pass, as far as there is anything of them to be tried.
        let mut refused: BTreeMap<String, Problem> = BTreeMap::new();
        for problem in pass.xr.problems().into_iter().filter(|problem| problem.code == ENDED) {
            let of = |key: &&str| named(key).is_some_and(|(kind, name)| problem.is_named(&kind, &name));
            let keys = composed.iter().map(|resource| resource.key.as_ref()).chain(pass.observed.keys());
            if let Some(key) = keys.into_iter().find(of) {
                refused.insert(key.to_owned(), problem);
            }
        }
        match LastPass::of(pass.xr) {
            LastPass::Ended { key, why } if !refused.contains_key(key) => {
                if let Some((kind, name)) = named(key) {
                    refused.insert(key.to_owned(), ended(why).on(&kind, &name));
                    return Self { problems: refused, course: Course::Holds };
                }
            }
            LastPass::Invalid(keys) => {
                refused.pop_first();
                for (key, (kind, name)) in keys.into_iter().filter_map(|key| Some((key, named(key)?))) {
                    refused.entry(key.to_owned()).or_insert_with(|| invalid(&kind, &name, pass.xr));
                }
                return Self { problems: refused, course: Course::Tries };
            }
            LastPass::Ended { .. } | LastPass::Applied => {}
        }
        // What is tried is not reported: where it is refused again, no status is written.
        refused.pop_first();
        Self { problems: refused, course: Course::Tries }
    }

    /// A resource as far as it is rendered in this pass.
    pub(super) fn restrain(&self, resource: ComposedResource) -> ComposedResource {
        let is_held = self.problems.get(resource.key.as_ref()).is_some_and(|problem| problem.code == ENDED);
        if is_held || self.course == Course::Holds {
            return ComposedResource {
                gate: Gate::HoldsChange("waiting for another refusal".into()),
                ..resource
            };
        }
        resource
    }

    /// Reports them in a rendering.
    pub(super) fn report(self, rendering: &mut Rendering) {
        if !self.problems.is_empty() {
            // Nothing wakes Crossplane once the reason is gone.
            rendering.requirements.look_again(NEXT_LOOK);
        }
        for (key, problem) in self.problems {
            if let Some(status) = rendering.resources.iter_mut().find(|resource| resource.name == key) {
                status.block(Some(problem.code.clone()), problem.message.clone());
            }
            rendering.problems.push(problem);
        }
    }
}

/// Kind and name of the object that has a key.
fn named(key: &str, composed: &[ComposedResource], pass: Pass<'_>) -> Option<(String, String)> {
    let seen = |object: &Struct| {
        let name = wire::child(object, "metadata").and_then(|metadata| wire::text(metadata, "name"));
        Some((wire::text(object, "kind")?.to_owned(), name?.to_owned()))
    };
    let new = || {
        let resource = composed.iter().find(|resource| resource.key == key)?;
        Some((resource.r#type.kind.clone(), resource.name.clone()))
    };
    pass.observed.object(key).and_then(seen).or_else(new)
}

fn ended(why: &str) -> Problem {
    Problem::error(ENDED, format!("Crossplane cannot apply it: {why}"))
        .remedy(format!("{}; it is tried again by itself", remedy(why)))
}

fn remedy(why: &str) -> &'static str {
    let says = |words: &str| why.contains(words);
    if says("exceeded quota") {
        "have the ResourceQuota of the namespace raised, or remove what uses it up"
    } else if says("webhook") || says("ValidatingAdmissionPolicy") {
        "ask the owner of that webhook or policy to let it pass"
    } else if says("forbidden") {
        "give Crossplane the right that is named, by a ClusterRole labelled rbac.crossplane.io/aggregate-to-crossplane: \"true\""
    } else if says("no matches for kind") {
        "install what brings that kind to the cluster"
    } else {
        "mend what the message names"
    }
}

fn invalid(kind: &str, name: &str, xr: Xr<'_>) -> Problem {
    let events = format!("kubectl describe {} {}", xr.kind().to_lowercase(), xr.name());
    Problem::error(INVALID, "the API server calls it invalid; the reason is in the events of this object")
        .on(kind, name)
        .remedy(format!(
            "see the event ComposeResources of `{events}` for the reason; it is tried again by itself"
        ))
}

// === impl LastPass ===

impl<'a> LastPass<'a> {
    fn of(xr: Xr<'a>) -> Self {
        let Some(message) = xr.out_of_sync() else { return Self::Applied };
        if let Some(keys) = message.strip_prefix("Unsynced resources: ") {
            let keys = keys.split(", ").map(|key| key.strip_prefix("and ").unwrap_or(key));
            return Self::Invalid(keys.collect());
        }
        let Some(message) = message.strip_prefix("cannot compose resources: ") else { return Self::Applied };
        Self::of_lookup(message).or_else(|| Self::of_object(message)).unwrap_or(Self::Applied)
    }

    /// `... composed resource "KEY" (a Kind named name): why`, where the part in brackets may be missing.
    fn of_object(message: &'a str) -> Option<Self> {
        let (_, rest) = message.split_once("composed resource \"")?;
        let (key, rest) = rest.split_once('"')?;
        let (_, why) = rest.split_once(": ")?;
        Some(Self::Ended { key, why })
    }

    /// `... fetching resources for same-name/KEY: why`
    fn of_lookup(message: &'a str) -> Option<Self> {
        let (_, rest) = message.split_once("fetching resources for same-name/")?;
        let (key, why) = rest.split_once(": ")?;
        Some(Self::Ended { key: key.split('/').next().unwrap_or(key), why })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case::in_sync("True", "", LastPass::Applied)]
    #[case::invalid("False", "Unsynced resources: a, b, and c", LastPass::Invalid(vec!["a", "b", "c"]))]
    #[case::refused("False", "cannot compose resources: cannot apply composed resource \"a\": b is forbidden: c",
        LastPass::Ended { key: "a", why: "b is forbidden: c" })]
    #[case::not_deleted("False",
        "cannot compose resources: cannot garbage collect composed resources that are no longer desired: cannot delete composed resource \"a\" (a B named c): no",
        LastPass::Ended { key: "a", why: "no" })]
    #[case::not_looked_up("False",
        "cannot compose resources: cannot run Composition pipeline step \"database\": fetching resources for same-name/a/Secret: no",
        LastPass::Ended { key: "a", why: "no" })]
    #[case::something_else("False", "cannot select Composition", LastPass::Applied)]
    fn the_last_pass_is_read_from_the_xr(
        #[case] status: &str,
        #[case] message: &str,
        #[case] last: LastPass<'_>,
    ) {
        let synced =
            json!({"type": "Synced", "status": status, "reason": "ReconcileError", "message": message});
        let xr = serde_json::from_value(json!({"status": {"conditions": [synced]}})).unwrap();
        assert_eq!(LastPass::of(Xr::new(&xr)), last);
    }

    #[test]
    fn what_is_said_of_an_earlier_generation_says_nothing() {
        let synced = json!({"type": "Synced", "status": "False", "reason": "ReconcileError",
            "message": "Unsynced resources: a", "observedGeneration": 1});
        let xr = json!({"metadata": {"generation": 2}, "status": {"conditions": [synced]}});
        let xr = serde_json::from_value(xr).unwrap();
        assert_eq!(LastPass::of(Xr::new(&xr)), LastPass::Applied);
    }
}
