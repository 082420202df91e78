//! How many managed resources there are, are ready and are in sync: kept up with their watch (R175, R176).

use goldenpath_provider_core::condition::{READY, SYNCED};
use goldenpath_provider_core::{ConditionStatus, Managed};
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
}

/// What is counted of one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
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
        }
    }
}

// === impl Tally ===

impl Tally {
    /// Counts one object as it is now, in place of what was counted of it before.
    pub(crate) fn count(&self, before: Option<Standing>, now: Option<Standing>) {
        let change = |holds: fn(Standing) -> bool| {
            i64::from(now.is_some_and(holds)) - i64::from(before.is_some_and(holds))
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
    /// What is counted of an object.
    pub(crate) fn of<M: Managed>(managed: &M) -> Self {
        let holds = |r#type| managed.condition(r#type).is_some_and(|c| c.status == ConditionStatus::True);
        Self { ready: holds(READY), synced: holds(SYNCED) }
    }
}
