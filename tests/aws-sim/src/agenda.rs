//! What is due at some time: transitions of instances, purges, window starts. Nothing runs in the background; who asks
//! first carries out what is due.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// Things to do, in the order of their time and then of their entry.
#[derive(Debug)]
pub(crate) struct Agenda<T> {
    entries: BTreeMap<(Timestamp, u64), T>,
    entered: u64,
}

// === impl Agenda ===

impl<T> Default for Agenda<T> {
    fn default() -> Self {
        Self { entries: BTreeMap::new(), entered: 0 }
    }
}

impl<T> Agenda<T> {
    /// Enters something to do.
    pub(crate) fn enter(&mut self, due: Timestamp, what: T) {
        self.entered += 1;
        self.entries.insert((due, self.entered), what);
    }

    /// The next thing that is due by now, with its time.
    pub(crate) fn take(&mut self, now: Timestamp) -> Option<(Timestamp, T)> {
        let first = self.entries.first_entry()?;
        let due = first.key().0;
        (due <= now).then(|| (due, first.remove()))
    }
}
