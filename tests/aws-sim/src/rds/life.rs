//! What happens to instances and snapshots in time. Each step names what ends it, and the next one begins when the last
//! one ended, however late somebody looks.

use jiff::{SignedDuration, Timestamp};

use super::instance::Applied;
use super::{Rds, snapshot, window};
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
    /// Carries out what is due.
    pub(crate) fn settle(&mut self, now: Timestamp, knobs: &Knobs) {
        while let Some((at, due)) = self.agenda.take(now) {
            match due {
                Due::Step { instance, number, step } => self.end(&instance, number, &step, at, knobs),
                Due::Window { instance, resource_id } => self.open_window(&instance, &resource_id, at, knobs),
                Due::Snapshot(name) => {
                    if let Some(snapshot) = self.snapshots.get_mut(&name) {
                        snapshot.finish(at);
                    }
                }
            }
        }
    }

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

    /// A window opens, unless it has been moved, or nothing waits any more.
    fn open_window(&mut self, name: &str, resource_id: &str, at: Timestamp, knobs: &Knobs) {
        let Some(instance) = self.instances.get(name).filter(|found| found.resource_id == resource_id) else {
            return;
        };
        let waits = !instance.pending.is_empty() || !instance.maintenance.is_empty();
        let open = window::contains(&instance.settings.maintenance_window, at);
        if !waits || !open {
            return;
        }
        if instance.status == "available" {
            self.maintain(name, at, knobs);
        } else {
            self.await_window(name, at, knobs);
        }
    }

    fn end(&mut self, name: &str, number: u64, step: &Step, at: Timestamp, knobs: &Knobs) {
        let Some(instance) = self.instances.get_mut(name).filter(|found| found.step == number) else {
            return;
        };
        let arn = instance.arn.clone();
        match step {
            Step::Created => {
                instance.created = Some(at);
                self.events.enter(at, name, &arn, "creation", "DB instance created");
                let backs_up = self.instances[name].settings.backup_retention_period > 0;
                if backs_up && knobs.backing_up > 0.0 {
                    self.begin(name, "backing-up", at + seconds(knobs.backing_up), Step::BackedUp);
                } else {
                    self.back_up(name, at);
                    self.rest(name);
                }
            }
            Step::BackedUp => {
                self.back_up(name, at);
                self.rest(name);
            }
            Step::SnapshotTaken => self.rest(name),
            Step::Shown { status, everything } => {
                let step = Step::Applied { everything: *everything };
                self.begin(name, status, at + seconds(knobs.modifying), step);
            }
            Step::Applied { everything } => self.applied(name, *everything, at, knobs),
            Step::Optimized => {
                self.events.enter(
                    at,
                    name,
                    &arn,
                    "configuration change",
                    "Finished applying modification to allocated storage",
                );
                self.rest(name);
            }
            Step::Stopped => {
                "stopped".clone_into(&mut instance.status);
                let restart = at + STOPPED_AT_MOST;
                instance.restart = Some(restart);
                self.steps += 1;
                instance.step = self.steps;
                let due = Due::Step { instance: name.to_owned(), number: instance.step, step: Step::Started };
                self.agenda.enter(restart, due);
                self.events.enter(at, name, &arn, "notification", "DB instance stopped");
            }
            Step::Started => {
                instance.restart = None;
                self.events.enter(at, name, &arn, "notification", "DB instance started");
                self.rest(name);
            }
            Step::Rebooted => {
                instance.parameters = Applied::InSync;
                self.events.enter(at, name, &arn, "availability", "DB instance restarted");
                self.rest(name);
            }
            Step::Gone => {
                self.events.enter(at, name, &arn, "deletion", "DB instance deleted");
                self.forget(name, at);
            }
        }
    }

    fn applied(&mut self, name: &str, everything: bool, at: Timestamp, knobs: &Knobs) {
        let Some(instance) = self.instances.get_mut(name) else { return };
        let (before, arn) = (instance.storage_changed, instance.arn.clone());
        instance.apply(everything, at);
        let storage = instance.storage_changed != before;
        self.events.enter(
            at,
            name,
            &arn,
            "configuration change",
            "Finished applying modification to DB instance",
        );
        if storage && knobs.optimizing > 0.0 {
            self.begin(name, "storage-optimization", at + seconds(knobs.optimizing), Step::Optimized);
        } else {
            self.rest(name);
        }
        self.await_window(name, at, knobs);
    }

    /// Nothing is under way.
    fn rest(&mut self, name: &str) {
        if let Some(instance) = self.instances.get_mut(name) {
            "available".clone_into(&mut instance.status);
            instance.step = 0;
        }
    }

    /// The first automated backup, if there are to be any.
    fn back_up(&mut self, name: &str, at: Timestamp) {
        let Some(instance) = self.instances.get_mut(name) else { return };
        if instance.settings.backup_retention_period == 0 {
            return;
        }
        instance.last_backup = Some(at);
        let taken = snapshot::automated(instance, at);
        self.snapshots.insert(taken.name.clone(), taken);
    }

    /// An instance is gone; its final snapshot stays, and its automated ones as was asked.
    fn forget(&mut self, name: &str, at: Timestamp) {
        let Some(gone) = self.instances.remove(name) else { return };
        if gone.deletes_backups {
            self.snapshots.retain(|_, taken| taken.is_manual() || taken.resource_id != gone.resource_id);
        }
        let last = gone.final_snapshot.and_then(|name| self.snapshots.get_mut(&name));
        if let Some(snapshot) = last {
            snapshot.finish(at);
        }
    }
}
