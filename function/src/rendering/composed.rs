//! What is composed: as far as its gate, the names that are there and the cluster let it.

use pbjson_types::Struct;

use crate::composition::{ComposedResource, Gate};
use crate::name_guard::{self, Name};
use crate::observed::owned;
use crate::rendering::refusals::Course;
use crate::rendering::{Pass, Ready, Rendering, ResourceStatus};
use crate::requirements::{NEXT_LOOK, Presence, SOON};
use crate::xr::NAME;

/// Reason of what waits for another object of its name to be gone.
const BEING_DELETED: &str = "BeingDeleted";

// === impl Rendering ===

impl Rendering {
    /// Renders one composed resource.
    pub(super) fn add(&mut self, resource: ComposedResource, course: Course, pass: Pass<'_>) {
        let mut status = ResourceStatus {
            object_name: Some(resource.name.clone()),
            ..ResourceStatus::of(&resource.key, &resource.r#type.kind)
        };
        match pass.observed.object(&resource.key) {
            Some(seen) => self.change(resource, seen, &mut status, course, pass),
            None if course == Course::Holds => {}
            None => self.create(resource, &mut status, pass),
        }
        self.resources.push(status);
    }

    /// Renders what is there, as it is to be or, where that is held, as it is.
    fn change(
        &mut self,
        resource: ComposedResource,
        seen: &Struct,
        status: &mut ResourceStatus,
        course: Course,
        pass: Pass<'_>,
    ) {
        self.assess(status, seen, pass);
        let is_ready = status.ready == Ready::True;
        let is_free = self.is_free(&resource, Some(seen), status, pass);
        let ComposedResource { key, object, gate, .. } = resource;
        let object = match gate {
            Gate::Open | Gate::HoldsCreation(_) if is_free => object,
            gate => {
                let held = owned::last_desired(seen);
                // The object works, but not as it is now desired.
                if let Gate::HoldsChange(waiting_for) = gate
                    && course == Course::Tries
                    && is_ready
                    && held != object
                {
                    status.block(None, waiting_for);
                }
                held
            }
        };
        self.desired.insert(key.into_owned(), (object, is_ready));
    }

    /// Renders what is not there yet. What would keep it from being created is reported at once, and not only when its gate
    /// opens.
    fn create(&mut self, resource: ComposedResource, status: &mut ResourceStatus, pass: Pass<'_>) {
        if let Gate::HoldsCreation(waiting_for) | Gate::HoldsChange(waiting_for) = &resource.gate {
            status.block(None, waiting_for.clone());
        }
        let r#type = &resource.r#type;
        match self.requirements.look_up(r#type, pass.schemas) {
            Presence::Available => {}
            // Crossplane asks again at once, with the answer.
            Presence::Pending => return,
            Presence::Missing(operator) => {
                let problem = operator.missing(r#type).on(&r#type.kind, &resource.name);
                status.block(Some(problem.code.clone()), problem.message.clone());
                // Once for each kind, on the first resource that needs it.
                if !self.problems.iter().any(|p| p.message == problem.message) {
                    self.problems.push(problem);
                }
                return;
            }
        }
        if self.is_free(&resource, None, status, pass) && resource.gate == Gate::Open {
            self.desired.insert(resource.key.into_owned(), (resource.object, false));
        }
    }

    /// Whether no other object has a name that a resource is about to be written under.
    fn is_free(
        &mut self,
        resource: &ComposedResource,
        seen: Option<&Struct>,
        status: &mut ResourceStatus,
        pass: Pass<'_>,
    ) -> bool {
        let mut is_free = true;
        let field = (pass.field)(&resource.key, NAME).unwrap_or(NAME.into());
        for wanted in name_guard::wanted(resource, pass.xr, seen) {
            if pass.observed.can_look_up() {
                self.requirements.look_for([wanted.lookup()]);
            }
            match wanted.whose(pass.xr, pass.observed, &field) {
                Name::Free => continue,
                // Crossplane asks again at once, with the answer.
                Name::Unknown => {}
                Name::Leaving(waiting_for) => {
                    self.requirements.look_again(SOON);
                    status.block(Some(BEING_DELETED.into()), waiting_for);
                }
                Name::Taken(problem) => {
                    self.requirements.look_again(NEXT_LOOK);
                    status.block(Some(problem.code.clone()), problem.message.clone());
                    self.problems.push(problem);
                }
            }
            is_free = false;
        }
        is_free
    }
}
