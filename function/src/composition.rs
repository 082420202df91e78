//! What a golden path composes: it declares for each of its keys what happens to the object.
//!
//! ```text
//! Composition::new()
//!     .with(DEPLOYMENT, &deployment)                  composed
//!     .with_gated(INGRESS, gate, &ingress)            composed once the gate is open; a gate may hold changes too
//!     .with_optional(HPA, hpa.as_ref())               composed, or removed where there is none
//!     .with_each(PLUGIN, plugins)                     a list: members that are no longer in it are removed
//!     .removing(PROBE)                                removed
//!     .removing_after(SERVICE, INGRESS)               removed once the other one is gone
//!     .holding(PLUGIN.key("acl"), "waiting for ...")  removed later: stays until something else has happened
//!     .keeping(USAGE)                                 unknown in this pass: stays as it is
//! ```
//!
//! Every pass says something of every known key. Composing a key wins over whatever else is said of it, and what is said
//! of one key wins over what is said of its list.

mod absence;

use kube::Resource;
use kube::core::TypeMeta;
use pbjson_types::Struct;
use serde::Serialize;

use crate::error::Error;
use crate::keys::{Family, Key, Known, Subject};
use crate::problems::Problem;
use crate::required_resources::RequiredResources;
use crate::wire;
pub(crate) use absence::{Absence, Absences};

/// What is composed, in the order of creation, and what happens to the rest.
#[derive(Debug, Default)]
pub struct Composition {
    pub(crate) resources: Vec<ComposedResource>,
    pub(crate) absences: Absences,
    pub(crate) required: Vec<RequiredResources>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) fault: Option<Error>,
}

/// One composed resource.
#[derive(Debug)]
pub(crate) struct ComposedResource {
    pub(crate) key: Key,
    pub(crate) r#type: TypeMeta,
    pub(crate) name: String,
    pub(crate) object: Struct,
    pub(crate) gate: Gate,
    pub(crate) guard: Guard,
}

/// What keeps a composed resource from taking the name of another object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    /// The rendering, for every golden path alike.
    OfAll,
    /// Its golden path, by a gate: it knows more about who may have the name.
    OfItsPath,
}

/// When a composed resource is rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gate {
    /// At once.
    Open,
    /// Not created before something else has happened; the text says what. An existing object is changed as usual.
    HoldsCreation(String),
    /// Neither created nor changed before something else has happened: an existing object stays as it is.
    HoldsChange(String),
}

// === impl Composition ===

impl Composition {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Composes a resource.
    #[must_use]
    pub fn with<R>(self, key: impl Into<Key>, resource: &R) -> Self
    where
        R: Resource<DynamicType = ()> + Serialize,
    {
        self.with_gated(key, Gate::Open, resource)
    }

    /// Composes a resource as far as a gate lets it. It stays when the gate closes again.
    #[must_use]
    pub fn with_gated<R>(mut self, key: impl Into<Key>, gate: Gate, resource: &R) -> Self
    where
        R: Resource<DynamicType = ()> + Serialize,
    {
        let key = key.into();
        if self.resources.iter().any(|other| other.key == key) {
            self.fault = Some(Error::ComposedTwice { key });
            return self;
        }
        match wire::encode(resource) {
            Ok(object) => self.resources.push(ComposedResource {
                key,
                r#type: TypeMeta::resource::<R>(),
                name: resource.meta().name.clone().unwrap_or_default(),
                object,
                gate,
                guard: Guard::OfAll,
            }),
            Err(source) => self.fault = Some(Error::Encode { key, source }),
        }
        self
    }

    /// Leaves it to the gate of a composed resource that it takes no other object's name.
    #[must_use]
    pub(crate) fn guarding(mut self, key: impl Into<Key>) -> Self {
        let key = key.into();
        let composed = self.resources.iter_mut().filter(|resource| resource.key == key);
        composed.for_each(|resource| resource.guard = Guard::OfItsPath);
        self
    }

    /// Composes a resource that is asked for, and removes it where it is not (`None`).
    #[must_use]
    pub fn with_optional<R>(self, key: impl Into<Key>, resource: Option<&R>) -> Self
    where
        R: Resource<DynamicType = ()> + Serialize,
    {
        self.with_optional_gated(key, &Gate::Open, resource)
    }

