//! Windows of time: `sun:05:00-sun:06:00` and `03:00-04:00`, in UTC.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

use super::rules;
use crate::Refusal;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const DAY: i64 = 24 * 60;
const WEEK: i64 = 7 * DAY;
/// Windows are at least so long.
const SHORTEST: i64 = 30;

/// From when to when, in minutes.
type Span = (i64, i64);

/// Checks both windows of an instance, and that they do not overlap.
pub(crate) fn check(backup: &str, maintenance: &str) -> Result<(), Refusal> {
    let daily = daily(backup).ok_or_else(|| rules::BACKUP_WINDOW.refuse(&[backup]))?;
    let weekly = weekly(maintenance).ok_or_else(|| rules::MAINTENANCE_WINDOW.refuse(&[maintenance]))?;
    let overlaps = (-1..=7).any(|day| {
        let (from, to) = (daily.0 + day * DAY, daily.1 + day * DAY);
        from < weekly.1 && weekly.0 < to
    });
    rules::WINDOWS_OVERLAP.refuse_if(overlaps, &[])
}

/// The minutes of a day of a backup window.
fn daily(window: &str) -> Option<Span> {
    let (from, to) = window.split_once('-')?;
    span(minute(from)?, minute(to)?, DAY)
}

/// The minutes of a week, which begins on Monday, of a maintenance window.
fn weekly(window: &str) -> Option<Span> {
    let (from, to) = window.split_once('-')?;
    span(minute_of_week(from)?, minute_of_week(to)?, WEEK)
}

fn span(from: i64, to: i64, round: i64) -> Option<Span> {
    let to = if to < from { to + round } else { to };
    (to - from >= SHORTEST && to - from < DAY).then_some((from, to))
}

fn minute(text: &str) -> Option<i64> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
    ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some(hour * 60 + minute)
}

fn minute_of_week(text: &str) -> Option<i64> {
    let (day, time) = text.split_once(':')?;
    let day = DAYS.iter().position(|name| day.eq_ignore_ascii_case(name))?;
    Some(i64::try_from(day).ok()? * DAY + minute(time)?)
}

/// Whether a maintenance window is open at a time.
pub(crate) fn contains(window: &str, at: Timestamp) -> bool {
    let Some((from, to)) = weekly(window) else { return false };
    let now = minutes(at).0;
    (from..to).contains(&now) || (from..to).contains(&(now + WEEK))
}

/// When a maintenance window opens next, after a time.
pub(crate) fn next(window: &str, after: Timestamp) -> Option<Timestamp> {
    let from = weekly(window)?.0;
    let (now, monday) = minutes(after);
    let week = if from > now { 0 } else { WEEK };
    Some(monday + SignedDuration::from_mins(from + week))
}

/// The minutes of a week that have passed, and when the week began.
fn minutes(at: Timestamp) -> (i64, Timestamp) {
    let zoned = Zoned::new(at, TimeZone::UTC);
    let days = i64::from(zoned.weekday().to_monday_zero_offset());
    let into_day = i64::from(zoned.hour()) * 60 + i64::from(zoned.minute());
    let seconds = i64::from(zoned.second());
    let passed = days * DAY + into_day;
    let whole = at - SignedDuration::from_secs(passed * 60 + seconds);
    let nanos = i64::from(zoned.subsec_nanosecond());
    (passed, whole - SignedDuration::from_nanos(nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_open_on_their_day() {
        let thursday: Timestamp = "2026-11-26T12:00:30.5Z".parse().unwrap();
        for (window, opens) in [
            ("sun:05:00-sun:06:00", "2026-11-29T05:00:00Z"),
            ("thu:12:30-thu:13:00", "2026-11-26T12:30:00Z"),
            ("thu:12:00-thu:13:00", "2026-12-03T12:00:00Z"),
            ("mon:00:00-mon:01:00", "2026-11-30T00:00:00Z"),
        ] {
            let opens: Timestamp = opens.parse().unwrap();
            assert_eq!(next(window, thursday), Some(opens), "{window}");
            assert!(
                contains(window, opens) && !contains(window, opens - SignedDuration::from_mins(1)),
                "{window}"
            );
        }
        assert!(contains("sun:23:30-mon:00:30", "2026-11-30T00:10:00Z".parse().unwrap()));
    }
}
