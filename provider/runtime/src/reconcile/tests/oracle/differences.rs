//! Where we differ from Crossplane on purpose: what each difference makes of Crossplane's outcome.
//!
//! A rule of docs/managed-runtime.md justifies each difference, or one of the decisions at its end.

use super::Oracle;
use super::vector::{Case, Outcome, Requeue};

/// One difference.
pub(super) struct Difference {
    /// The rule or decision that justifies it.
    pub(super) row: &'static str,
    /// What is different, in a sentence.
    pub(super) what: &'static str,
    /// Makes ours of Crossplane's outcome.
    pub(super) amend: fn(&Oracle, &Case, &mut Outcome),
}

const MISSING: &str = "external resource does not exist";
const REMEDY: &str = "; create it, correct .metadata.annotations[crossplane.io/external-name], \
                      or have it created by .spec.managementPolicies";
const WAITING: &str = "Ready=False Deleting: waiting for finalizers: example.org/other";
const SUCCESS: &str = "Synced=True ReconcileSuccess";

/// All differences, in the order in which they are applied.
pub(super) const DIFFERENCES: &[Difference] = &[
    Difference {
        row: "R9",
        what: "the pause is told on the transition only",
        amend: |_, case, theirs| {
            if case.was == "paused" {
                theirs.events.retain(|event| !event.starts_with("Normal ReconciliationPaused"));
            }
        },
    },
    Difference {
        row: "R21",
        what: "what is absent and may not be created is told, and never updated",
        amend: |oracle, case, theirs| {
            *theirs =
                if case.lacks_create() { oracle.outcome(&case.only_observing()) } else { theirs.clone() };
        },
    },
    Difference {
        row: "R29",
        what: "the default of the external name is not a write of its own",
        amend: |oracle, case, theirs| {
            if !case.create.is_empty() {
                return;
            }
            if case.fails.starts_with("write") {
                // Our first write is the claim then, even where the finalizer is there already.
                let finalizers = if case.is_present() && !case.deleted { 0 } else { case.finalizers };
                let case = if case.lacks_create() { case.only_observing() } else { case.clone() };
                *theirs = oracle.outcome(&Case { create: "named".into(), finalizers, ..case });
            }
            let claims = case.is_present() || theirs.has_called("create");
            if case.deleted || !claims || !theirs.has_called("observe") || theirs.publishing_failed() {
                theirs.annotations.remove("external-name");
            }
        },
    },
    Difference {
        row: "R41",
        what: "what was found ends the record of a Create whose end nobody knew",
        amend: |_, case, theirs| {
            if case.create == "pending" && case.is_present() && !case.deleted && theirs.has_called("observe")
            {
                theirs.annotations.insert("external-create-succeeded".into(), "now".into());
            }
        },
    },
    Difference {
        row: "R20",
        what: "what is missing and only observed is looked at again after the poll interval",
        amend: |_, case, theirs| {
            if theirs.tells(MISSING) && !case.fails.starts_with("status") {
                theirs.requeue = Requeue::Poll;
            }
        },
    },
    Difference {
        row: "Remedy",
        what: "what is missing is told with a remedy, and is not ready",
        amend: |_, _, theirs| {
            let missing = theirs.tells(MISSING);
            for text in theirs.events.iter_mut().chain(&mut theirs.conditions) {
                *text = text.replace(MISSING, &format!("{MISSING}{REMEDY}"));
            }
            if missing && theirs.status_writes > 0 {
                theirs.condition(&format!("Ready=False Unavailable: {MISSING}{REMEDY}"));
            }
        },
    },
    Difference {
        row: "R96",
        what: "finalizer and record of creation are one write, and it holds nothing else",
        amend: |_, case, theirs| {
            if case.fills && !case.allows('L') {
                theirs.filled = false;
            }
            let claims = "Synced=False ReconcileError: cannot update object: InternalError";
            if case.is_absent() && !case.deleted && theirs.conditions.iter().any(|c| c == claims) {
                let failed = "cannot update managed resource: InternalError";
                theirs.events.push(format!("Warning CannotUpdateManagedResource: {failed}"));
                theirs.conditions = vec![];
                theirs.condition("Ready=False Creating");
                theirs.condition(&format!("Synced=False ReconcileError: {failed}"));
            }
        },
    },
    Difference {
        row: "R78",
        what: "what Observe tells of the status is not lost to a write of the metadata",
        amend: |_, case, theirs| {
            let observed = case.is_present() && !case.deleted && theirs.has_called("observe");
            if observed && theirs.status_writes > 0 && !theirs.seen {
                theirs.seen = true;
                match (case.unready, case.was.as_str()) {
                    (true, _) => theirs.condition("Ready=False Creating"),
                    (false, "ready") => {}
                    (false, _) => theirs.condition("Ready=True Available"),
                }
            }
        },
    },
    Difference {
        row: "R118",
        what: "the effect of an update is looked at soon",
        amend: |_, _, theirs| {
            if theirs.tells("UpdatedExternalResource") {
                theirs.requeue = Requeue::Soon;
            }
        },
    },
    Difference {
        row: "Drift",
        what: "the event of an update names what differed",
        amend: |_, _, theirs| {
            for event in theirs.events.iter_mut().filter(|e| e.contains("UpdatedExternalResource")) {
                event.push_str(": size: a -> b");
            }
        },
    },
    Difference {
        row: "R146",
        what: "what is not ready is looked at more often than the poll interval",
        amend: |_, case, theirs| {
            if case.unready && theirs.requeue == Requeue::Poll {
                theirs.requeue = Requeue::Soon;
            }
        },
    },
    Difference {
        row: "R85",
        what: "the wait for finalizers of others is told",
        amend: |_, case, theirs| {
            let looked = theirs.has_called("observe") && theirs.calls.len() == 2;
            let ended = theirs.events.iter().any(|event| !event.contains("ReconcileRequestHandled"));
            if case.deleted && case.finalizers == 2 && looked && !ended && !case.fails.starts_with("status") {
                theirs.condition(WAITING);
                if case.was.is_empty() {
                    theirs.condition(SUCCESS);
                }
                theirs.status_writes = 1;
                theirs.seen = case.is_present();
                theirs.handled = case.requested;
            }
        },
    },
    Difference {
        row: "R52",
        what: "absence after a Delete is what was asked for, not a delay of the Create before it",
        amend: |_, case, theirs| {
            if case.was == "deleting" && case.finalizers == 1 && theirs.tells("PendingExternalResource") {
                *theirs = Outcome {
                    calls: theirs.calls.clone(),
                    requeue: Requeue::Never,
                    gone: true,
                    ..Outcome::default()
                };
            }
        },
    },
    Difference {
        row: "R129",
        what: "the status after a Create is held back, and told with what is seen next",
        amend: |_, _, theirs| {
            if theirs.tells("CreatedExternalResource") {
                theirs.conditions.clear();
                theirs.status_writes = 0;
                theirs.handled = false;
            }
        },
    },
    Difference {
        row: "R128",
        what: "a status that does not differ is not written",
        amend: |_, _, theirs| {
            if theirs.conditions.is_empty() && !theirs.seen && !theirs.handled {
                theirs.status_writes = 0;
            }
        },
    },
];

// === impl Case ===

impl Case {
    /// Whether the external resource is absent, no delay explains it, and it may not be created.
    fn lacks_create(&self) -> bool {
        let absent = self.is_absent() && self.create != "grace";
        absent && !self.deleted && self.is_supported() && !self.allows('C')
    }

    fn only_observing(&self) -> Self {
        Self { policies: "O".into(), ..self.clone() }
    }
}

// === impl Outcome ===

impl Outcome {
    fn has_called(&self, call: &str) -> bool {
        self.calls.iter().any(|c| c == call)
    }

    /// Whether an event contains these words.
    fn tells(&self, words: &str) -> bool {
        self.events.iter().any(|event| event.contains(words))
    }

    fn publishing_failed(&self) -> bool {
        self.tells("CannotPublishConnectionDetails") && !self.has_called("create")
    }

    /// Adds a condition in its place.
    fn condition(&mut self, condition: &str) {
        self.conditions.push(condition.to_owned());
        self.conditions.sort();
    }
}
