//! What happens to objects that are not composed in this pass.

use crate::keys::{Key, Known, Subject};

/// What happens to an object that is not composed in this pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Absence {
    /// It is removed.
    Removed,
    /// It is removed once another one is gone.
    RemovedAfter(Key),
    /// It is removed once something else has happened; the text says what.
    Held(String),
    /// It stays.
    Kept,
}

/// What a golden path declares about keys that it composes nothing for.
#[derive(Debug, Default)]
pub(crate) struct Absences(Vec<(Subject, Absence)>);

// === impl Absences ===

impl Absences {
    pub(super) fn add(&mut self, subject: Subject, absence: Absence) {
        self.0.push((subject, absence));
    }

    /// What happens to an object; none if nothing is said of its key. What is said of one key wins over what is said
    /// of its list.
    pub(crate) fn of(&self, key: &str) -> Option<&Absence> {
        let said = |of_one: bool| {
            let mut said = self.0.iter().rev().filter(|(s, _)| matches!(s, Subject::One(_)) == of_one);
            said.find(|(subject, _)| subject.covers(key)).map(|(_, absence)| absence)
        };
        said(true).or_else(|| said(false))
    }

    /// Whether anything is said of a key, or of a list as a whole.
    pub(super) fn says(&self, subject: &Subject) -> bool {
        self.0.iter().any(|(said, _)| said == subject)
    }

    /// The first subject of which a golden path says what its declaration does not allow.
    pub(super) fn stray(&self, known: &[Known]) -> Option<&Subject> {
        let allowed = |subject: &Subject, absence: &Absence| {
            known.iter().any(|known| match (known, subject) {
                (Known::Always(key), Subject::One(one)) => one == key && *absence == Absence::Kept,
                (Known::Optional(key), Subject::One(one)) => one == key,
                (Known::Each(family), Subject::One(one)) => family.member(one).is_some(),
                (Known::Each(family), Subject::Each(each)) => family == each,
                (Known::Always(_) | Known::Optional(_), Subject::Each(_)) => false,
            })
        };
        self.0.iter().find(|(subject, absence)| !allowed(subject, absence)).map(|(subject, _)| subject)
    }
}
