//! The breaker between a difference that updates do not remove and an update storm (R119).

use std::time::Duration;

use goldenpath_provider_core::{Drift, Fault, Problem};
use k8s_openapi::jiff::Timestamp;

/// The code of the problem, and the reason of the event.
pub(crate) const NOT_CONVERGING: &str = "DiffNotConverging";

/// How often one difference is asked to be put back before a pause of one poll interval.
const AT_ONCE: u32 = 3;

/// How often one difference was asked to be put back, one time after the other.
#[derive(Clone, Debug)]
pub(crate) struct Attempts {
    drift: Drift,
    generation: Option<i64>,
    count: u32,
    last: Timestamp,
}

// === impl Attempts ===

impl Attempts {
    /// Whether asking again would be one time too many: same difference, same spec, and no pause since.
    pub(crate) fn are_spent(
        &self,
        drift: &Drift,
        generation: Option<i64>,
        now: Timestamp,
        pause: Duration,
    ) -> bool {
        self.are_of(drift, generation) && self.count >= AT_ONCE && self.elapsed(now) < pause
    }

    /// The attempts after one more.
    pub(crate) fn after(
        before: Option<Self>,
        drift: Drift,
        generation: Option<i64>,
        now: Timestamp,
        pause: Duration,
    ) -> Self {
        let same = before.filter(|b| b.are_of(&drift, generation) && b.elapsed(now) < pause);
        Self { count: same.map_or(1, |b| b.count.saturating_add(1)), drift, generation, last: now }
    }

    fn are_of(&self, drift: &Drift, generation: Option<i64>) -> bool {
        self.drift == *drift && self.generation == generation
    }

    fn elapsed(&self, now: Timestamp) -> Duration {
        now.duration_since(self.last).try_into().unwrap_or_default()
    }
}

/// What is told of a difference that updates do not remove.
pub(crate) fn problem(drift: &Drift) -> Problem {
    let message = format!("update has no effect on: {}", drift.summary());
    let fault = Fault::user(NOT_CONVERGING, message)
        .remedy("set the field to the observed value, or leave it out so that it is not managed");
    let field = drift.actionable().next().map(|change| format!(".spec.forProvider.{}", change.field));
    field.into_iter().fold(fault, Fault::at).problem()
}
