//! When an object is reconciled again.

use std::time::Duration;

use goldenpath_provider_core::condition::{READY, SYNCED};
use goldenpath_provider_core::duration::positive_duration;
use goldenpath_provider_core::managed::RECONCILE_REQUESTED_AT;
use goldenpath_provider_core::{Backoff, ConditionStatus, Managed};
use kube::ResourceExt;

use crate::local_state::LocalState;
use crate::options::Options;

/// Why an object is requeued; decides when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequeueReason {
    /// Not before it changes.
    OnChange,
    /// To see whether the external resource still is as desired.
    Poll,
    /// To see the effect of a Create or Delete that was just asked for.
    Effect,
    /// To see the effect of an Update that was just asked for (R118).
    UpdateEffect,
    /// To see how far the external resource is (R88, R146).
    Progress,
    /// To see whether what has to happen first has happened.
    Waiting,
    /// The object was changed by another writer.
    Conflict,
    /// The external side asks for fewer calls; no failure of the object's (R154).
    Throttled,
    /// A step failed (R136).
    Failure,
    /// A step failed, and a person has to change something before it can succeed (R155).
    Refusal,
}

/// When an object is reconciled next, and what for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Requeue {
    /// To see that nothing has changed.
    Poll(Duration),
    /// To go on with what the last reconcile has begun or could not do.
    FollowUp(Duration),
}

/// A new value asks for another interval than `--poll`.
const POLL_INTERVAL: &str = "crossplane.io/poll-interval";
const SECOND: Duration = Duration::from_secs(1);
/// Reconciles after an Update before the poll interval counts again (R118).
const UPDATE_LOOKS: u32 = 5;
/// How often an object may be throttled, one time after the other, before that is reported (R154).
const UNREPORTED_THROTTLES: u32 = 2;
/// The longest delay after a failure that does not pass by itself (R155).
const REFUSAL_CAP: Duration = Duration::from_mins(10);
/// The factor between two delays after such a failure: ten retries in the first hour, the first ones soon, for
/// permissions that only take their time to arrive.
const REFUSAL_FACTOR: u32 = 5;

// === impl RequeueReason ===

impl RequeueReason {
    /// The delay before the next reconcile, and the counters after it; `None` is none before a change.
    ///
    /// `poll` is the interval of the object (R141), `random` is uniform in `0.0..1.0`.
    pub(crate) fn delay<M>(
        self,
        memory: &mut LocalState<M>,
        poll: Duration,
        random: f64,
    ) -> Option<Duration> {
        let jitter = |delay: Duration, part: f64| delay.mul_f64(1.0 + part * (2.0 * random - 1.0));
        if !matches!(self, Self::Failure | Self::Refusal | Self::Conflict | Self::Throttled) {
            memory.failures = 0;
        }
        if matches!(self, Self::OnChange | Self::Poll | Self::Effect | Self::UpdateEffect) {
            memory.waits = 0;
        }
        memory.updates = match self {
            Self::UpdateEffect => memory.updates + 1,
            Self::Poll => 0,
            _ => memory.updates,
        };
        match self {
            Self::OnChange => None,
            Self::Poll => Some(jitter(poll, 0.05)),
            Self::UpdateEffect if memory.updates > UPDATE_LOOKS => Some(jitter(poll, 0.05)),
            Self::UpdateEffect => Some(jitter(exponential(SECOND, 2, memory.updates - 1, 30), 0.1)),
            // A quarter of a second finds what is made at once; what takes longer goes on with `Progress`.
            Self::Effect => Some(Duration::from_millis(250)),
            Self::Progress => Some(jitter(next(&mut memory.waits, SECOND, 2, 30), 0.1)),
            Self::Waiting => Some(jitter(next(&mut memory.waits, SECOND, 2, 10), 0.1)),
            Self::Conflict => {
                Some(jitter(next(&mut memory.failures, Duration::from_millis(100), 2, 60), 0.1))
            }
            Self::Throttled => {
                Some(jitter(exponential(SECOND, 2, memory.throttles.saturating_sub(1), 30), 0.1))
            }
            Self::Failure => {
                let Backoff { base, cap } = memory.backoff;
                Some(jitter(next(&mut memory.failures, base, 2, cap.as_secs()), 0.1))
            }
            // Spread to one side only: the cap is a promise.
            Self::Refusal => {
                let Backoff { base, cap } = memory.backoff;
                let cap = cap.max(REFUSAL_CAP).as_secs();
                let delay = next(&mut memory.failures, base, REFUSAL_FACTOR, cap);
                Some(delay.mul_f64(1.0 + 0.1 * random))
            }
        }
    }
}

