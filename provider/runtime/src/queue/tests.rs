//! The rules of the queue, one by one. Time is what the test says it is.

mod fair;

use std::time::Duration;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn item(kind: &str, name: &str) -> Item {
    let name = ObjectName { namespace: "n".into(), name: name.into() };
    Item { kind: kind.into(), name: Arc::new(name) }
}

fn flow(kind: &str, config: &str) -> Flow {
    Flow { kind: kind.into(), config: config.into() }
}

/// A queue, its clock, and one flow.
struct Scene {
    queue: Queue,
    now: Instant,
    flow: Flow,
}

impl Scene {
    fn of(rate: u16) -> Self {
        Self { queue: Queue::new(rate), now: Instant::now(), flow: flow("Thing", "default") }
    }

    fn add(&mut self, name: &str, trigger: Trigger) {
        self.add_in(name, trigger, Duration::ZERO);
    }

    fn add_in(&mut self, name: &str, trigger: Trigger, after: Duration) {
        self.queue.add(item("Thing", name), &self.flow, trigger, self.now + after, self.now);
    }

    /// Ends a run that asks to go on after a while.
    fn finish(&mut self, name: &str, trigger: Trigger, after: Duration) {
        self.queue.finish(&item("Thing", name), Some((trigger, self.now + after)), self.now);
    }

    /// The names of what runs next, until nothing may; each ends at once and asks for nothing.
    fn run_all(&mut self) -> Vec<String> {
        let mut names = Vec::new();
        while let Some(Dequeued { item, .. }) = self.queue.pop(self.now) {
            names.push(item.name.name.clone());
            self.queue.finish(&item, None, self.now);
        }
        names
    }

    fn pop(&mut self) -> Option<(String, Trigger)> {
        self.queue.pop(self.now).map(|turn| (turn.item.name.name.clone(), turn.trigger))
    }
}

#[test]
fn a_change_goes_before_ten_thousand_polls() {
    let mut scene = Scene::of(100);
    for i in 0..10_000 {
        scene.add(&format!("polled-{i}"), Trigger::Routine);
    }
    scene.add("edited", Trigger::Change);
    assert_eq!(scene.pop(), Some(("edited".into(), Trigger::Change)));
    assert_eq!(scene.pop(), Some(("polled-0".into(), Trigger::Routine)));
}

#[test]
fn a_polled_object_that_is_edited_goes_first() {
    let mut scene = Scene::of(100);
    scene.add("a", Trigger::Routine);
    scene.add("b", Trigger::Routine);
    scene.add("b", Trigger::Change);
    assert_eq!(scene.run_all(), ["b", "a"], "once each");
}

#[test]
fn of_equals_the_first_come_is_the_first_served() {
    let mut scene = Scene::of(100);
    for name in ["c", "a", "b"] {
        scene.add(name, Trigger::Change);
    }
    scene.add("c", Trigger::Change);
    assert_eq!(scene.run_all(), ["c", "a", "b"], "asking again does not lose the place");
}

#[test]
fn what_happens_during_a_run_leads_to_one_more() {
    let mut scene = Scene::of(100);
    scene.add("x", Trigger::Routine);
    assert_eq!(scene.pop(), Some(("x".into(), Trigger::Routine)));
    for _ in 0..5 {
        scene.add("x", Trigger::Change);
    }
    assert_eq!(scene.pop(), None, "one run at a time");
    scene.finish("x", Trigger::Routine, 600 * SECOND);
    assert_eq!(scene.pop(), Some(("x".into(), Trigger::Change)), "at once, whatever the run has asked for");
    scene.finish("x", Trigger::Routine, 600 * SECOND);
    assert_eq!(scene.pop(), None);
    assert_eq!(scene.queue.due(scene.now), Some(scene.now + 600 * SECOND));
}

#[test]
fn a_change_does_not_wait_for_a_backoff_or_a_poll() {
    let mut scene = Scene::of(100);
    scene.add_in("x", Trigger::Routine, 600 * SECOND);
    assert_eq!(scene.pop(), None);
    scene.add("x", Trigger::Change);
    assert_eq!(scene.run_all(), ["x"]);
    assert_eq!(scene.queue.due(scene.now), None, "the poll is asked for by the run itself");
}

#[test]
fn what_is_due_sooner_counts() {
    let mut scene = Scene::of(100);
    scene.add_in("x", Trigger::Routine, 10 * SECOND);
    scene.add_in("x", Trigger::Routine, 20 * SECOND);
    assert_eq!(scene.queue.due(scene.now), Some(scene.now + 10 * SECOND));
    scene.now += 10 * SECOND;
    assert_eq!(scene.run_all(), ["x"]);
}

#[test]
fn nothing_is_looked_at_that_was_removed() {
    let mut scene = Scene::of(100);
    scene.add("ready", Trigger::Change);
    scene.add_in("later", Trigger::Change, SECOND);
    for name in ["ready", "later", "never"] {
        scene.queue.remove(&item("Thing", name));
    }
    scene.now += SECOND;
    assert_eq!(scene.pop(), None);
    assert_eq!(scene.queue.due(scene.now), None);
}

#[test]
fn the_twelfth_of_a_burst_is_postponed_at_a_rate_of_one() {
    let mut scene = Scene::of(1);
    for i in 1..=12 {
        scene.add(&i.to_string(), Trigger::Routine);
    }
    assert_eq!(scene.run_all().len(), 10, "ten times the rate, after a rest");
    let second = scene.now + SECOND;
    assert_eq!(scene.queue.due(scene.now), Some(second));
    scene.now = second;
    assert_eq!(scene.run_all(), ["11"]);
    scene.now += SECOND;
    assert_eq!(scene.run_all(), ["12"]);
}

#[test]
fn a_change_takes_the_next_token() {
    let mut scene = Scene::of(1);
    for i in 1..=12 {
        scene.add(&i.to_string(), Trigger::Routine);
    }
    scene.run_all();
    scene.add("edited", Trigger::Change);
    scene.now += SECOND;
    assert_eq!(scene.run_all(), ["edited"]);
}

#[test]
fn a_turn_reports_how_long_it_was_waited_for() {
    let mut scene = Scene::of(100);
    scene.add_in("x", Trigger::Routine, SECOND);
    scene.now += SECOND;
    assert_eq!(scene.queue.due(scene.now), Some(scene.now));
    scene.now += SECOND;
    assert_eq!(scene.queue.pop(scene.now).map(|turn| turn.waited), Some(SECOND), "since it was due");
}
