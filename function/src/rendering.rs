//! What is done once for every golden path: keep what is observed, judge what is ready, join the problems.

mod absent;
mod composed;
mod outcome;
mod refusals;
mod resource;
mod translate;

use std::borrow::Cow;
use std::collections::BTreeMap;

use pbjson_types::Struct;

use crate::composition::{Absences, Composition};
use crate::condition::{ACCEPTED, Condition};
use crate::error::Error;
use crate::keys::Known;
use crate::kinds;
use crate::observed::Observed;
use crate::problems::{self, Problem};
use crate::readiness::Assessment;
use crate::requirements::{RequiredSchemas, Requirements};
use crate::wire;
use crate::xr::Xr;
pub(crate) use outcome::{OBSERVED_GENERATION, Outcome, outcome, refused_outcome};
use refusals::{Course, Refusals};
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
pub(crate) type FieldOf<'a> = &'a dyn Fn(&str, &str) -> Option<Cow<'static, str>>;

/// What one pass renders with.
#[derive(Clone, Copy)]
pub(crate) struct Pass<'a> {
    /// The keys of the golden path.
    pub(crate) known: &'a [Known],
    pub(crate) xr: Xr<'a>,
    pub(crate) observed: Observed<'a>,
    pub(crate) schemas: RequiredSchemas<'a>,
    pub(crate) field: FieldOf<'a>,
}

// === impl Rendering ===

impl Rendering {
    /// Renders a composition. What is observed and of this golden path stays, unless the composition removes it.
    pub(crate) fn of(composition: Composition, pass: Pass<'_>) -> Result<Self, Error> {
        if let Some(bug) = composition.fault {
            return Err(bug);
        }
        debug_assert_eq!(composition.breach(pass.known), None, "every known key is said, and no other");
        let Composition { resources, absences, required, problems, fault: _ } = composition;
        let mut rendering = Self { problems, ..Self::default() };
        if pass.observed.can_look_up() {
            rendering.requirements.look_for(required);
        }
        let refusals = Refusals::of(&resources, pass);
        for resource in resources {
            rendering.add(refusals.restrain(resource), refusals.course, pass);
        }
        match refusals.course {
            Course::Tries => rendering.keep_or_remove(&absences, pass),
            Course::Holds => rendering.keep_or_remove(&Absences::default(), pass),
        }
        refusals.report(&mut rendering);
        Ok(rendering.finished())
    }

    /// Composes nothing new: the last good desired state stays.
    pub(crate) fn refused(problems: Vec<Problem>, pass: Pass<'_>) -> Self {
        let mut rendering = Self { problems, ..Self::default() };
        rendering.keep_or_remove(&Absences::default(), pass);
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

    /// The status of one composed resource.
    pub fn resource(&self, key: &str) -> Option<&ResourceStatus> {
        self.resources.iter().find(|r| r.name == key)
    }

    /// The composed resources of a status that has room for so many: those that cannot be used first, sorted by key.
    pub fn listed_resources(&self, most: usize) -> Vec<ResourceStatus> {
        let mut listed: Vec<_> = self.resources.iter().collect();
        listed.sort_by_key(|resource| resource.ready == Ready::True);
        listed.truncate(most);
        listed.sort_by(|a, b| a.name.cmp(&b.name));
        listed.into_iter().cloned().collect()
    }

    /// `Accepted`, which every golden path sets: false while the spec or the platform has to change.
    pub fn accepted(&self) -> Condition {
        self.accepted_but_for(|_| false)
    }

    /// As [`Self::accepted`], except for problems that name a field to change and refuse nothing.
    pub fn accepted_but_for(&self, refuses_nothing: impl Fn(&Problem) -> bool) -> Condition {
        let refusal = |p: &&Problem| {
            (p.refuses_the_spec() || (p.resource.is_none() && p.is_error())) && !refuses_nothing(p)
        };
        match self.problems.iter().find(refusal) {
            Some(problem) => Condition::fails(ACCEPTED, &problem.code, &problem.message),
            None => Condition::holds(ACCEPTED, "Valid").saying("the spec can be acted on"),
        }
    }

    /// Judges whether an observed object is ready, and collects its problems.
    fn assess(&mut self, status: &mut ResourceStatus, seen: &Struct, pass: Pass<'_>) {
        let Assessment { ready, reason, message, problems } = kinds::assess(seen);
        // An observed object keeps its name, whatever is desired.
        if let Some(name) = wire::child(seen, "metadata").and_then(|m| wire::text(m, "name")) {
            status.object_name = Some(name.to_owned());
        }
        status.ready = if ready { Ready::True } else { Ready::False };
        status.reason = reason;
        status.message = message;
        self.problems.extend(problems.into_iter().map(|problem| {
            let name = status.object_name.as_deref().unwrap_or_default();
            translate(problem, |f| (pass.field)(&status.name, f)).on(&status.kind, name)
        }));
    }

    fn finished(mut self) -> Self {
        self.problems = problems::arrange(self.problems);
        self.progress = resource::progress(&self.resources);
        self.resources.sort_by(|a, b| a.name.cmp(&b.name));
        self
    }
}