/// Whether the throttling of an object is reported; until then its conditions stay as they are
/// (R154).
pub(crate) fn reports_throttling(throttles: u32) -> bool {
    throttles > UNREPORTED_THROTTLES
}

// === impl Requeue ===

#[cfg(test)]
impl Requeue {
    /// How long it is until then.
    pub(crate) fn after(self) -> Duration {
        match self {
            Self::Poll(after) | Self::FollowUp(after) => after,
        }
    }
}

/// How often an object is reconciled while nothing changes (R141, R142).
pub(crate) fn poll<M: Managed>(managed: &M, options: &Options) -> Duration {
    let wanted = managed.annotations().get(POLL_INTERVAL).and_then(|d| positive_duration(d).ok());
    wanted.map_or(options.poll, |wanted| wanted.max(options.min_poll))
}

/// When an object is first reconciled that was there before this process: somewhere within one poll interval if it
/// was in sync, so that a restart is no herd of calls, and at once if anything is to be done (R153).
///
/// `random` is uniform in `0.0..1.0`.
pub(crate) fn spread<M: Managed>(managed: &M, options: &Options, random: f64) -> Duration {
    let holds = |r#type| managed.condition(r#type).is_some_and(|c| c.status == ConditionStatus::True);
    let status = managed.managed_status();
    let generation = managed.meta().generation;
    let described = generation.is_some() && status.and_then(|s| s.observed_generation) == generation;
    let requested = managed.annotations().get(RECONCILE_REQUESTED_AT).filter(|t| !t.is_empty());
    let handled = status.and_then(|s| s.last_handled_reconcile_at.as_ref());
    let answered = requested.is_none() || requested == handled;
    let stays = managed.meta().deletion_timestamp.is_none();
    if stays && described && answered && holds(SYNCED) && holds(READY) {
        poll(managed, options).mul_f64(random)
    } else {
        Duration::ZERO
    }
}

fn next(counter: &mut u32, base: Duration, factor: u32, cap: u64) -> Duration {
    let delay = exponential(base, factor, *counter, cap);
    *counter = counter.saturating_add(1);
    delay
}

