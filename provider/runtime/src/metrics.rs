//! What is measured: Crossplane's metrics of managed resources, controller-runtime's of controllers, and the process.
//!
//! Names and labels are those that Crossplane's dashboards ask for; `metrics.txt` lists them all.

mod changes;
mod controller;
mod kind;
mod managed;
mod population;
mod process;
mod requests;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

pub use controller::{ControllerMetrics, Ended, Reconciling};
pub use requests::{CountRequests, Counted};

pub(crate) use changes::{ChangeLogMetrics, Delivery};
pub(crate) use kind::Kind;
pub(crate) use managed::ManagedMetrics;
pub(crate) use population::{Standing, Tally};

/// Where metrics go. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Metrics {
    pub(crate) managed: ManagedMetrics,
    pub(crate) changes: ChangeLogMetrics,
    population: population::Population,
    controllers: controller::Controllers,
    requests: CountRequests,
    leader: Family<LeaderLabel, Gauge>,
}

/// Whether the names of provider-upjet-aws are served beside Crossplane's (R178).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpjetMetrics {
    /// They are.
    Served,
    /// They are not.
    Omitted,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LeaderLabel {
    name: String,
}

// === impl Metrics ===

impl Metrics {
    /// Registers the metrics.
    pub fn new(registry: &mut Registry, upjet: UpjetMetrics) -> Self {
        let leader = Family::<LeaderLabel, Gauge>::default();
        registry.register(
            "leader_election_master_status",
            "Whether this process leads: 1, or 0 on standby",
            leader.clone(),
        );
        process::register(registry);
        Self {
            managed: ManagedMetrics::new(registry, upjet),
            changes: ChangeLogMetrics::new(registry),
            population: population::Population::new(registry),
            controllers: controller::Controllers::new(registry),
            requests: CountRequests::new(registry),
            leader,
        }
    }

    /// The measurements of a controller.
    pub fn controller(&self, name: impl Into<String>) -> ControllerMetrics {
        self.controllers.of(name.into())
    }

    /// Counts the objects of a kind from its watch, for as long as the tally lives (R176).
    pub(crate) fn tally(&self, kind: &Kind) -> Tally {
        self.population.tally(kind)
    }

    /// A layer for a Kubernetes client that counts its requests.
    pub fn count_requests(&self) -> &CountRequests {
        &self.requests
    }

    /// Records whether this process holds the lease of a name.
    pub fn leads(&self, lease: &str, leads: bool) {
        self.leader.get_or_create(&LeaderLabel { name: lease.to_owned() }).set(leads.into());
    }
}

#[cfg(test)]
mod tests;
