//! The engine version of databases that are made for an app which names none.

use serde::{Deserialize, Serialize};

use crate::paths::database::policy::PerEngine;

/// An engine version, major or major.minor: `16`, `8.4`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EngineVersion(String);

/// The newest major versions that every region of AWS has.
pub(super) fn usual() -> PerEngine<EngineVersion> {
    let version = |text: &str| EngineVersion(text.to_owned());
    PerEngine { postgresql: version("17"), mysql: version("8.4") }
}

// === impl EngineVersion ===

impl TryFrom<String> for EngineVersion {
    type Error = &'static str;

    fn try_from(given: String) -> Result<Self, Self::Error> {
        let is_number = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_digit());
        let is_version =
            given.len() <= 16 && given.split('.').count() <= 3 && given.split('.').all(is_number);
        if is_version { Ok(Self(given)) } else { Err("an engine version such as 16 or 8.4 is expected") }
    }
}

impl From<EngineVersion> for String {
    fn from(version: EngineVersion) -> Self {
        version.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("16", true)]
    #[case("8.4", true)]
    #[case("16.4.1", true)]
    #[case("16.", false)]
    #[case("latest", false)]
    #[case("1.2.3.4", false)]
    #[case("", false)]
    fn versions_are_numbers(#[case] given: &str, #[case] valid: bool) {
        assert_eq!(EngineVersion::try_from(given.to_owned()).is_ok(), valid);
    }
}
