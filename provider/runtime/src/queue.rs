//! Which object is reconciled next: a state machine without a clock, a task or a client.
//!
//! One queue serves all kinds (R149). An object is in it once, however many triggers it has, and
//! runs once at a time; what happens meanwhile leads to one more reconcile (R152).

mod ready_items;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use goldenpath_provider_core::managed::ObjectName;
use tokio::time::Instant;

use crate::bucket::Bucket;
use ready_items::{Limits, ReadyItems};

/// A kind of managed resource: its group, version and kind.
pub(crate) type KindName = Arc<str>;

/// An object of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Item {
    pub(crate) kind: KindName,
    pub(crate) name: Arc<ObjectName>,
}

/// Objects that share their turns: those of one kind that use one configuration.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Flow {
    pub(crate) kind: KindName,
    /// The configuration, in words that no other has.
    pub(crate) config: Arc<str>,
}

/// Why an object is reconciled; of two triggers the smaller one counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trigger {
    /// It was changed, or something that it depends on was: earlier failures say nothing about now (R155).
    Change,
    /// Goes on with what a change has led to.
    FollowUp,
    /// A first list, a poll, or a report of the external side.
    Routine,
}

/// Which items go first; within a priority it is first come, first served (R151).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Priority {
    /// A change, and what follows from it.
    Prompt,
    /// A first list, a poll, or a report of the external side.
    Routine,
}

/// The place of an item in the order of arrival.
type Serial = u64;

/// The items to reconcile, and those that run.
pub(crate) struct Queue {
    entries: HashMap<Item, Entry>,
    later: BTreeMap<(Instant, Serial), Item>,
    ready: ReadyItems,
    bucket: Bucket,
    serial: Serial,
}

/// An item that may run, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dequeued {
    pub(crate) item: Item,
    pub(crate) trigger: Trigger,
    /// How long it was ready.
    pub(crate) waited: Duration,
}

struct Entry {
    flow: Flow,
    state: State,
}

enum State {
    Later { at: Instant, serial: Serial, trigger: Trigger },
    Ready { serial: Serial, trigger: Trigger, since: Instant },
    Running { trigger: Trigger, again: Option<Trigger> },
}

// === impl Trigger ===

impl Trigger {
    pub(crate) fn priority(self) -> Priority {
        match self {
            Self::Change | Self::FollowUp => Priority::Prompt,
            Self::Routine => Priority::Routine,
        }
    }

    /// The trigger of the reconcile that one of this trigger requests, unless that is a poll.
    pub(crate) fn follow_up(self) -> Self {
        match self {
            Self::Change | Self::FollowUp => Self::FollowUp,
            Self::Routine => Self::Routine,
        }
    }
}

// === impl Priority ===

impl Priority {
    /// All, in the order in which they are served.
    pub(crate) const ALL: [Self; 2] = [Self::Prompt, Self::Routine];

    /// As controller-runtime numbers it.
    pub(crate) fn number(self) -> i32 {
        match self {
            Self::Prompt => 0,
            Self::Routine => -100,
        }
    }
}

// === impl Queue ===

impl Queue {
    /// An empty queue that lets `rate` items begin a second, ten times as many at once, and `rate` of them run at
    /// the same time (R147, R149).
    pub(crate) fn new(rate: u16) -> Self {
        Self {
            entries: HashMap::new(),
            later: BTreeMap::new(),
            ready: ReadyItems::new(Limits::of(usize::from(rate.max(1)))),
            bucket: Bucket::new(u32::from(rate), u32::from(rate) * 10),
            serial: 0,
        }
    }

    /// Requests a reconcile of an item, not before `at`. An earlier request counts if it is sooner, or if the
    /// item waits for its turn for a reason that is as good.
    pub(crate) fn add(&mut self, item: Item, flow: &Flow, trigger: Trigger, at: Instant, now: Instant) {
        let (trigger, at) = match self.entries.remove(&item) {
            None => (trigger, at),
            Some(Entry { flow, state: State::Running { trigger: running, again } }) => {
                // What is due later, the run that goes on asks for itself.
                let also = (at <= now).then_some(trigger);
                let again = again.into_iter().chain(also).min();
                self.entries.insert(item, Entry { flow, state: State::Running { trigger: running, again } });
                return;
            }
            Some(entry @ Entry { state: State::Ready { trigger: known, .. }, .. }) if known <= trigger => {
                self.entries.insert(item, entry);
                return;
            }
            Some(Entry { flow, state }) => {
                let (known, known_at) = self.withdraw(&flow, &state);
                (known.min(trigger), known_at.map_or(now, |known_at| known_at.min(at)))
            }
        };
        self.insert(item, flow.clone(), trigger, at, now);
    }

