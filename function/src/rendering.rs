//! What is done once for every golden path: keep what is observed, judge what is ready, join the problems.

use std::collections::BTreeMap;

use function_sdk_rust::proto::v1::Resource as Composite;
use pbjson_types::Struct;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::composition::{Composition, Gate, Part};
use crate::condition::{Condition, ConditionType};
use crate::error::Error;
use crate::labels;
use crate::observed::{Observed, owned};
use crate::operators::{Kinds, Needs, Presence};
use crate::problems::{self, Problem};
use crate::readiness::{self, Assessment};
use crate::wire;

/// Whether a composed resource can be used, as the XR's status tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Ready {
    /// It can.
    True,
    /// It cannot.
    False,
    /// It is not there yet.
    Unknown,
    /// It is not rendered before something else has happened.
    Blocked,
}

/// One composed resource, as the XR's status tells it.
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

/// What is desired, and what there is to say about it.
#[derive(Debug, Default)]
pub struct Rendering {
    pub(crate) desired: BTreeMap<String, (Struct, bool)>,
    /// Every composed resource, sorted by key.
    pub resources: Vec<ResourceStatus>,
    /// What is wrong, worst first.
    pub problems: Vec<Problem>,
    /// `2/3 waiting for ...`.
    pub progress: Option<String>,
    needs: Needs,
    order: Vec<String>,
}

/// What becomes the response.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) desired: BTreeMap<String, (Struct, bool)>,
    pub(crate) complete: bool,
    pub(crate) status: Struct,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) needs: Needs,
}

/// Which field of the XR a field of a composed resource (by its key) comes from.
pub(crate) type FieldOf<'a> = &'a dyn Fn(&str, &str) -> Option<&'static str>;

// === impl Rendering ===

impl Rendering {
    /// Renders a composition. What is observed and ours stays, whatever it is.
    pub(crate) fn of(
        composition: Composition,
        observed: Observed<'_>,
        kinds: Kinds<'_>,
        field: FieldOf<'_>,
    ) -> Result<Self, Error> {
        let Composition { parts, unasked, lookups, problems, fault } = composition;
        if let Some(bug) = fault {
            return Err(bug);
        }
        let mut rendering = Self { problems, ..Self::default() };
        if observed.can_look_up() {
            rendering.needs.look_for(lookups);
        }
        for part in parts {
            rendering.add(part, observed, kinds, field);
        }
        rendering.keep(observed, field, |key, object| {
            let labels = wire::below(object, "metadata").and_then(|m| wire::below(m, "labels"));
            !unasked.contains(&key) && labels.is_some_and(|l| l.fields.contains_key(labels::MANAGED))
        });
        Ok(rendering.finished())
    }

    /// Composes nothing new: the last good desired state stays.
    pub(crate) fn refused(problems: Vec<Problem>, observed: Observed<'_>, field: FieldOf<'_>) -> Self {
        let mut rendering = Self { problems, ..Self::default() };
        rendering.keep(observed, field, |_, _| true);
        rendering.finished()
    }

    /// What is desired of a composed resource.
    pub fn desired(&self, key: &str) -> Option<&Struct> {
        self.desired.get(key).map(|(object, _)| object)
    }

    /// Whether everything can be used.
    pub fn is_complete(&self) -> bool {
        !self.resources.is_empty() && self.resources.iter().all(|r| r.ready == Ready::True)
    }

    /// What there is to say about one composed resource.
    pub fn resource(&self, key: &str) -> Option<&ResourceStatus> {
        self.resources.iter().find(|r| r.name == key)
    }

    /// `Accepted`, which every golden path sets: false while the spec or the platform has to change.
    pub fn accepted(&self) -> Condition {
        let refusal = |p: &&Problem| p.refuses_the_spec() || (p.resource.is_none() && p.is_error());
        match self.problems.iter().find(refusal) {
            Some(problem) => Condition::fails(ConditionType::Accepted, &problem.code, &problem.message),
            None => Condition::holds(ConditionType::Accepted, "Valid").saying("the spec can be acted on"),
        }
    }

