//! What became of the entries of the change log.

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// What became of the entries of the change log.
#[derive(Clone, Debug)]
pub(crate) struct ChangeLogMetrics(Family<DeliveryLabel, Counter>);

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
pub(crate) enum Delivery {
    /// The sidecar has it.
    Sent,
    /// The sidecar did not take it in time.
    Dropped,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DeliveryLabel {
    delivery: Delivery,
}

// === impl ChangeLogMetrics ===

impl ChangeLogMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let entries = Family::default();
        registry.register(
            "goldenpath_change_log_entries",
            "Entries of the change log, by what became of them",
            entries.clone(),
        );
        Self(entries)
    }

    pub(crate) fn count(&self, delivery: Delivery) {
        self.0.get_or_create(&DeliveryLabel { delivery }).inc();
    }
}
