//! Texts that are validated when they are decoded: the API server has judged them, and a gateway that reads what it was not
//! to read stops for everybody.

use serde::{Deserialize, Serialize};

use crate::names;

/// A host name of several labels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Host(String);

/// A path of whole segments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoutePath(String);

/// The name of a consumer: a DNS label.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ConsumerName(String);

/// A length of time, e.g. `30s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Wait {
    milliseconds: u64,
}

// === impl Host ===

impl TryFrom<String> for Host {
    type Error = &'static str;

    fn try_from(given: String) -> Result<Self, Self::Error> {
        if names::is_dns_subdomain(&given) && given.contains('.') {
            Ok(Self(given))
        } else {
            Err("a host such as shop.example.org is expected")
        }
    }
}

impl From<Host> for String {
    fn from(host: Host) -> Self {
        host.0
    }
}

impl AsRef<str> for Host {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

// === impl RoutePath ===

impl RoutePath {
    /// Without a slash at its end, which makes no other path of it.
    pub fn normalized(&self) -> &str {
        normalized(&self.0)
    }
}

/// As [`RoutePath::normalized`].
pub(in crate::paths::gateway) fn normalized(path: &str) -> &str {
    match path.trim_end_matches('/') {
        "" => "/",
        path => path,
    }
}

impl Default for RoutePath {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

impl TryFrom<String> for RoutePath {
    type Error = &'static str;

    fn try_from(given: String) -> Result<Self, Self::Error> {
        let is_inner = |c: char| c.is_ascii_alphanumeric() || ['-', '_', '.'].contains(&c);
        let is_segment = |segment: &str| {
            let word = segment.strip_prefix('.').unwrap_or(segment);
            word.starts_with(|c: char| is_inner(c) && c != '.') && word.chars().all(is_inner)
        };
        let inner = given.strip_prefix('/').map(|rest| rest.strip_suffix('/').unwrap_or(rest));
        let is_path = inner.is_some_and(|inner| inner.is_empty() || inner.split('/').all(is_segment));
        if is_path && given != "//" {
            Ok(Self(given))
        } else {
            Err(
                "a path such as /api/v1 is expected: segments of letters, digits, hyphens, underscores and dots",
            )
        }
    }
}

impl From<RoutePath> for String {
    fn from(path: RoutePath) -> Self {
        path.0
    }
}

impl AsRef<str> for RoutePath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

// === impl ConsumerName ===

impl TryFrom<String> for ConsumerName {
    type Error = &'static str;

    fn try_from(given: String) -> Result<Self, Self::Error> {
        if names::is_dns_label(&given) {
            Ok(Self(given))
        } else {
            Err("lower-case letters, digits and hyphens are expected")
        }
    }
}

impl From<ConsumerName> for String {
    fn from(name: ConsumerName) -> Self {
        name.0
    }
}

impl AsRef<str> for ConsumerName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

// === impl Wait ===

impl Wait {
    /// As Kong counts.
    pub fn milliseconds(self) -> u64 {
        self.milliseconds
    }
}

impl TryFrom<String> for Wait {
    type Error = &'static str;

    fn try_from(given: String) -> Result<Self, Self::Error> {
        let units = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];
        let read = units.into_iter().find_map(|(unit, each)| {
            let number: u32 = given.strip_suffix(unit)?.parse().ok()?;
            Some(u64::from(number) * each)
        });
        match read.filter(|milliseconds| *milliseconds > 0) {
            Some(milliseconds) => Ok(Self { milliseconds }),
            None => Err("a length of time such as 30s is expected"),
        }
    }
}

impl From<Wait> for String {
    fn from(wait: Wait) -> Self {
        format!("{}ms", wait.milliseconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("/", true)]
    #[case("/api/v1/payments", true)]
    #[case("/api/v1/", true)]
    #[case("/a.b", true)]
    #[case("/.well-known/x", true)]
    #[case("", false)]
    #[case("api", false)]
    #[case("//", false)]
    #[case("//x", false)]
    #[case("/..", false)]
    #[case("/a/../b", false)]
    #[case("/a(b", false)]
    #[case("/~.*", false)]
    #[case("/x|.*", false)]
    #[case("/a b", false)]
    #[case("/\u{e9}", false)]
    fn a_path_has_nothing_that_a_regular_expression_reads(#[case] given: &str, #[case] valid: bool) {
        assert_eq!(RoutePath::try_from(given.to_owned()).is_ok(), valid);
    }

    #[rstest]
    #[case("shop.example.org", true)]
    #[case("shop", false)]
    #[case("*.example.org", false)]
    #[case("", false)]
    fn a_host_is_one_host(#[case] given: &str, #[case] valid: bool) {
        assert_eq!(Host::try_from(given.to_owned()).is_ok(), valid);
    }

    #[rstest]
    #[case("30s", Some(30_000))]
    #[case("250ms", Some(250))]
    #[case("2m", Some(120_000))]
    #[case("1h", Some(3_600_000))]
    #[case("0s", None)]
    #[case("30", None)]
    #[case("-1s", None)]
    #[case("1d", None)]
    fn a_wait_is_counted_in_milliseconds(#[case] given: &str, #[case] milliseconds: Option<u64>) {
        assert_eq!(Wait::try_from(given.to_owned()).ok().map(Wait::milliseconds), milliseconds);
    }
}
