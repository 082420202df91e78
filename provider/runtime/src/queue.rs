//! What is looked at next: a state machine without a clock, a task or a client.
//!
//! One queue serves all kinds (R149). An object is in it once, however many reasons there are to look at it, and
//! runs once at a time; what happens meanwhile leads to one more look (R152).

mod lanes;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use goldenpath_provider_core::managed::ObjectName;
use tokio::time::Instant;

use crate::bucket::Bucket;
use lanes::{Lanes, Share};

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

/// Why an object is looked at; of two reasons the smaller one counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cause {
    /// Somebody has changed it, or something that it depends on: failures of before say nothing about now (R155).
    Change,
    /// What a change has led to goes on.
    Sequel,
    /// A first list, a poll, or news from outside.
    Routine,
}

/// Which objects go first; within a lane the first come is served first (R151).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lane {
    /// Somebody waits for it.
    Prompt,
    /// Nobody waits for it.
    Routine,
}

/// The place of an item in the order of arrival.
type Serial = u64;

/// What is looked at next.
pub(crate) struct Queue {
    entries: HashMap<Item, Entry>,
    later: BTreeMap<(Instant, Serial), Item>,
    lanes: Lanes,
    bucket: Bucket,
    serial: Serial,
}

/// An item that may run, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    pub(crate) item: Item,
    pub(crate) cause: Cause,
    /// How long it was ready.
    pub(crate) waited: Duration,
}

struct Entry {
    flow: Flow,
    state: State,
}

enum State {
    Later { at: Instant, serial: Serial, cause: Cause },
    Ready { serial: Serial, cause: Cause, since: Instant },
    Running { cause: Cause, again: Option<Cause> },
}

// === impl Cause ===

impl Cause {
    pub(crate) fn lane(self) -> Lane {
        match self {
            Self::Change | Self::Sequel => Lane::Prompt,
            Self::Routine => Lane::Routine,
        }
    }

    /// The cause of the look that a look for this cause has asked for, unless that is a poll.
    pub(crate) fn sequel(self) -> Self {
        match self {
            Self::Change | Self::Sequel => Self::Sequel,
            Self::Routine => Self::Routine,
        }
    }
}

// === impl Lane ===

impl Lane {
    /// The lanes, in the order in which they are served.
    pub(crate) const ALL: [Self; 2] = [Self::Prompt, Self::Routine];

    /// As controller-runtime numbers it.
    pub(crate) fn priority(self) -> i32 {
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
            lanes: Lanes::new(Share::of(usize::from(rate.max(1)))),
            bucket: Bucket::new(u32::from(rate), u32::from(rate) * 10),
            serial: 0,
        }
    }

    /// Asks for a look at an item, not before `at`. What was asked for already counts if it is sooner, or if the
    /// item waits for its turn for a reason that is as good.
    pub(crate) fn add(&mut self, item: Item, flow: &Flow, cause: Cause, at: Instant, now: Instant) {
        let (cause, at) = match self.entries.remove(&item) {
            None => (cause, at),
            Some(Entry { flow, state: State::Running { cause: running, again } }) => {
                // What is due later, the run that goes on asks for itself.
                let also = (at <= now).then_some(cause);
                let again = again.into_iter().chain(also).min();
                self.entries.insert(item, Entry { flow, state: State::Running { cause: running, again } });
                return;
            }
            Some(entry @ Entry { state: State::Ready { cause: known, .. }, .. }) if known <= cause => {
                self.entries.insert(item, entry);
                return;
            }
            Some(Entry { flow, state }) => {
                let (known, known_at) = self.withdraw(&flow, &state);
                (known.min(cause), known_at.map_or(now, |known_at| known_at.min(at)))
            }
        };
        self.insert(item, flow.clone(), cause, at, now);
    }

    /// The next item that may run; it counts as running until [`finish`](Queue::finish).
    pub(crate) fn pop(&mut self, now: Instant) -> Option<Turn> {
        self.ripen(now);
        let (lane, flow, serial) = self.lanes.next()?;
        self.bucket.take(now).ok()?;
        let item = self.lanes.start(lane, &flow, serial)?;
        let entry = self.entries.get_mut(&item)?;
        let State::Ready { cause, since, .. } = entry.state else { return None };
        entry.state = State::Running { cause, again: None };
        Some(Turn { item, cause, waited: now.duration_since(since) })
    }

    /// Ends the run of an item; `next` is the look that it asks for. What has happened meanwhile comes first.
    pub(crate) fn finish(&mut self, item: &Item, next: Option<(Cause, Instant)>, now: Instant) {
        let Some(Entry { flow, state: State::Running { cause, again } }) = self.entries.remove(item) else {
            return;
        };
        self.lanes.end(cause.lane(), &flow);
        let next = again.map(|cause| (cause, now)).or(next);
        if let Some((cause, at)) = next {
            self.insert(item.clone(), flow, cause, at, now);
        }
    }

    /// Forgets what an item was asked to be looked at for; a run that has begun goes on.
    pub(crate) fn remove(&mut self, item: &Item) {
        match self.entries.remove(item) {
            None => {}
            Some(Entry { flow, state: State::Running { cause, .. } }) => {
                let state = State::Running { cause, again: None };
                self.entries.insert(item.clone(), Entry { flow, state });
            }
            Some(Entry { flow, state }) => {
                self.withdraw(&flow, &state);
            }
        }
    }

    /// When [`pop`](Queue::pop) may have something, if nothing is added and nothing ends.
    pub(crate) fn due(&mut self, now: Instant) -> Option<Instant> {
        self.ripen(now);
        let later = self.later.first_key_value().map(|((at, _), _)| *at);
        let token = self.lanes.next().map(|_| self.bucket.next(now).max(now));
        later.into_iter().chain(token).min()
    }

    /// How many items of a kind are ready in a lane and do not run yet.
    pub(crate) fn depth(&self, kind: &KindName, lane: Lane) -> usize {
        self.lanes.depth(kind, lane)
    }

    /// Takes out what does not run yet: why it was to be looked at, and when, unless at once.
    fn withdraw(&mut self, flow: &Flow, state: &State) -> (Cause, Option<Instant>) {
        match *state {
            State::Later { at, serial, cause } => {
                self.later.remove(&(at, serial));
                (cause, Some(at))
            }
            State::Ready { serial, cause, .. } => {
                self.lanes.remove(cause.lane(), flow, serial);
                (cause, None)
            }
            State::Running { cause, .. } => (cause, None),
        }
    }

    fn insert(&mut self, item: Item, flow: Flow, cause: Cause, at: Instant, now: Instant) {
        self.serial += 1;
        let serial = self.serial;
        let state = if at <= now {
            self.lanes.add(cause.lane(), &flow, serial, item.clone());
            State::Ready { serial, cause, since: now }
        } else {
            self.later.insert((at, serial), item.clone());
            State::Later { at, serial, cause }
        };
        self.entries.insert(item, Entry { flow, state });
    }

    /// Makes ready what is due, in the order in which it is due.
    fn ripen(&mut self, now: Instant) {
        while let Some(first) = self.later.first_entry().filter(|e| e.key().0 <= now) {
            let ((_, serial), item) = first.remove_entry();
            if let Some(Entry { flow, state }) = self.entries.get_mut(&item)
                && let State::Later { cause, .. } = *state
            {
                self.lanes.add(cause.lane(), flow, serial, item);
                *state = State::Ready { serial, cause, since: now };
            }
        }
    }
}

#[cfg(test)]
mod tests;
