//! The reconciles that are running, measured on each scrape.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::gauge::ConstGauge;

use super::QueueLabels;

/// When the reconciles that are running have begun, by controller.
#[derive(Clone, Debug, Default)]
pub(super) struct Running(Arc<Mutex<BTreeMap<String, HashMap<u64, Instant>>>>);

// === impl Running ===

impl Running {
    pub(super) fn begin(&self, controller: &str, id: u64, begun: Instant) {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.entry(controller.to_owned()).or_default().insert(id, begun);
    }

    pub(super) fn end(&self, controller: &str, id: u64) {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = running.get_mut(controller) {
            running.remove(&id);
        }
    }

    /// The seconds that each running reconcile has taken so far, by controller.
    fn seconds(&self) -> Vec<(QueueLabels, Vec<f64>)> {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of = |(controller, begun): (&String, &HashMap<u64, Instant>)| {
            let labels = QueueLabels { name: controller.clone(), controller: controller.clone() };
            (labels, begun.values().map(|begun| begun.elapsed().as_secs_f64()).collect())
        };
        running.iter().map(of).collect()
    }
}

impl Collector for Running {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let all = self.seconds();
        if all.is_empty() {
            return Ok(());
        }
        let mut gauge = |name: &str, help: &str, value: fn(&[f64]) -> f64| {
            let mut family = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            all.iter().try_for_each(|(labels, seconds)| {
                ConstGauge::new(value(seconds)).encode(family.encode_family(labels)?)
            })
        };
        gauge(
            "workqueue_unfinished_work_seconds",
            "How long the running reconciles have taken so far, in total",
            |seconds| seconds.iter().sum(),
        )?;
        gauge(
            "workqueue_longest_running_processor_seconds",
            "How long the longest running reconcile has taken so far",
            |seconds| seconds.iter().copied().fold(0.0, f64::max),
        )
    }
}
