//! Fairness: nobody takes everything.

use super::*;

/// What runs while nothing ends.
fn running(queue: &mut Queue, now: Instant) -> Vec<Item> {
    std::iter::from_fn(|| queue.pop(now).map(|turn| turn.item)).collect()
}

fn count(items: &[Item], kind: &str) -> usize {
    items.iter().filter(|item| &*item.kind == kind).count()
}

#[test]
fn a_kind_whose_calls_never_end_does_not_starve_another() {
    let (mut queue, now) = (Queue::new(8), Instant::now());
    for i in 0..100 {
        queue.add(item("Slow", &i.to_string()), &flow("Slow", "default"), Trigger::Change, now, now);
    }
    assert_eq!(running(&mut queue, now).len(), 6, "a quarter stays free");
    queue.add(item("Quick", "a"), &flow("Quick", "default"), Trigger::Change, now, now);
    assert_eq!(running(&mut queue, now), [item("Quick", "a")]);
}

#[test]
fn polls_that_never_end_leave_room_for_a_change_of_the_same_kind() {
    let (mut queue, now) = (Queue::new(8), Instant::now());
    for i in 0..100 {
        queue.add(item("Slow", &i.to_string()), &flow("Slow", "default"), Trigger::Routine, now, now);
    }
    assert_eq!(running(&mut queue, now).len(), 4);
    queue.add(item("Slow", "edited"), &flow("Slow", "default"), Trigger::Change, now, now);
    assert_eq!(running(&mut queue, now), [item("Slow", "edited")]);
}

#[test]
fn no_more_run_than_the_limit_says() {
    let (mut queue, now) = (Queue::new(8), Instant::now());
    for kind in ["A", "B", "C"] {
        for i in 0..20 {
            queue.add(item(kind, &i.to_string()), &flow(kind, "default"), Trigger::Change, now, now);
        }
    }
    let all = running(&mut queue, now);
    assert_eq!(all.len(), 8);
    assert!(["A", "B", "C"].iter().all(|kind| count(&all, kind) >= 2), "{all:?}");
}

#[test]
fn configurations_take_turns() {
    let (mut queue, now) = (Queue::new(4), Instant::now());
    for i in 0..20 {
        queue.add(item("A", &format!("one-{i}")), &flow("A", "one"), Trigger::Change, now, now);
    }
    queue.add(item("A", "two-0"), &flow("A", "two"), Trigger::Change, now, now);
    let names: Vec<_> = running(&mut queue, now).iter().map(|i| i.name.name.clone()).collect();
    assert_eq!(names, ["one-0", "two-0", "one-1"], "of A three run, and one of them is of the other one");
}

#[test]
fn one_at_a_time_leaves_nothing_free() {
    let (mut queue, now) = (Queue::new(1), Instant::now());
    queue.add(item("A", "x"), &flow("A", "default"), Trigger::Routine, now, now);
    assert_eq!(running(&mut queue, now), [item("A", "x")]);
}

#[test]
fn waiting_items_are_counted_by_kind_and_lane() {
    let (mut queue, now) = (Queue::new(4), Instant::now());
    for (kind, name) in [("A", "x"), ("A", "y"), ("B", "x")] {
        queue.add(item(kind, name), &flow(kind, "default"), Trigger::Change, now, now);
    }
    queue.add(item("A", "z"), &flow("A", "default"), Trigger::Change, now + SECOND, now);
    queue.add(item("B", "y"), &flow("B", "default"), Trigger::Routine, now, now);
    let depth = |kind: &str, priority| queue.depth(&kind.into(), priority);
    assert_eq!(
        [depth("A", Priority::Prompt), depth("B", Priority::Prompt), depth("B", Priority::Routine)],
        [2, 1, 1]
    );
}
