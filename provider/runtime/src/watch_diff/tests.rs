use serde_json::json;

use super::*;
use crate::testing::{Thing, thing};

fn named(name: &str, generation: i64) -> Thing {
    let thing = thing(&json!({"metadata": {"name": name, "generation": generation}}));
    serde_json::from_value(thing).unwrap()
}

fn generation(thing: &Thing) -> i64 {
    thing.metadata.generation.unwrap_or_default()
}

fn key(name: &str) -> Key {
    (Some("n".into()), name.into())
}

fn changed(name: &str, before: Option<i64>, now: i64) -> WatchChange<i64> {
    WatchChange::Changed { key: key(name), before, now }
}

/// A watch that has listed objects of generation 1.
fn begun(names: &[&str]) -> WatchDiff<i64> {
    let mut diff = WatchDiff::default();
    list(&mut diff, &names.iter().map(|n| named(n, 1)).collect::<Vec<_>>());
    diff
}

fn list(diff: &mut WatchDiff<i64>, things: &[Thing]) -> Vec<WatchChange<i64>> {
    assert_eq!(diff.apply(&Event::<Thing>::Init, generation), []);
    for thing in things {
        let shown = diff.apply(&Event::InitApply(thing.clone()), generation);
        assert_eq!(shown, [], "a list counts when it is complete");
    }
    diff.apply(&Event::<Thing>::InitDone, generation)
}

#[test]
fn the_first_list_reports_what_is_there() {
    let mut diff = WatchDiff::default();
    assert_eq!(list(&mut diff, &[named("a", 1)]), [WatchChange::Listed(key("a"), 1)]);
}

#[test]
fn only_what_matters_is_a_change() {
    let mut diff = begun(&["a"]);
    assert_eq!(diff.apply(&Event::Apply(named("a", 1)), generation), []);
    assert_eq!(diff.apply(&Event::Apply(named("a", 2)), generation), [changed("a", Some(1), 2)]);
    assert_eq!(diff.apply(&Event::Apply(named("b", 1)), generation), [changed("b", None, 1)]);
    assert_eq!(diff.apply(&Event::Delete(named("b", 2)), generation), [WatchChange::Gone(key("b"), 1)]);
    assert_eq!(diff.apply(&Event::Delete(named("b", 2)), generation), [], "it is gone already");
    assert_eq!(diff.apply(&Event::Apply(named("b", 1)), generation), [changed("b", None, 1)], "another b");
}

#[test]
fn a_watch_that_starts_over_reports_what_it_has_missed() {
    let mut diff = begun(&["same", "changed", "gone"]);
    let again = [named("same", 1), named("changed", 2), named("made", 1)];
    let expected =
        [changed("changed", Some(1), 2), changed("made", None, 1), WatchChange::Gone(key("gone"), 1)];
    assert_eq!(list(&mut diff, &again), expected);
}

#[test]
fn a_list_that_was_cut_off_does_not_count() {
    let mut diff = begun(&["a"]);
    diff.apply(&Event::<Thing>::Init, generation);
    diff.apply(&Event::InitApply(named("b", 1)), generation);
    assert_eq!(list(&mut diff, &[named("a", 1)]), []);
}

#[test]
fn a_change_says_what_was_and_what_is() {
    assert_eq!(WatchChange::Listed(key("a"), 1).values(), (None, Some(&1)));
    assert_eq!(changed("a", Some(1), 2).values(), (Some(&1), Some(&2)));
    assert_eq!(WatchChange::Gone(key("a"), 1).values(), (Some(&1), None));
}
