//! What is packed: for a registry, and as a version.

use std::fmt;
use std::str::FromStr;

use crate::registry::Registry;

/// A registry, and the tag of every package there.
#[derive(Clone, Debug)]
pub(crate) struct Release {
    pub(crate) registry: Registry,
    pub(crate) version: Version,
}

/// As a release has it: `1.2.3`, of which a tag is `v1.2.3`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version(String);

// === impl Version ===

impl Version {
    /// This tree's.
    pub(crate) const OF_THE_TREE: &str = env!("CARGO_PKG_VERSION");

    /// Without a letter before it, as Helm has it.
    pub(crate) fn number(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "v{}", self.0)
    }
}

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.trim_start_matches('v');
        let parts: Vec<_> = number.split('.').collect();
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if parts.len() != 3 || !parts.into_iter().all(is_number) {
            return Err("a version is three numbers, as in v1.2.3".into());
        }
        Ok(Self(number.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("v0.1.0", Some("v0.1.0"))]
    #[case("0.1.0", Some("v0.1.0"))]
    #[case("v0.1", None)]
    #[case("latest", None)]
    #[case("v1.2.3-rc1", None)]
    #[case("1..3", None)]
    fn a_version_is_three_numbers(#[case] text: &str, #[case] tag: Option<&str>) {
        assert_eq!(text.parse().ok().map(|version: Version| version.to_string()).as_deref(), tag);
    }
}
