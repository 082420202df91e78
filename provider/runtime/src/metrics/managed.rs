//! How long managed resources take: Crossplane's four histograms (R171..R173), and upjet's names for two of them (R178).

use k8s_openapi::jiff::SignedDuration;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::UpjetMetrics;
use super::kind::{Kind, Parts};

/// How long managed resources take. Durations are measured by the caller.
#[derive(Clone, Debug)]
pub(crate) struct ManagedMetrics {
    first_reconcile: Histograms<Kind>,
    first_readiness: Histograms<Kind>,
    deletion: Histograms<Kind>,
    drift: Histograms<Kind>,
    upjet: Option<Upjet>,
}

#[derive(Clone, Debug)]
struct Upjet {
    readiness: Histograms<Parts>,
    deletion: Histograms<Parts>,
}

type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

/// Upper bounds in seconds. Source: crossplane-runtime; used for all four, its own bounds for two of them end at 10
/// (R172).
const BUCKETS: [f64; 11] = [1.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0];

// === impl ManagedMetrics ===

impl ManagedMetrics {
    pub(super) fn new(registry: &mut Registry, upjet: UpjetMetrics) -> Self {
        let mut of = |name: &str, help: &str| {
            histograms(registry, &format!("crossplane_managed_resource_{name}_seconds"), help)
        };
        Self {
            first_reconcile: of(
                "first_time_to_reconcile",
                "From creation of the object to its first reconcile",
            ),
            first_readiness: of(
                "first_time_to_readiness",
                "From creation of the object to its first readiness",
            ),
            deletion: of("deletion", "From deletion of the object to the end of its external resource"),
            drift: of("drift", "From the last reconcile that found no drift to the update that corrected it"),
            upjet: (upjet == UpjetMetrics::Served).then(|| Upjet::new(registry)),
        }
    }

    pub(crate) fn first_reconcile(&self, kind: &Kind, took: SignedDuration) {
        self.first_reconcile.get_or_create(kind).observe(took.as_secs_f64());
    }

    pub(crate) fn first_readiness(&self, kind: &Kind, took: SignedDuration) {
        self.first_readiness.get_or_create(kind).observe(took.as_secs_f64());
        if let Some(Upjet { readiness, deletion: _ }) = &self.upjet {
            readiness.get_or_create(&kind.parts()).observe(took.as_secs_f64());
        }
    }

    pub(crate) fn deletion(&self, kind: &Kind, took: SignedDuration) {
        self.deletion.get_or_create(kind).observe(took.as_secs_f64());
        if let Some(Upjet { readiness: _, deletion }) = &self.upjet {
            deletion.get_or_create(&kind.parts()).observe(took.as_secs_f64());
        }
    }

    pub(crate) fn drift(&self, kind: &Kind, lasted: SignedDuration) {
        self.drift.get_or_create(kind).observe(lasted.as_secs_f64());
    }
}

// === impl Upjet ===

impl Upjet {
    fn new(registry: &mut Registry) -> Self {
        Self {
            readiness: histograms(
                registry,
                "upjet_resource_ttr",
                "Seconds from creation of the object to its first readiness",
            ),
            deletion: histograms(
                registry,
                "upjet_resource_deletion_seconds",
                "From deletion of the object to the end of its external resource",
            ),
        }
    }
}

fn histograms<L>(registry: &mut Registry, name: &str, help: &str) -> Histograms<L>
where
    Histograms<L>: prometheus_client::registry::Metric + Clone,
    L: Clone + std::hash::Hash + Eq,
{
    let histograms = Histograms::<L>::new_with_constructor(|| Histogram::new(BUCKETS));
    registry.register(name, help, histograms.clone());
    histograms
}