fn exponential(base: Duration, factor: u32, step: u32, cap: u64) -> Duration {
    base.saturating_mul(factor.saturating_pow(step)).min(Duration::from_secs(cap))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Thing, thing};
    use rstest::rstest;
    use serde_json::json;

    const POLL: Duration = Duration::from_mins(10);

    #[rstest]
    #[case::failures_back_off_to_a_minute(RequeueReason::Failure, &[1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])]
    #[case::progress_backs_off_to_half_a_minute(RequeueReason::Progress, &[1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])]
    #[case::waiting_backs_off_to_ten_seconds(RequeueReason::Waiting, &[1000, 2000, 4000, 8000, 10_000, 10_000])]
    #[case::conflicts_are_tried_again_at_once(RequeueReason::Conflict, &[100, 200, 400, 800])]
    #[case::an_update_is_looked_at_five_times_and_then_polled(RequeueReason::UpdateEffect, &[1000, 2000, 4000, 8000, 16_000, 600_000, 600_000])]
    #[case::what_a_person_has_to_mend_is_tried_ever_more_seldom(RequeueReason::Refusal, &[1050, 5250, 26_250, 131_250, 630_000, 630_000])]
    #[case::polls_are_regular(RequeueReason::Poll, &[600_000, 600_000])]
    fn delays_follow_the_reason(#[case] retry: RequeueReason, #[case] millis: &[u128]) {
        let mut memory = LocalState::<()>::default();
        let delays: Vec<_> = millis
            .iter()
            .filter_map(|_| retry.delay(&mut memory, POLL, 0.5))
            .map(|d| d.as_millis())
            .collect();
        assert_eq!(delays, millis);
    }

    #[test]
    fn failures_back_off_as_the_configuration_says() {
        let backoff = Backoff { base: Duration::from_secs(5), cap: Duration::from_secs(90) };
        let mut memory = LocalState::<()> { backoff, ..LocalState::default() };
        let delays: Vec<_> = (0..6)
            .filter_map(|_| RequeueReason::Failure.delay(&mut memory, POLL, 0.5))
            .map(|d| d.as_secs())
            .collect();
        assert_eq!(delays, [5, 10, 20, 40, 80, 90]);
    }

    #[test]
    fn what_a_person_has_to_mend_is_tried_ten_times_in_the_first_hour_at_most() {
        for random in [0.0, 0.5, 1.0] {
            let mut memory = LocalState::<()>::default();
            let looks = std::iter::successors(Some(Duration::ZERO), |at| {
                RequeueReason::Refusal.delay(&mut memory, POLL, random).map(|delay| *at + delay)
            });
            assert_eq!(looks.take_while(|at| *at < Duration::from_hours(1)).count(), 10, "{random}");
        }
    }

    #[test]
    fn a_configuration_may_make_refusals_more_seldom_and_never_more_frequent() {
        for (cap, last) in [(Duration::from_mins(1), 600), (Duration::from_hours(1), 3600)] {
            let backoff = Backoff { base: Duration::from_mins(1), cap };
            let mut memory = LocalState::<()> { backoff, failures: 9, ..LocalState::default() };
            assert_eq!(RequeueReason::Refusal.delay(&mut memory, POLL, 0.0), Some(Duration::from_secs(last)));
        }
    }

    #[test]
    fn throttling_is_waited_out_without_counting_as_failure() {
        let mut memory = LocalState::<()>::default();
        RequeueReason::Failure.delay(&mut memory, POLL, 0.5);
        let mut delays = Vec::new();
        for throttles in 1..8 {
            memory.throttles = throttles;
            delays.extend(RequeueReason::Throttled.delay(&mut memory, POLL, 0.5).map(|d| d.as_secs()));
        }
        assert_eq!(delays, [1, 2, 4, 8, 16, 30, 30]);
        assert_eq!(memory.failures, 1, "neither one more nor forgotten");
    }

    #[test]
    fn a_success_starts_the_backoff_again() {
        let mut memory = LocalState::<()>::default();
        RequeueReason::Failure.delay(&mut memory, POLL, 0.5);
        RequeueReason::Failure.delay(&mut memory, POLL, 0.5);
        RequeueReason::Poll.delay(&mut memory, POLL, 0.5);
        assert_eq!(RequeueReason::Failure.delay(&mut memory, POLL, 0.5), Some(Duration::from_secs(1)));
    }

    #[test]
    fn jitter_spreads_by_a_tenth_and_polls_by_a_twentieth() {
        let mut memory = LocalState::<()>::default();
        assert_eq!(RequeueReason::Failure.delay(&mut memory, POLL, 0.0), Some(Duration::from_millis(900)));
        assert_eq!(RequeueReason::Poll.delay(&mut memory, POLL, 1.0), Some(Duration::from_secs(630)));
    }

    #[rstest]
    #[case::as_it_asks(Some("1m30s"), 90)]
    #[case::too_often(Some("1s"), 5)]
    #[case::never(Some("0s"), 600)]
    #[case::before(Some("-5s"), 600)]
    #[case::no_duration(Some("often"), 600)]
    #[case::silent(None, 600)]
    fn an_object_may_ask_for_its_own_poll_interval_within_limits(
        #[case] asked: Option<&str>,
        #[case] seconds: u64,
    ) {
        let options =
            Options { min_poll: Duration::from_secs(5), ..Options::new("test", crate::ConfigGroup::none()) };
        let annotations = json!({"metadata": {"annotations": {POLL_INTERVAL: asked}}});
        let managed: Thing = serde_json::from_value(thing(&annotations)).unwrap();
        assert_eq!(poll(&managed, &options), Duration::from_secs(seconds));
    }
}
