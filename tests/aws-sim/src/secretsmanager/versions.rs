//! The versions of one secret and the staging labels on them. Each label is on at most one version.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

/// The label of the version that a reader gets who asks for none.
pub(super) const CURRENT: &str = "AWSCURRENT";
/// The label of the version that was current before.
pub(super) const PREVIOUS: &str = "AWSPREVIOUS";

/// So many versions are kept, and those of the last day.
const KEPT: usize = 100;
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24);

/// What a version holds. Binary data stays in the base64 that it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// Text.
    String(String),
    /// Bytes.
    Binary(String),
}

/// One version; it never changes but for its labels.
#[derive(Clone, Debug)]
pub(super) struct Version {
    pub(super) id: String,
    pub(super) value: Value,
    pub(super) created: Timestamp,
    pub(super) accessed: Option<Timestamp>,
    pub(super) stages: BTreeSet<String>,
}

/// All versions, in the order in which they were made.
#[derive(Clone, Debug, Default)]
pub(super) struct Versions(Vec<Version>);

// === impl Versions ===

impl Versions {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Version> {
        self.0.iter()
    }

    pub(super) fn get(&self, id: &str) -> Option<&Version> {
        self.0.iter().find(|version| version.id == id)
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut Version> {
        self.0.iter_mut().find(|version| version.id == id)
    }

    /// The version that has a label.
    pub(super) fn labelled(&self, stage: &str) -> Option<&Version> {
        self.0.iter().find(|version| version.stages.contains(stage))
    }

    /// Adds a version and puts the labels on it. The first version of a secret is current in any case.
    pub(super) fn add(&mut self, id: &str, value: Value, stages: &BTreeSet<String>, now: Timestamp) {
        let is_first = self.0.is_empty();
        self.0.push(Version {
            id: id.to_owned(),
            value,
            created: now,
            accessed: None,
            stages: BTreeSet::new(),
        });
        for stage in stages.iter().filter(|stage| *stage != CURRENT) {
            self.attach(stage, id);
        }
        if is_first || stages.contains(CURRENT) {
            self.attach(CURRENT, id);
        }
    }

    /// Puts a label on a version, and takes it off the one that has it. What was current becomes the previous one.
    pub(super) fn attach(&mut self, stage: &str, id: &str) {
        let before = self.labelled(stage).map(|version| version.id.clone());
        if before.as_deref() == Some(id) {
            return;
        }
        self.detach(stage);
        if let Some(version) = self.get_mut(id) {
            version.stages.insert(stage.to_owned());
        }
        if let (CURRENT, Some(before)) = (stage, before) {
            self.detach(PREVIOUS);
            self.get_mut(&before).into_iter().for_each(|version| {
                version.stages.insert(PREVIOUS.to_owned());
            });
        }
    }

    /// Takes a label off whatever version has it.
    pub(super) fn detach(&mut self, stage: &str) {
        for version in &mut self.0 {
            version.stages.remove(stage);
        }
    }

    /// Removes the oldest deprecated versions that are older than a day, until one more can be made; says whether it can.
    pub(super) fn make_room(&mut self, now: Timestamp) -> bool {
        while self.0.len() >= KEPT {
            let is_old = |version: &Version| {
                version.stages.is_empty() && now.duration_since(version.created) > KEPT_FOR
            };
            let Some(oldest) = self.0.iter().position(is_old) else {
                return false;
            };
            self.0.remove(oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions(names: &[&str]) -> Versions {
        let mut versions = Versions::default();
        for name in names {
            let current = BTreeSet::from([CURRENT.to_owned()]);
            versions.add(name, Value::String((*name).to_owned()), &current, Timestamp::UNIX_EPOCH);
        }
        versions
    }

    fn shown(versions: &Versions) -> Vec<(&str, Vec<&str>)> {
        versions.iter().map(|v| (v.id.as_str(), v.stages.iter().map(String::as_str).collect())).collect()
    }

    #[test]
    fn the_one_before_is_the_previous_and_the_one_before_that_has_nothing() {
        assert_eq!(
            shown(&versions(&["1", "2", "3"])),
            [("1", vec![]), ("2", vec![PREVIOUS]), ("3", vec![CURRENT])]
        );
    }

    #[test]
    fn moving_back_swaps_current_and_previous() {
        let mut moved = versions(&["1", "2"]);
        moved.attach(CURRENT, "1");
        assert_eq!(shown(&moved), [("1", vec![CURRENT]), ("2", vec![PREVIOUS])]);
    }

    #[test]
    fn a_label_of_ones_own_goes_from_one_version_to_the_other() {
        let mut versions = versions(&["1"]);
        let labels = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let value = || Value::String("x".into());
        versions.add("2", value(), &labels(&["one", "two", "three"]), Timestamp::UNIX_EPOCH);
        versions.add("3", value(), &labels(&["one", "two", "four"]), Timestamp::UNIX_EPOCH);
        assert_eq!(
            shown(&versions),
            [("1", vec![CURRENT]), ("2", vec!["three"]), ("3", vec!["four", "one", "two"])]
        );
    }

    #[test]
    fn the_first_version_is_current_whatever_labels_it_has() {
        let mut versions = Versions::default();
        versions.add("1", Value::String("x".into()), &BTreeSet::from(["MINE".into()]), Timestamp::UNIX_EPOCH);
        assert_eq!(shown(&versions), [("1", vec![CURRENT, "MINE"])]);
    }

    #[test]
    fn a_hundred_versions_of_a_day_leave_no_room_and_a_day_later_they_do() {
        let names: Vec<_> = (0..KEPT).map(|number| number.to_string()).collect();
        let mut full = versions(&names.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(!full.make_room(Timestamp::UNIX_EPOCH + KEPT_FOR));
        assert!(full.make_room(Timestamp::UNIX_EPOCH + KEPT_FOR + SignedDuration::from_secs(1)));
        assert_eq!(full.iter().count(), KEPT - 1);
        assert!(full.get("0").is_none());
    }
}
