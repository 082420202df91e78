//! How steps end, and what begins then.

use jiff::Timestamp;

use super::{Due, STOPPED_AT_MOST, Step, seconds};
use crate::Knobs;
use crate::rds::instance::Applied;
use crate::rds::{Rds, snapshot, window};

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
            Step::SnapshotTaken | Step::Optimized => self.rest(name),
            Step::Shown { status, everything } => {
                let step = Step::Applied { everything: *everything };
                self.begin(name, status, at + seconds(knobs.modifying), step);
            }
            Step::Applied { everything } => self.applied(name, *everything, at, knobs),
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
        let told = if storage {
            "Finished applying modification to allocated storage"
        } else {
            "Finished applying modification to DB instance"
        };
        self.events.enter(at, name, &arn, "configuration change", told);
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
