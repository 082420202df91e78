//! How many managed resources there are, are ready and are in sync: kept up with their watch (R175, R176).

use std::collections::HashMap;

use goldenpath_provider_core::condition::{READY, SYNCED};
use goldenpath_provider_core::{ConditionStatus, Managed};
use kube::runtime::watcher::Event;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::kind::Kind;

/// The gauges of all kinds.
#[derive(Clone, Debug)]
pub(super) struct Population {
    exists: Family<Kind, Gauge>,
    ready: Family<Kind, Gauge>,
    synced: Family<Kind, Gauge>,
}

/// The count of one kind. Its gauges are zero when it is dropped: what is not watched is not known.
#[derive(Debug)]
pub(crate) struct Tally {
    exists: Gauge,
    ready: Gauge,
    synced: Gauge,
    counted: HashMap<String, Standing>,
    /// What a list that has begun has shown so far.
    listed: HashMap<String, Standing>,
}

/// What is counted of one object.
#[derive(Clone, Copy, Debug)]
struct Standing {
    ready: bool,
    synced: bool,
}

// === impl Population ===

impl Population {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let mut of = |name: &str, help: &str| {
            let family = Family::<Kind, Gauge>::default();
            registry.register(format!("crossplane_managed_resource_{name}"), help, family.clone());
            family
        };
        Self {
            exists: of("exists", "Managed resources that exist"),
            ready: of("ready", "Managed resources with Ready=True"),
            synced: of("synced", "Managed resources with Synced=True"),
        }
    }

    pub(super) fn tally(&self, kind: &Kind) -> Tally {
        let Self { exists, ready, synced } = self;
        Tally {
            exists: exists.get_or_create_owned(kind),
            ready: ready.get_or_create_owned(kind),
            synced: synced.get_or_create_owned(kind),
            counted: HashMap::new(),
            listed: HashMap::new(),
        }
    }
}

// === impl Tally ===

impl Tally {
    /// Counts what a watch tells.
    pub(crate) fn count<M: Managed>(&mut self, event: &Event<M>) {
        match event {
            Event::Apply(managed) => {
                let (uid, standing) = (uid(managed), Standing::of(managed));
                self.replace(uid, Some(standing));
            }
            Event::Delete(managed) => self.replace(uid(managed), None),
            Event::Init => self.listed.clear(),
            Event::InitApply(managed) => {
                self.listed.insert(uid(managed), Standing::of(managed));
            }
            Event::InitDone => {
                self.counted = std::mem::take(&mut self.listed);
                let count = |holds: fn(&Standing) -> bool| {
                    i64::try_from(self.counted.values().filter(|s| holds(s)).count()).unwrap_or(i64::MAX)
                };
                self.exists.set(count(|_| true));
                self.ready.set(count(|s| s.ready));
                self.synced.set(count(|s| s.synced));
            }
        }
    }

    fn replace(&mut self, uid: String, standing: Option<Standing>) {
        let before = match standing {
            Some(standing) => self.counted.insert(uid, standing),
            None => self.counted.remove(&uid),
        };
        let change = |holds: fn(&Standing) -> bool| {
            i64::from(standing.is_some_and(|s| holds(&s))) - i64::from(before.is_some_and(|s| holds(&s)))
        };
        self.exists.inc_by(change(|_| true));
        self.ready.inc_by(change(|s| s.ready));
        self.synced.inc_by(change(|s| s.synced));
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        for gauge in [&self.exists, &self.ready, &self.synced] {
            gauge.set(0);
        }
    }
}

// === impl Standing ===

impl Standing {
    fn of<M: Managed>(managed: &M) -> Self {
        let holds = |r#type| managed.condition(r#type).is_some_and(|c| c.status == ConditionStatus::True);
        Self { ready: holds(READY), synced: holds(SYNCED) }
    }
}

fn uid<M: Managed>(managed: &M) -> String {
    managed.meta().uid.clone().unwrap_or_default()
}
