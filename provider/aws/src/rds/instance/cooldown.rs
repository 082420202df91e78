//! Until when AWS changes no storage again: six hours after its last change, which its events tell.

use aws_sdk_rds::Client;
use aws_sdk_rds::types::{Event, SourceType};

use super::FAULTS;
use crate::client::Service;

/// How long AWS rests after a change, in seconds.
const SIX_HOURS: i64 = 6 * 60 * 60;
/// When it is asked again whose last change nobody tells.
const HALF_AN_HOUR: i64 = 30 * 60;

/// When a change of the storage that AWS has refused now is requested again, in seconds since the epoch.
pub(super) async fn ends(rds: &Service<Client>, name: &str, now: i64) -> i64 {
    let request = rds.client.describe_events().source_identifier(name).source_type(SourceType::DbInstance);
    let request = request.duration(i32::try_from(SIX_HOURS / 60).unwrap_or(i32::MAX));
    match rds.call(&FAULTS, request.send()).await {
        Ok(answer) => end(answer.events(), now),
        Err(failure) => {
            tracing::debug!(%name, %failure.fault, "AWS does not say when the storage was last changed");
            now + HALF_AN_HOUR
        }
    }
}

fn end(events: &[Event], now: i64) -> i64 {
    let of_storage = events.iter().filter(|event| {
        let words = event.message().unwrap_or_default().to_lowercase();
        words.starts_with("finished applying") && ["storage", "iops"].iter().any(|what| words.contains(what))
    });
    let last = of_storage.filter_map(|event| Some(event.date()?.secs())).max();
    last.map(|last| last + SIX_HOURS).filter(|end| *end > now).unwrap_or(now + HALF_AN_HOUR)
}

#[cfg(test)]
mod tests {
    use aws_sdk_rds::primitives::DateTime;
    use rstest::rstest;

    use super::*;

    const NOW: i64 = 1_800_000_000;
    const AN_HOUR: i64 = 3600;

    #[rstest]
    #[case::told(&[("Finished applying modification to allocated storage", AN_HOUR)], 5 * AN_HOUR)]
    #[case::by_autoscaling(&[("Finished applying autoscaling-initiated modification to allocated storage", AN_HOUR)], 5 * AN_HOUR)]
    #[case::the_last_counts(&[
        ("Finished applying modification to allocated storage", 5 * AN_HOUR),
        ("Finished applying modification to provisioned IOPS", 2 * AN_HOUR),
    ], 4 * AN_HOUR)]
    #[case::of_something_else(&[("Finished applying modification to DB instance class", AN_HOUR)], HALF_AN_HOUR)]
    #[case::only_begun(&[("Applying modification to allocated storage", AN_HOUR)], HALF_AN_HOUR)]
    #[case::too_long_ago(&[("Finished applying modification to allocated storage", SIX_HOURS)], HALF_AN_HOUR)]
    #[case::nothing(&[], HALF_AN_HOUR)]
    fn the_last_change_says_when_it_ends(#[case] told: &[(&str, i64)], #[case] after: i64) {
        let event = |(message, ago): &(&str, i64)| {
            Event::builder().message(*message).date(DateTime::from_secs(NOW - ago)).build()
        };
        assert_eq!(end(&told.iter().map(event).collect::<Vec<_>>(), NOW) - NOW, after);
    }
}
