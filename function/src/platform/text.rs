//! Strings that are validated when they are decoded.

use std::borrow::Cow;

use goldenpath_provider_api::duration::{DurationError, positive_duration};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::names;

/// An AWS region, e.g. `eu-central-1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(String);

/// The name of an environment: a DNS label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EnvironmentName(String);

/// How often credentials are read again, as Go writes durations: `90m` is read, `1h30m0s` is written. With 0, External
/// Secrets Operator would read once and never again; with too little, reads cost money and are throttled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RefreshInterval {
    seconds: u64,
}

/// A whole number of GiB; `20Gi` and `1Ti` are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Gibibytes(pub i32);

/// The shortest interval, in seconds.
const SHORTEST: u64 = 30;
/// How an interval is written.
const INTERVAL: &str = r"^([0-9]{1,3}h)?([0-9]{1,4}m)?([0-9]{1,5}s)?$";

// === impl Region ===

impl TryFrom<String> for Region {
    type Error = &'static str;

    fn try_from(given: String) -> Result<Self, Self::Error> {
        let parts: Vec<&str> = given.split('-').collect();
        let words =
            |parts: &[&str]| parts.iter().all(|p| !p.is_empty() && p.chars().all(|c| c.is_ascii_lowercase()));
        match parts.split_last() {
            Some((last, rest)) if rest.len() >= 2 && words(rest) && last.parse::<u8>().is_ok() => {
                Ok(Self(given))
            }
            _ => Err("an AWS region such as eu-central-1 is expected"),
        }
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.0
    }
}

impl AsRef<str> for Region {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

// === impl EnvironmentName ===

impl TryFrom<String> for EnvironmentName {
    type Error = &'static str;

    fn try_from(given: String) -> Result<Self, Self::Error> {
        if names::is_dns_label(&given) {
            Ok(Self(given))
        } else {
            Err("lower-case letters, digits and hyphens are expected, at most 63")
        }
    }
}

impl From<EnvironmentName> for String {
    fn from(name: EnvironmentName) -> Self {
        name.0
    }
}

impl AsRef<str> for EnvironmentName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

// === impl RefreshInterval ===

impl TryFrom<String> for RefreshInterval {
    type Error = &'static str;

    fn try_from(given: String) -> Result<Self, Self::Error> {
        match positive_duration(&given) {
            Ok(interval) if interval.subsec_nanos() != 0 => Err("whole seconds are expected"),
            Ok(interval) if interval.as_secs() >= SHORTEST => Ok(Self { seconds: interval.as_secs() }),
            Ok(_) | Err(DurationError::NotPositive) => {
                Err("at least 30s is expected: with 0 no rotated password would ever arrive")
            }
            Err(_) => Err("a duration in hours, minutes and seconds such as 1h30m is expected"),
        }
    }
}

impl Default for RefreshInterval {
    fn default() -> Self {
        Self { seconds: 3600 }
    }
}

impl From<RefreshInterval> for String {
    fn from(duration: RefreshInterval) -> Self {
        duration.to_string()
    }
}

/// What is written in another way is refused for that alone.
impl JsonSchema for RefreshInterval {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "RefreshInterval".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let fits = "duration(self) >= duration('30s') && duration(self) <= duration('168h')";
        json_schema!({
            "type": "string",
            "minLength": 2,
            "maxLength": 16,
            "pattern": INTERVAL,
            "x-kubernetes-validations": [{
                "rule": format!("size(self) < 2 || !self.matches('{INTERVAL}') || ({fits})"),
                "message": "refreshInterval is between 30s and 168h",
            }],
        })
    }
}

impl std::fmt::Display for RefreshInterval {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (hours, minutes, seconds) = (self.seconds / 3600, self.seconds / 60 % 60, self.seconds % 60);
        match (hours, minutes) {
            (0, 0) => write!(f, "{seconds}s"),
            (0, _) => write!(f, "{minutes}m{seconds}s"),
            _ => write!(f, "{hours}h{minutes}m{seconds}s"),
        }
    }
}

// === impl Gibibytes ===

impl Gibibytes {
    /// Reads `20Gi` or `1Ti`.
    pub fn parse(given: &str) -> Option<Self> {
        let (number, factor) = match (given.strip_suffix("Gi"), given.strip_suffix("Ti")) {
            (Some(number), _) => (number, 1),
            (_, Some(number)) => (number, 1024),
            _ => return None,
        };
        number.parse::<i32>().ok()?.checked_mul(factor).filter(|size| *size > 0).map(Self)
    }
}

impl TryFrom<String> for Gibibytes {
    type Error = &'static str;

    fn try_from(given: String) -> Result<Self, Self::Error> {
        Self::parse(&given).ok_or("a size such as 20Gi or 1Ti is expected")
    }
}

impl From<Gibibytes> for String {
    fn from(size: Gibibytes) -> Self {
        size.to_string()
    }
}

impl std::fmt::Display for Gibibytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}Gi", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("1h", Some("1h0m0s"))]
    #[case("90m", Some("1h30m0s"))]
    #[case("3600s", Some("1h0m0s"))]
    #[case("1h0m0s", Some("1h0m0s"))]
    #[case("10m", Some("10m0s"))]
    #[case("30s", Some("30s"))]
    #[case("29s", None)]
    #[case("0s", None)]
    #[case("0h0m0s", None)]
    #[case("", None)]
    #[case("1", None)]
    #[case("1m1h", Some("1h1m0s"))]
    #[case("1.5h", Some("1h30m0s"))]
    #[case("30.5s", None)]
    #[case("1d", None)]
    #[case("-1h", None)]
    #[case("99999999999999999999h", None)]
    fn durations_are_written_as_go_writes_them(#[case] given: &str, #[case] written: Option<&str>) {
        let duration = RefreshInterval::try_from(given.to_owned()).ok();
        assert_eq!(duration.map(|d| d.to_string()).as_deref(), written);
    }

    #[rstest]
    #[case("20Gi", Some(20))]
    #[case("1Ti", Some(1024))]
    #[case("64Ti", Some(65536))]
    #[case("0Gi", None)]
    #[case("20", None)]
    #[case("9999999999Ti", None)]
    #[case("2097152Ti", None)]
    fn sizes_are_whole_gibibytes(#[case] given: &str, #[case] size: Option<i32>) {
        assert_eq!(Gibibytes::parse(given).map(|g| g.0), size);
    }

    #[rstest]
    #[case("eu-central-1", true)]
    #[case("us-gov-west-1", true)]
    #[case("eu-central", false)]
    #[case("", false)]
    fn regions_look_like_regions(#[case] given: &str, #[case] valid: bool) {
        assert_eq!(Region::try_from(given.to_owned()).is_ok(), valid);
    }
}
