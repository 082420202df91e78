//! What is observed and not composed: what is removed, and what stays as it is.

use pbjson_types::Struct;

use crate::composition::{Absence, Absences};
use crate::labels;
use crate::observed::owned;
use crate::problems::Problem;
use crate::rendering::{Pass, Ready, Rendering, ResourceStatus};
use crate::wire;

/// Crossplane's mark of an object that a `Usage` keeps from being deleted.
const IN_USE: &str = "crossplane.io/in-use";

/// Why an object stays.
enum Stays {
    /// Nothing asks for it to go.
    Kept,
    /// It goes once something else has happened; the words say what.
    Waiting(String),
    /// The API server would refuse to delete it, and Crossplane would give up the whole pass.
    InUse,
}

// === impl Rendering ===

impl Rendering {
    /// Keeps what is observed and not composed this time, unless it is said to go.
    pub(super) fn keep_or_remove(&mut self, absences: &Absences, pass: Pass<'_>) {
        for key in pass.observed.keys() {
            let seen = pass.observed.object(key).filter(|_| !self.desired.contains_key(key));
            if let Some((seen, why)) = seen.and_then(|seen| Some((seen, stays(key, seen, absences, pass)?))) {
                self.keep(key, seen, why, pass);
            }
        }
    }

    fn keep(&mut self, key: &str, seen: &Struct, why: Stays, pass: Pass<'_>) {
        let mut status = ResourceStatus::of(key, wire::text(seen, "kind").unwrap_or_default());
        self.assess(&mut status, seen, pass);
        let ready = status.ready == Ready::True;
        match why {
            Stays::Kept => {}
            Stays::Waiting(waiting_for) => status.message = status.message.or(Some(waiting_for)),
            Stays::InUse => {
                let problem = in_use(&status);
                status.message = status.message.or_else(|| Some(problem.message.clone()));
                self.problems.push(problem);
            }
        }
        self.desired.insert(key.to_owned(), (owned::last_desired(seen), ready));
        self.resources.push(status);
    }
}

/// Why an observed object stays; none if it goes, or if it is not of this golden path.
fn stays(key: &str, seen: &Struct, absences: &Absences, pass: Pass<'_>) -> Option<Stays> {
    let waiting_for = match absences.of(key) {
        None => return is_ours(key, seen, pass).then_some(Stays::Kept),
        Some(Absence::Kept) => return Some(Stays::Kept),
        Some(Absence::Held(waiting_for)) => Some(waiting_for.clone()),
        Some(Absence::RemovedAfter(other)) => {
            pass.observed.object(other).map(|other| format!("waiting for {} to be gone", called(other)))
        }
        Some(Absence::Removed) => None,
    };
    match waiting_for {
        Some(waiting_for) => Some(Stays::Waiting(waiting_for)),
        None => {
            metadata(seen, "labels").is_some_and(|l| l.fields.contains_key(IN_USE)).then_some(Stays::InUse)
        }
    }
}

/// Whether an object is of this golden path: by its key, or, where another version has composed it, by its label. What an
/// earlier step of the pipeline desires is that step's.
fn is_ours(key: &str, seen: &Struct, pass: Pass<'_>) -> bool {
    let is_labelled = || metadata(seen, "labels").is_some_and(|l| l.fields.contains_key(labels::MANAGED));
    pass.known.iter().any(|known| known.covers(key))
        || (is_labelled() && !pass.observed.is_of_an_earlier_step(key))
}

fn in_use(status: &ResourceStatus) -> Problem {
    let name = status.object_name.as_deref().unwrap_or_default();
    Problem::warning(
        "DeletionProtected",
        "it is not composed any more, and stays because a Usage says that it is in use",
    )
    .on(&status.kind, name)
    .remedy("see `kubectl get usages` for what uses it; it is deleted by itself once nothing does")
}

/// `Ingress/shop`.
fn called(object: &Struct) -> String {
    let name = wire::child(object, "metadata").and_then(|m| wire::text(m, "name"));
    format!("{}/{}", wire::text(object, "kind").unwrap_or_default(), name.unwrap_or_default())
}

fn metadata<'a>(object: &'a Struct, field: &str) -> Option<&'a Struct> {
    wire::at(object, &["metadata", field])
}