    /// The next item that may run; it counts as running until [`finish`](Queue::finish).
    pub(crate) fn pop(&mut self, now: Instant) -> Option<Dequeued> {
        self.promote_due(now);
        let (priority, flow, serial) = self.ready.next()?;
        self.bucket.take(now).ok()?;
        let item = self.ready.start(priority, &flow, serial)?;
        let entry = self.entries.get_mut(&item)?;
        let State::Ready { trigger, since, .. } = entry.state else { return None };
        entry.state = State::Running { trigger, again: None };
        Some(Dequeued { item, trigger, waited: now.duration_since(since) })
    }

    /// Ends the run of an item; `next` is the reconcile that it requests. What has happened meanwhile comes first.
    pub(crate) fn finish(&mut self, item: &Item, next: Option<(Trigger, Instant)>, now: Instant) {
        let Some(Entry { flow, state: State::Running { trigger, again } }) = self.entries.remove(item) else {
            return;
        };
        self.ready.end(trigger.priority(), &flow);
        let next = again.map(|trigger| (trigger, now)).or(next);
        if let Some((trigger, at)) = next {
            self.insert(item.clone(), flow, trigger, at, now);
        }
    }

    /// Forgets the requests for an item; a run that has begun goes on.
    pub(crate) fn remove(&mut self, item: &Item) {
        match self.entries.remove(item) {
            None => {}
            Some(Entry { flow, state: State::Running { trigger, .. } }) => {
                let state = State::Running { trigger, again: None };
                self.entries.insert(item.clone(), Entry { flow, state });
            }
            Some(Entry { flow, state }) => {
                self.withdraw(&flow, &state);
            }
        }
    }

    /// When [`pop`](Queue::pop) may have something, if nothing is added and nothing ends.
    pub(crate) fn due(&mut self, now: Instant) -> Option<Instant> {
        self.promote_due(now);
        let later = self.later.first_key_value().map(|((at, _), _)| *at);
        let token = self.ready.next().map(|_| self.bucket.next(now).max(now));
        later.into_iter().chain(token).min()
    }

    /// How many items of a kind are ready in a priority and do not run yet.
    pub(crate) fn depth(&self, kind: &KindName, priority: Priority) -> usize {
        self.ready.depth(kind, priority)
    }

    /// Takes out what does not run yet: its trigger, and when it was due, unless at once.
    fn withdraw(&mut self, flow: &Flow, state: &State) -> (Trigger, Option<Instant>) {
        match *state {
            State::Later { at, serial, trigger } => {
                self.later.remove(&(at, serial));
                (trigger, Some(at))
            }
            State::Ready { serial, trigger, .. } => {
                self.ready.remove(trigger.priority(), flow, serial);
                (trigger, None)
            }
            State::Running { trigger, .. } => (trigger, None),
        }
    }

    fn insert(&mut self, item: Item, flow: Flow, trigger: Trigger, at: Instant, now: Instant) {
        self.serial += 1;
        let serial = self.serial;
        let state = if at <= now {
            self.ready.add(trigger.priority(), &flow, serial, item.clone());
            State::Ready { serial, trigger, since: now }
        } else {
            self.later.insert((at, serial), item.clone());
            State::Later { at, serial, trigger }
        };
        self.entries.insert(item, Entry { flow, state });
    }

    /// Makes ready what is due, in the order in which it is due.
    fn promote_due(&mut self, now: Instant) {
        while let Some(first) = self.later.first_entry().filter(|e| e.key().0 <= now) {
            let ((_, serial), item) = first.remove_entry();
            if let Some(Entry { flow, state }) = self.entries.get_mut(&item)
                && let State::Later { trigger, .. } = *state
            {
                self.ready.add(trigger.priority(), flow, serial, item);
                *state = State::Ready { serial, trigger, since: now };
            }
        }
    }
}

#[cfg(test)]
mod tests;
