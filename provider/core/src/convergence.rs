//! The breaker between a difference that updates do not remove and an update storm (R119).

use std::time::Duration;

use k8s_openapi::jiff::Timestamp;

use crate::drift::Drift;
use crate::fault::Fault;
use crate::managed::Problem;

/// The code of the problem, and the reason of the event.
pub const NOT_CONVERGING: &str = "DiffNotConverging";

/// How often one difference is asked to be put back before a pause of one poll interval.
const AT_ONCE: u32 = 3;

/// How often one difference was asked to be put back, one time after the other.
#[derive(Clone, Debug)]
pub struct Attempts {
    drift: Drift,
    generation: Option<i64>,
    count: u32,
    last: Timestamp,
}

// === impl Attempts ===

impl Attempts {
    /// The difference for which asking again would be one time too many: same spec, and no pause since.
    pub fn exhausted(&self, generation: Option<i64>, now: Timestamp, pause: Duration) -> Option<&Drift> {
        let exhausted = self.generation == generation && self.count >= AT_ONCE && self.elapsed(now) < pause;
        exhausted.then_some(&self.drift)
    }

    /// The attempts after one more.
    #[must_use]
    pub fn after(
        before: Option<Self>,
        drift: Drift,
        generation: Option<i64>,
        now: Timestamp,
        pause: Duration,
    ) -> Self {
        let same =
            before.filter(|b| b.drift == drift && b.generation == generation && b.elapsed(now) < pause);
        Self { count: same.map_or(1, |b| b.count.saturating_add(1)), drift, generation, last: now }
    }

    fn elapsed(&self, now: Timestamp) -> Duration {
        now.duration_since(self.last).try_into().unwrap_or_default()
    }
}

/// The problem reported for a difference that updates do not remove.
pub fn problem(drift: &Drift) -> Problem {
    let message = format!("update has no effect on: {}", drift.summary());
    let fault = Fault::user(NOT_CONVERGING, message)
        .remedy("set the field to the observed value, or leave it out so that it is not managed");
    let field = drift.actionable().next().map(|change| format!(".spec.forProvider.{}", change.field));
    field.into_iter().fold(fault, Fault::at).problem()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drift::{Change, ChangeClass};

    const POLL: Duration = Duration::from_mins(10);

    fn drift(to: &str) -> Drift {
        let class = ChangeClass::Immediate;
        Drift::none().with(Change {
            field: "f".into(),
            from: "a".into(),
            to: to.into(),
            class,
            downtime: false,
        })
    }

    fn after(seconds: &[i64], to: &str, generation: i64) -> Attempts {
        let mut attempts = None;
        for second in seconds {
            let now = Timestamp::from_second(*second).unwrap();
            attempts = Some(Attempts::after(attempts, drift(to), Some(generation), now, POLL));
        }
        attempts.unwrap()
    }

    #[test]
    fn three_attempts_are_exhausted_until_a_pause_or_another_spec() {
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(after(&[1, 2], "b", 1).exhausted(Some(1), at(3), POLL), None);
        let attempts = after(&[1, 2, 4], "b", 1);
        assert_eq!(attempts.exhausted(Some(1), at(5), POLL), Some(&drift("b")));
        assert_eq!(attempts.exhausted(Some(2), at(5), POLL), None, "another generation");
        assert_eq!(attempts.exhausted(Some(1), at(604), POLL), None, "a poll interval later");
    }

    #[test]
    fn another_difference_and_a_pause_start_the_count_again() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let other = Attempts::after(Some(after(&[1, 2, 4], "b", 1)), drift("c"), Some(1), at(5), POLL);
        assert_eq!(other.exhausted(Some(1), at(6), POLL), None);
        assert_eq!(after(&[1, 2, 604], "b", 1).exhausted(Some(1), at(605), POLL), None);
    }
}
