//! What is done once for every golden path: keep what is observed, judge what is ready, join the problems.

mod outcome;
mod resource;
mod translate;

use std::collections::BTreeMap;

use pbjson_types::Struct;

use crate::composition::{ComposedResource, Composition, Gate};
use crate::condition::{Condition, ConditionType};
use crate::error::Error;
use crate::labels;
use crate::observed::{Observed, owned};
use crate::operators::{Presence, RequiredSchemas, Requirements};
use crate::problems::{self, Problem};
use crate::readiness::{self, Assessment};
use crate::wire;
pub(crate) use outcome::{Outcome, outcome, refused_outcome};
pub use resource::{Ready, ResourceStatus};
use translate::translate;

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
    requirements: Requirements,
}

/// Which field of the XR a field of a composed resource (by its key) comes from.
pub(crate) type FieldOf<'a> = &'a dyn Fn(&str, &str) -> Option<&'static str>;

// === impl Rendering ===

impl Rendering {
    /// Renders a composition. What is observed and ours stays, whatever it is.
    pub(crate) fn of(
        composition: Composition,
        observed: Observed<'_>,
        schemas: RequiredSchemas<'_>,
        field: FieldOf<'_>,
    ) -> Result<Self, Error> {
        let Composition { parts, removed, lookups, problems, fault } = composition;
        if let Some(bug) = fault {
            return Err(bug);
        }
        let mut rendering = Self { problems, ..Self::default() };
        if observed.can_look_up() {
            rendering.requirements.look_for(lookups);
        }
        for part in parts {
            rendering.add(part, observed, schemas, field);
        }
        rendering.keep(observed, field, |key, object| {
            let labels = wire::child(object, "metadata").and_then(|m| wire::child(m, "labels"));
            !removed.contains(&key) && labels.is_some_and(|l| l.fields.contains_key(labels::MANAGED))
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

    fn add(
        &mut self,
        part: ComposedResource,
        observed: Observed<'_>,
        schemas: RequiredSchemas<'_>,
        field: FieldOf<'_>,
    ) {
        let ComposedResource { key, r#type, name, object, gate } = part;
        let seen = observed.object(key);
        let mut status =
            ResourceStatus { object_name: Some(name.clone()), ..ResourceStatus::of(key, &r#type.kind) };
        match (seen, gate) {
            (Some(seen), _) => {
                self.assess(&mut status, seen, field);
                self.desired.insert(key.to_owned(), (object, status.ready == Ready::True));
            }
            (None, Gate::Open) => match self.requirements.look_up(&r#type, schemas) {
                Presence::Available => {
                    self.desired.insert(key.to_owned(), (object, false));
                }
                // Crossplane asks again at once, with the answer.
                Presence::Pending => {}
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
        self.resources.push(status);
    }

    /// Keeps what is observed and not composed this time as it is.
    fn keep(&mut self, observed: Observed<'_>, field: FieldOf<'_>, stays: impl Fn(&str, &Struct) -> bool) {
        for key in observed.keys() {
            let kept = |seen: &&Struct| !self.desired.contains_key(key) && stays(key, seen);
            let Some(seen) = observed.object(key).filter(kept) else {
                continue;
            };
            let mut status = ResourceStatus::of(key, wire::text(seen, "kind").unwrap_or_default());
            self.assess(&mut status, seen, field);
            let ready = status.ready == Ready::True;
            self.desired.insert(key.to_owned(), (owned::last_desired(seen), ready));
            self.resources.push(status);
        }
    }

    /// Says about an observed object whether it is ready, and what is wrong with it.
    fn assess(&mut self, status: &mut ResourceStatus, seen: &Struct, field: FieldOf<'_>) {
        let Assessment { ready, reason, message, problems } = readiness::assess(seen);
        // An observed object keeps its name, whatever is desired.
        if let Some(name) = wire::child(seen, "metadata").and_then(|m| wire::text(m, "name")) {
            status.object_name = Some(name.to_owned());
        }
        status.ready = if ready { Ready::True } else { Ready::False };
        status.reason = reason;
        status.message = message;
        self.problems.extend(problems.into_iter().map(|problem| {
            let name = status.object_name.as_deref().unwrap_or_default();
            translate(problem, |f| field(&status.name, f)).on(&status.kind, name)
        }));
    }

    fn finished(mut self) -> Self {
        self.problems = problems::arrange(self.problems);
        self.progress = resource::progress(&self.resources);
        self.resources.sort_by(|a, b| a.name.cmp(&b.name));
        self.resources.truncate(problems::MAX);
        self
    }
}