    /// As [`Self::with_optional`], as far as a gate lets it.
    #[must_use]
    pub fn with_optional_gated<R>(self, key: impl Into<Key>, gate: &Gate, resource: Option<&R>) -> Self
    where
        R: Resource<DynamicType = ()> + Serialize,
    {
        match resource {
            Some(resource) => self.with_gated(key, gate.clone(), resource),
            None => self.removing(key.into()),
        }
    }

    /// Composes the members of a list, each with its name, and removes every member that is not in it.
    #[must_use]
    pub fn with_each<R, N>(self, family: Family, members: impl IntoIterator<Item = (N, R)>) -> Self
    where
        R: Resource<DynamicType = ()> + Serialize,
        N: AsRef<str>,
    {
        self.with_each_gated(family, members.into_iter().map(|(name, resource)| (name, Gate::Open, resource)))
    }

    /// As [`Self::with_each`], each member as far as its gate lets it.
    #[must_use]
    pub fn with_each_gated<R, N>(
        self,
        family: Family,
        members: impl IntoIterator<Item = (N, Gate, R)>,
    ) -> Self
    where
        R: Resource<DynamicType = ()> + Serialize,
        N: AsRef<str>,
    {
        members.into_iter().fold(self.removing(family), |composition, (name, gate, resource)| {
            composition.with_gated(family.key(name.as_ref()), gate, &resource)
        })
    }

    /// Removes what is not asked for.
    #[must_use]
    pub fn removing(self, subject: impl Into<Subject>) -> Self {
        self.without(subject, Absence::Removed)
    }

    /// Removes what is not asked for once another resource is gone; until then it stays as it is.
    #[must_use]
    pub fn removing_after(self, subject: impl Into<Subject>, other: impl Into<Key>) -> Self {
        let other = other.into();
        self.without(subject, Absence::RemovedAfter(other))
    }

    /// Keeps what is not asked for as it is, until something else has happened; the words say what.
    #[must_use]
    pub fn holding(self, subject: impl Into<Subject>, waiting_for: impl Into<String>) -> Self {
        self.without(subject, Absence::Held(waiting_for.into()))
    }

    /// Keeps as it is what cannot be composed this time.
    #[must_use]
    pub fn keeping(self, subject: impl Into<Subject>) -> Self {
        self.without(subject, Absence::Kept)
    }

    /// Whether a resource is composed under a key so far.
    pub(crate) fn composes(&self, key: &str) -> bool {
        self.resources.iter().any(|resource| resource.key == key)
    }

    /// Asks Crossplane for objects that are not composed here. [`Observed::found`] has them in a later call.
    ///
    /// [`Observed::found`]: crate::observed::Observed::found
    #[must_use]
    pub fn requiring(mut self, resources: impl IntoIterator<Item = RequiredResources>) -> Self {
        self.required.extend(resources);
        self
    }

    /// Reports problems that do not keep anything from being composed.
    #[must_use]
    pub fn with_problems(mut self, problems: impl IntoIterator<Item = Problem>) -> Self {
        self.problems.extend(problems);
        self
    }

    /// What is wrong with a composition of a golden path that knows these keys: it says something of a key that is not
    /// among them, or nothing of one that is.
    pub(crate) fn breach(&self, known: &[Known]) -> Option<String> {
        let composed =
            |subject: &Subject| self.resources.iter().any(|r| *subject == Subject::One(r.key.clone()));
        let unknown = self.resources.iter().find(|r| !known.iter().any(|known| known.covers(&r.key)));
        let unsaid = known.iter().map(Known::subject).find(|s| !composed(s) && !self.absences.says(s));
        unknown
            .map(|resource| format!("{} is composed and not a known key", resource.key))
            .or_else(|| self.absences.stray(known).map(|subject| format!("{subject:?} cannot be left out")))
            .or_else(|| unsaid.map(|subject| format!("nothing is said of {subject:?}")))
    }

    fn without(mut self, subject: impl Into<Subject>, absence: Absence) -> Self {
        self.absences.add(subject.into(), absence);
        self
    }
}
