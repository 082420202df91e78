//! What a managed resource costs the API server and everybody who watches it (R36, R101, R128, R129, R191).

use std::collections::BTreeMap;

use super::lifecycles::{Phase, outside};
use crate::testing::crash_points::CrashPoints;
use crate::testing::process::{End, Orders, Outside, Process};

/// Writes since the last question, as `VERB resource`, without the objects' names.
fn counted(outside: &Outside) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for write in outside.api.writes() {
        let (verb, path) = write.request.split_once(' ').unwrap();
        let parts: Vec<_> = path.split('/').enumerate().filter(|(at, _)| *at != 1).map(|(_, p)| p).collect();
        *counts.entry(format!("{verb} {}", parts.join("/"))).or_default() += 1;
    }
    counts
}

/// What it takes to bring up an object, and what a watch of it shows meanwhile; then polls that cost nothing.
fn bring_up(looks: u32) -> (BTreeMap<String, usize>, usize) {
    let outside = outside(looks);
    let process = Process::start(&outside, &CrashPoints::uninterrupted(), &Orders::none());
    process.settle();
    outside.api.writes();

    Phase::Create.begin(&outside);
    let made = outside.api.revisions("things/x");
    assert_eq!(process.run(), End::AtRest);
    process.settle();
    Phase::Create.check(&outside, "brought up");
    let (written, seen) = (counted(&outside), outside.api.revisions("things/x") - made);
    eprintln!("{looks} looks before it is ready: {written:?}; a watch of it shows {seen} changes");

    for _ in 0..10 {
        assert_eq!(process.run(), End::AtRest);
        process.settle();
    }
    let steady = counted(&outside);
    eprintln!("10 polls of what is in sync: {steady:?}");
    assert_eq!(steady, BTreeMap::new());
    (written, seen)
}

#[test]
fn a_fresh_object_is_ready_after_four_writes_and_then_costs_none() {
    let (written, seen) = bring_up(2);
    assert_eq!(seen, 4, "finalizer and record; how Create has ended; Ready=False; Ready=True");
    let expected = [
        ("PATCH providerconfigs/status", 1),
        ("PATCH providerconfigusages", 1),
        ("PATCH secrets", 1),
        ("PATCH things", 2),
        ("PATCH things/status", 2),
        ("POST events", 1),
        ("POST secrets", 1),
    ];
    assert_eq!(written, expected.map(|(write, count)| (write.to_owned(), count)).into());
}

#[test]
fn an_object_that_is_ready_at_the_first_look_is_ready_after_three_writes() {
    let (written, seen) = bring_up(0);
    assert_eq!(seen, 3, "Ready=False was never true for long enough to be told");
    assert_eq!(written["PATCH things/status"], 1, "{written:?}");
}
