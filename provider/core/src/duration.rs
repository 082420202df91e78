//! Durations as Go writes them: `300ms`, `1.5h`, `1h30m` (R228). kube's own parser panics where one is too long.

use std::time::Duration;

/// Why a text is no duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DurationError {
    /// It is not a sequence of numbers with units.
    Malformed,
    /// A unit is none of `h`, `m`, `s`, `ms`, `us`, `ns`.
    Unit,
    /// It is longer than Go can count: 292 years.
    TooLong,
    /// It is not longer than nothing.
    NotPositive,
}

/// Parses a duration that is longer than nothing, as Go's `time.ParseDuration` would.
pub fn positive_duration(text: &str) -> Result<Duration, DurationError> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let nanos = if unsigned == "0" { 0 } else { total_nanos(unsigned)? };
    if text.starts_with('-') || nanos == 0 {
        return Err(DurationError::NotPositive);
    }
    Ok(Duration::from_nanos(nanos))
}

fn total_nanos(mut rest: &str) -> Result<u64, DurationError> {
    if rest.is_empty() {
        return Err(DurationError::Malformed);
    }
    let mut total = 0_u128;
    while !rest.is_empty() {
        let (whole, after) = digits(rest);
        let (fraction, after) = after.strip_prefix('.').map_or(("", after), digits);
        if whole.is_empty() && fraction.is_empty() {
            return Err(DurationError::Malformed);
        }
        let unit_ends = after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
        let (name, after) = after.split_at(unit_ends);
        let unit = unit(name)?;
        let whole: u128 = if whole.is_empty() { 0 } else { number(whole)? };
        total += whole * unit + part(fraction, unit);
        if total > i64::MAX.unsigned_abs().into() {
            return Err(DurationError::TooLong);
        }
        rest = after;
    }
    u64::try_from(total).map_err(|_| DurationError::TooLong)
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

/// A number that still can be multiplied by a unit.
fn number(digits: &str) -> Result<u128, DurationError> {
    digits.parse::<u64>().map(u128::from).map_err(|_| DurationError::TooLong)
}

/// The fraction of a unit in whole nanoseconds. Digits beyond a nanosecond are ignored.
fn part(digits: &str, unit: u128) -> u128 {
    let digits = digits.get(..18).unwrap_or(digits);
    let scale = digits.bytes().fold(1_u128, |scale, _| scale * 10);
    number(digits).unwrap_or_default() * unit / scale
}

fn unit(name: &str) -> Result<u128, DurationError> {
    match name {
        "" => Err(DurationError::Malformed),
        "ns" => Ok(1),
        "us" | "\u{b5}s" | "\u{3bc}s" => Ok(1_000),
        "ms" => Ok(1_000_000),
        "s" => Ok(1_000_000_000),
        "m" => Ok(60_000_000_000),
        "h" => Ok(3_600_000_000_000),
        _ => Err(DurationError::Unit),
    }
}

// === impl DurationError ===

impl std::fmt::Display for DurationError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Malformed => "not a duration: write it as 300ms or 1h30m",
            Self::Unit => "no such unit: use h, m, s, ms, us or ns",
            Self::TooLong => "longer than 292 years",
            Self::NotPositive => "must be longer than nothing",
        })
    }
}

impl std::error::Error for DurationError {}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::seq::IndexedRandom;
    use rand::{RngExt, SeedableRng};
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::one_unit("300ms", Ok(Duration::from_millis(300)))]
    #[case::several_units("1h30m", Ok(Duration::from_mins(90)))]
    #[case::any_order("5s1h5s", Ok(Duration::from_secs(3610)))]
    #[case::a_fraction("1.5h", Ok(Duration::from_mins(90)))]
    #[case::only_a_fraction(".5s", Ok(Duration::from_millis(500)))]
    #[case::no_fraction("5.s", Ok(Duration::from_secs(5)))]
    #[case::a_sign("+5s", Ok(Duration::from_secs(5)))]
    #[case::micro("7\u{b5}s7\u{3bc}s7us", Ok(Duration::from_micros(21)))]
    #[case::less_than_a_nanosecond("0.9ns", Err(DurationError::NotPositive))]
    #[case::the_longest("9223372036854775807ns", Ok(Duration::from_nanos(9_223_372_036_854_775_807)))]
    #[case::too_long("9223372036854775808ns", Err(DurationError::TooLong))]
    #[case::much_too_long("99999999999999999999999h", Err(DurationError::TooLong))]
    #[case::too_long_in_sum("2562047h60m", Err(DurationError::TooLong))]
    #[case::zero("0", Err(DurationError::NotPositive))]
    #[case::negative("-5s", Err(DurationError::NotPositive))]
    #[case::nothing("", Err(DurationError::Malformed))]
    #[case::a_sign_only("+", Err(DurationError::Malformed))]
    #[case::no_unit("90", Err(DurationError::Malformed))]
    #[case::no_last_unit("1h30", Err(DurationError::Malformed))]
    #[case::a_dot_only(".s", Err(DurationError::Malformed))]
    #[case::a_sign_inside("1s-5s", Err(DurationError::Unit))]
    #[case::two_signs("++5s", Err(DurationError::Malformed))]
    #[case::an_exponent("1e3s", Err(DurationError::Unit))]
    #[case::a_day("1d", Err(DurationError::Unit))]
    #[case::a_space("1h 5m", Err(DurationError::Unit))]
    fn texts_are_read_as_go_reads_them(
        #[case] text: &str,
        #[case] expected: Result<Duration, DurationError>,
    ) {
        assert_eq!(positive_duration(text), expected);
    }

    /// Every text that Go's grammar makes has the value that its parts add up to.
    #[test]
    fn whatever_the_grammar_makes_adds_up() {
        let mut random = StdRng::seed_from_u64(228);
        let units =
            [("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000)];
        for _ in 0..20_000 {
            let (mut text, mut nanos) = (String::new(), 0_u64);
            for _ in 0..random.random_range(1..5) {
                let (name, unit) = units.choose(&mut random).unwrap();
                let whole = random.random_range(0..100_000_u64);
                let thousandths = random.random_range(0..1000_u64);
                let (written, thousandths) = match random.random_range(0..3) {
                    0 => (format!("{whole}"), 0),
                    1 => (format!("0{whole}."), 0),
                    _ => (format!("{whole}.{thousandths:03}"), thousandths),
                };
                text += &written;
                text += name;
                nanos += whole * unit + thousandths * unit / 1000;
            }
            let expected =
                if nanos == 0 { Err(DurationError::NotPositive) } else { Ok(Duration::from_nanos(nanos)) };
            assert_eq!(positive_duration(&text), expected, "{text}");
        }
    }

    /// Any text at all is answered, and what is accepted is spelled with the grammar's letters only.
    #[test]
    fn no_text_is_too_strange() {
        let mut random = StdRng::seed_from_u64(1);
        let letters: Vec<char> = "0159.-+nsu\u{b5}mhxe \u{663}".chars().collect();
        let mut accepted = 0;
        for _ in 0..100_000 {
            let length = random.random_range(0..9);
            let text: String = (0..length).map(|_| *letters.choose(&mut random).unwrap()).collect();
            if positive_duration(&text).is_ok() {
                accepted += 1;
                assert!(!text.contains(['-', 'x', 'e', ' ', '\u{663}']), "{text}");
                assert!(text.ends_with(['s', 'm', 'h']), "{text}");
            }
        }
        assert!(accepted > 100, "{accepted}");
    }
}
