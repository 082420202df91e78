//! What happens to instances and snapshots in time. Each step names what ends it, and the next one begins when the last
//! one ended, however late somebody looks.

mod end;

use jiff::{SignedDuration, Timestamp};

use super::{Rds, window};
use crate::Knobs;

/// AWS starts what was stopped after so many days.
const STOPPED_AT_MOST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Something that is due.
#[derive(Clone, Debug)]
pub(crate) enum Due {
    /// A step of an instance, which is void if another has begun since.
    Step { instance: String, number: u64, step: Step },
    /// The maintenance window of an instance.
    Window { instance: String, resource_id: String },
    /// A snapshot is finished.
    Snapshot(String),
}

/// How a step ends.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// The instance is there.
    Created,
    /// Its first backup is taken.
    BackedUp,
    /// A snapshot that somebody asked for is taken.
    SnapshotTaken,
    /// What was asked for begins to show.
    Shown {
        status: &'static str,
        everything: bool,
    },
    /// What was asked for is done.
    Applied {
        everything: bool,
    },
    /// The storage is as fast as it will be.
    Optimized,
    Stopped,
    Started,
    Rebooted,
    Gone,
}

/// A knob's seconds.
fn seconds(of: f64) -> SignedDuration {
    SignedDuration::try_from_secs_f64(of).unwrap_or(SignedDuration::ZERO)
}

// === impl Rds ===

impl Rds {
    /// Begins a step of an instance; what was under way is void.
    pub(crate) fn begin(&mut self, name: &str, status: &str, ends: Timestamp, step: Step) {
        self.steps += 1;
        let number = self.steps;
        if let Some(instance) = self.instances.get_mut(name) {
            status.clone_into(&mut instance.status);
            instance.step = number;
            self.agenda.enter(ends, Due::Step { instance: name.to_owned(), number, step });
        }
    }

    /// From `creating` on.
    pub(crate) fn begin_creation(&mut self, name: &str, now: Timestamp, knobs: &Knobs) {
        self.begin(name, "creating", now + seconds(knobs.creating), Step::Created);
    }

    /// A change, which shows only after a while.
    pub(crate) fn begin_change(
        &mut self,
        name: &str,
        status: &'static str,
        everything: bool,
        now: Timestamp,
        knobs: &Knobs,
    ) {
        if knobs.lag > 0.0 {
            let shown = self.instances.get(name).map(|instance| instance.status.clone()).unwrap_or_default();
            self.begin(name, &shown, now + seconds(knobs.lag), Step::Shown { status, everything });
        } else {
            self.begin(name, status, now + seconds(knobs.modifying), Step::Applied { everything });
        }
    }

    /// `deleting`, until it is gone.
    pub(crate) fn begin_deletion(&mut self, name: &str, now: Timestamp, knobs: &Knobs) {
        self.begin(name, "deleting", now + seconds(knobs.deleting), Step::Gone);
    }

    /// `stopping`, `starting` or `rebooting`.
    pub(crate) fn begin_power(
        &mut self,
        name: &str,
        status: &str,
        step: Step,
        now: Timestamp,
        knobs: &Knobs,
    ) {
        self.begin(name, status, now + seconds(knobs.modifying), step);
    }

    /// The next maintenance window of an instance for which something waits.
    pub(crate) fn await_window(&mut self, name: &str, now: Timestamp, knobs: &Knobs) {
        let Some(instance) = self.instances.get(name).filter(|_| knobs.windows) else { return };
        if instance.pending.is_empty() && instance.maintenance.is_empty() {
            return;
        }
        if let Some(opens) = window::next(&instance.settings.maintenance_window, now) {
            let due = Due::Window { instance: name.to_owned(), resource_id: instance.resource_id.clone() };
            self.agenda.enter(opens, due);
        }
    }

    /// The maintenance window: everything that waits is applied.
    pub(crate) fn maintain(&mut self, name: &str, now: Timestamp, knobs: &Knobs) {
        self.begin(name, "modifying", now + seconds(knobs.modifying), Step::Applied { everything: true });
    }

    /// `backing-up` while somebody's snapshot is taken.
    pub(crate) fn begin_backup(&mut self, name: &str, now: Timestamp, knobs: &Knobs) {
        self.begin(name, "backing-up", now + seconds(knobs.backing_up), Step::SnapshotTaken);
    }

    /// A snapshot that takes its time.
    pub(crate) fn begin_snapshot(&mut self, name: &str, now: Timestamp, takes: f64) {
        self.agenda.enter(now + seconds(takes), Due::Snapshot(name.to_owned()));
    }
}
