//! Crossplane's metrics of managed resources.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use goldenpath_provider_core::condition::{READY, SYNCED};
use goldenpath_provider_core::{ConditionStatus, Managed};
use k8s_openapi::jiff::SignedDuration;
use kube::runtime::reflector::Store;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Where measurements go. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Metrics {
    first_reconcile: Histograms,
    first_readiness: Histograms,
    deletion: Histograms,
    drift: Histograms,
    population: Population,
}

/// A kind, as the label `gvk` names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EncodeLabelSet)]
pub(crate) struct Kind {
    gvk: String,
}

/// The objects that exist, counted when somebody asks (R176).
#[derive(Clone, Debug, Default)]
struct Population(Arc<Mutex<BTreeMap<Kind, Box<dyn Census>>>>);

/// Counts the objects of one kind.
trait Census: Debug + Send + Sync {
    fn count(&self) -> Count;
}

#[derive(Debug)]
struct StoreCensus<M: Managed>(Store<M>);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    exists: i64,
    ready: i64,
    synced: i64,
}

type Histograms = Family<Kind, Histogram, fn() -> Histogram>;

/// Upper bounds in seconds. Source: crossplane-runtime; used for all four, its own bounds for two of them end at 10.
const BUCKETS: [f64; 11] = [1.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0];

// === impl Kind ===

impl Kind {
    pub(crate) fn of<M: Managed>() -> Self {
        Self { gvk: format!("{}, Kind={}", M::api_version(&()), M::kind(&())) }
    }
}

// === impl Metrics ===

impl Metrics {
    /// Registers the metrics.
    pub fn new(registry: &mut Registry) -> Self {
        let mut histograms = |name: &str, help: &str| {
            let histograms = Histograms::new_with_constructor(|| Histogram::new(BUCKETS));
            registry.register(
                format!("crossplane_managed_resource_{name}_seconds"),
                help,
                histograms.clone(),
            );
            histograms
        };
        let first_reconcile =
            histograms("first_time_to_reconcile", "From creation of the object to its first reconcile");
        let first_readiness =
            histograms("first_time_to_readiness", "From creation of the object to its first readiness");
        let deletion =
            histograms("deletion", "From deletion of the object to the end of its external resource");
        let drift =
            histograms("drift", "From the last look that found no drift to the update that put it back");
        let population = Population::default();
        registry.register_collector(Box::new(population.clone()));
        Self { first_reconcile, first_readiness, deletion, drift, population }
    }

    /// Counts the objects of a store from now on.
    pub(crate) fn watch<M: Managed>(&self, store: Store<M>) {
        let mut census = self.population.0.lock().unwrap_or_else(PoisonError::into_inner);
        census.insert(Kind::of::<M>(), Box::new(StoreCensus(store)));
    }

    pub(crate) fn first_reconcile(&self, kind: &Kind, took: SignedDuration) {
        self.first_reconcile.get_or_create(kind).observe(took.as_secs_f64());
    }

    pub(crate) fn first_readiness(&self, kind: &Kind, took: SignedDuration) {
        self.first_readiness.get_or_create(kind).observe(took.as_secs_f64());
    }

    pub(crate) fn deletion(&self, kind: &Kind, took: SignedDuration) {
        self.deletion.get_or_create(kind).observe(took.as_secs_f64());
    }

    pub(crate) fn drift(&self, kind: &Kind, lasted: SignedDuration) {
        self.drift.get_or_create(kind).observe(lasted.as_secs_f64());
    }
}

// === impl StoreCensus ===

impl<M: Managed> Census for StoreCensus<M> {
    fn count(&self) -> Count {
        let holds =
            |m: &M, r#type| i64::from(m.condition(r#type).is_some_and(|c| c.status == ConditionStatus::True));
        self.0.state().iter().fold(Count::default(), |count, m| Count {
            exists: count.exists + 1,
            ready: count.ready + holds(m, READY),
            synced: count.synced + holds(m, SYNCED),
        })
    }
}

// === impl Population ===

impl Collector for Population {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let counts: Vec<_> = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .map(|(k, c)| (k.clone(), c.count()))
            .collect();
        let mut gauge = |name: &str, help: &str, value: fn(&Count) -> i64| {
            let name = format!("crossplane_managed_resource_{name}");
            let mut family = encoder.encode_descriptor(&name, help, None, MetricType::Gauge)?;
            counts.iter().try_for_each(|(kind, count)| {
                ConstGauge::new(value(count)).encode(family.encode_family(kind)?)
            })
        };
        gauge("exists", "Managed resources that exist", |c| c.exists)?;
        gauge("ready", "Managed resources with Ready=True", |c| c.ready)?;
        gauge("synced", "Managed resources with Synced=True", |c| c.synced)
    }
}
