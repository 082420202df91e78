use serde_json::json;

use super::*;
use crate::testing::{Thing, thing};

fn named(name: &str, generation: i64) -> Thing {
    let thing = thing(&json!({"metadata": {"name": name, "generation": generation}}));
    serde_json::from_value(thing).unwrap()
}

fn sight(thing: &Thing) -> Sight<()> {
    (thing.metadata.generation.unwrap_or_default().unsigned_abs(), ())
}

fn key(name: &str) -> Key {
    (Some("n".into()), name.into())
}

/// A watch that has listed objects of generation 1.
fn begun(names: &[&str]) -> Seen<()> {
    let mut seen = Seen::default();
    list(&mut seen, &names.iter().map(|n| named(n, 1)).collect::<Vec<_>>());
    seen
}

fn list(seen: &mut Seen<()>, things: &[Thing]) -> Vec<Change<()>> {
    assert_eq!(seen.see(Event::<Thing>::Init, sight), []);
    for thing in things {
        assert_eq!(seen.see(Event::InitApply(thing.clone()), sight), [], "a list counts when it is complete");
    }
    seen.see(Event::<Thing>::InitDone, sight)
}

#[test]
fn the_first_list_tells_what_is_there() {
    let mut seen = Seen::default();
    assert_eq!(list(&mut seen, &[named("a", 1)]), [Change::Listed(key("a"), ())]);
}

#[test]
fn only_what_matters_is_a_change() {
    let mut seen = begun(&["a"]);
    assert_eq!(seen.see(Event::Apply(named("a", 1)), sight), []);
    assert_eq!(seen.see(Event::Apply(named("a", 2)), sight), [Change::Changed(key("a"), ())]);
    assert_eq!(seen.see(Event::Apply(named("b", 1)), sight), [Change::Changed(key("b"), ())]);
    assert_eq!(seen.see(Event::Delete(named("b", 1)), sight), [Change::Gone(key("b"))]);
    assert_eq!(seen.see(Event::Apply(named("b", 1)), sight), [Change::Changed(key("b"), ())], "another b");
}

#[test]
fn a_watch_that_starts_over_tells_what_it_has_missed() {
    let mut seen = begun(&["same", "changed", "gone"]);
    let again = [named("same", 1), named("changed", 2), named("made", 1)];
    assert_eq!(
        list(&mut seen, &again),
        [Change::Changed(key("changed"), ()), Change::Changed(key("made"), ()), Change::Gone(key("gone")),]
    );
}

#[test]
fn a_list_that_was_cut_off_does_not_count() {
    let mut seen = begun(&["a"]);
    seen.see(Event::<Thing>::Init, sight);
    seen.see(Event::InitApply(named("b", 1)), sight);
    assert_eq!(list(&mut seen, &[named("a", 1)]), []);
}
