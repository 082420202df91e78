//! What is composed: as far as its gate and the cluster let it.

use crate::composition::{ComposedResource, Gate};
use crate::observed::owned;
use crate::rendering::{Pass, Ready, Rendering, ResourceStatus};
use crate::requirements::Presence;

// === impl Rendering ===

impl Rendering {
    /// Renders one composed resource.
    pub(super) fn add(&mut self, resource: ComposedResource, pass: Pass<'_>) {
        let ComposedResource { key, r#type, name, object, gate } = resource;
        let mut status =
            ResourceStatus { object_name: Some(name.clone()), ..ResourceStatus::of(&key, &r#type.kind) };
        match (pass.observed.object(&key), gate) {
            (Some(seen), Gate::Open | Gate::HoldsCreation(_)) => {
                self.assess(&mut status, seen, pass);
                self.desired.insert(key.into_owned(), (object, status.ready == Ready::True));
            }
            (Some(seen), Gate::HoldsChange(waiting_for)) => {
                self.assess(&mut status, seen, pass);
                let (held, is_ready) = (owned::last_desired(seen), status.ready == Ready::True);
                // What is asked for is not there, however well what is there works.
                if is_ready && held != object {
                    status.block(None, waiting_for);
                }
                self.desired.insert(key.into_owned(), (held, is_ready));
            }
            (None, Gate::HoldsCreation(waiting_for) | Gate::HoldsChange(waiting_for)) => {
                status.block(None, waiting_for);
            }
            (None, Gate::Open) => match self.requirements.look_up(&r#type, pass.schemas) {
                Presence::Available => {
                    self.desired.insert(key.into_owned(), (object, false));
                }
                // Crossplane asks again at once, with the answer.
                Presence::Pending => {}
                Presence::Missing(operator) => {
                    let problem = operator.missing(&r#type).on(&r#type.kind, &name);
                    status.block(Some(problem.code.clone()), problem.message.clone());
                    // Once a kind, on the first that is in want of it.
                    if !self.problems.iter().any(|p| p.message == problem.message) {
                        self.problems.push(problem);
                    }
                }
            },
        }
        self.resources.push(status);
    }
}