    fn add(&mut self, part: Part, observed: Observed<'_>, kinds: Kinds<'_>, field: FieldOf<'_>) {
        let Part { key, r#type, name, object, gate } = part;
        let seen = observed.object(key);
        let mut status = ResourceStatus {
            name: key.to_owned(),
            kind: r#type.kind.clone(),
            object_name: Some(name.clone()),
            ready: Ready::Unknown,
            reason: None,
            message: None,
        };
        match (seen, gate) {
            (Some(seen), _) => {
                self.tell(&mut status, seen, field);
                self.desired.insert(key.to_owned(), (object, status.ready == Ready::True));
            }
            (None, Gate::Open) => match self.needs.look_up(&r#type, kinds) {
                Presence::Assured => {
                    self.desired.insert(key.to_owned(), (object, false));
                }
                // Crossplane asks again at once, with the answer.
                Presence::Unanswered => {}
                Presence::Missing(operator) => {
                    let problem = operator.missing(&r#type).on(&r#type.kind, &name);
                    status.ready = Ready::Blocked;
                    status.reason = Some(problem.code.clone());
                    status.message = Some(problem.message.clone());
                    // Once a kind, on the first that is in want of it.
                    if !self.problems.iter().any(|p| p.message == problem.message) {
                        self.problems.push(problem);
                    }
                }
            },
            (None, Gate::Closed(waiting_for)) => {
                status.ready = Ready::Blocked;
                status.message = Some(waiting_for);
            }
        }
        self.order.push(key.to_owned());
        self.resources.push(status);
    }

    /// Keeps what is observed and not composed this time as it is.
    fn keep(&mut self, observed: Observed<'_>, field: FieldOf<'_>, stays: impl Fn(&str, &Struct) -> bool) {
        for key in observed.keys() {
            let kept = |seen: &&Struct| !self.desired.contains_key(key) && stays(key, seen);
            let Some(seen) = observed.object(key).filter(kept) else {
                continue;
            };
            let mut status = ResourceStatus {
                name: key.to_owned(),
                kind: wire::text(seen, "kind").unwrap_or_default().to_owned(),
                object_name: None,
                ready: Ready::Unknown,
                reason: None,
                message: None,
            };
            self.tell(&mut status, seen, field);
            let ready = status.ready == Ready::True;
            self.desired.insert(key.to_owned(), (owned::last_desired(seen), ready));
            self.order.push(key.to_owned());
            self.resources.push(status);
        }
    }

    /// Says about an observed object whether it is ready, and what is wrong with it.
    fn tell(&mut self, status: &mut ResourceStatus, seen: &Struct, field: FieldOf<'_>) {
        let Assessment { ready, reason, message, problems } = readiness::assess(seen);
        // An observed object keeps its name, whatever is desired.
        if let Some(name) = wire::below(seen, "metadata").and_then(|m| wire::text(m, "name")) {
            status.object_name = Some(name.to_owned());
        }
        status.ready = if ready { Ready::True } else { Ready::False };
        status.reason = reason;
        status.message = message;
        self.problems.extend(problems.into_iter().map(|problem| {
            let name = status.object_name.as_deref().unwrap_or_default();
            in_terms_of_the_composite(problem, |f| field(&status.name, f)).on(&status.kind, name)
        }));
    }

    fn finished(mut self) -> Self {
        self.problems = problems::arrange(self.problems);
        self.progress = self.progress();
        self.resources.sort_by(|a, b| a.name.cmp(&b.name));
        self.resources.truncate(problems::MAX);
        self
    }

    /// How many of the resources can be used, and which one the others wait for.
    fn progress(&self) -> Option<String> {
        let total = self.resources.len();
        let waiting: Vec<_> = self.resources.iter().filter(|r| r.ready != Ready::True).collect();
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
}

/// Names the XR's field for the composed resource's, also in the remedy: the XR is what its user can change.
fn in_terms_of_the_composite(problem: Problem, field: impl Fn(&str) -> Option<&'static str>) -> Problem {
    let Some(theirs) = problem.field.clone() else { return problem };
    let ours = field(&theirs);
    let remedy = problem.remedy.map(|r| ours.map_or(r.clone(), |ours| r.replace(&theirs, ours)));
    Problem { field: ours.map(ToOwned::to_owned), remedy, ..problem }
}

/// What becomes the response, from what a golden path reports.
pub(crate) fn outcome<S: Serialize>(
    rendering: Rendering,
    status: &S,
    conditions: Vec<Condition>,
) -> Result<Outcome, Error> {
    Ok(Outcome {
        complete: rendering.is_complete() && conditions.iter().filter(|c| is_use(c)).all(Condition::is_held),
        status: wire::encode(status).map_err(|source| Error::EncodeStatus { source })?,
        conditions,
        problems: rendering.problems,
        needs: rendering.needs,
        desired: rendering.desired,
    })
}

/// Whether a condition is about using the thing, and not about its spec or its care.
fn is_use(condition: &Condition) -> bool {
    match condition.r#type {
        ConditionType::Available | ConditionType::SecretSynced => true,
        ConditionType::Accepted
        | ConditionType::BackupHealthy
        | ConditionType::UpgradePending
        | ConditionType::DeletionBlocked => false,
    }
}

/// The part of a status that every golden path has.
#[derive(Serialize)]
struct Problems<'a> {
    problems: &'a [Problem],
}

/// What becomes the response when the XR itself cannot be read: everything stays, and the status says why.
pub(crate) fn refused_outcome(composite: &Composite, problem: Problem, observed: Observed<'_>) -> Outcome {
    let rendering = Rendering::refused(vec![problem], observed, &|_, _| None);
    let mut status = wire::below(wire::object(composite), "status").cloned().unwrap_or_default();
    status.fields.remove("conditions");
    status.fields.remove("crossplane");
    let told = Problems { problems: &rendering.problems };
    wire::lay_over(&mut status, wire::encode(&told).unwrap_or_default());
    Outcome {
        complete: rendering.is_complete(),
        conditions: vec![rendering.accepted()],
        status,
        problems: rendering.problems,
        needs: rendering.needs,
        desired: rendering.desired,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remedy_names_what_its_reader_can_change() {
        let told = Problem::error("InvalidSpec", "no such class").at(".spec.forProvider.instanceClass");
        let told = told.remedy("correct .spec.forProvider.instanceClass");
        let ours = in_terms_of_the_composite(told.clone(), |_| Some(".spec.instanceClass"));
        assert_eq!(ours.field.as_deref(), Some(".spec.instanceClass"));
        assert_eq!(ours.remedy.as_deref(), Some("correct .spec.instanceClass"));

        let theirs = in_terms_of_the_composite(told.clone(), |_| None);
        assert_eq!((theirs.field, theirs.remedy), (None, told.remedy), "the remedy still says where");
    }
}
