//! Where packages are pushed to, and what Crossplane calls the objects that it makes of them.

use std::fmt;
use std::str::FromStr;

/// The longest DNS label.
const LABEL: usize = 63;

/// A host, and perhaps a path: `ghcr.io/org`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Registry(String);

// === impl Registry ===

impl Registry {
    /// The repository of a package.
    pub(crate) fn package(&self, name: &str) -> String {
        format!("{}/{name}", self.0)
    }

    /// What Crossplane calls the object of a package that it installs because another one depends on it: its repository's
    /// path, as a DNS label. A Composition has to call its function by that name.
    pub(crate) fn object(&self, name: &str) -> String {
        let package = self.package(name);
        let path = package.split_once('/').map_or("", |(_, path)| path);
        let last = path.len().min(LABEL) - 1;
        let kept = path.bytes().take(LABEL).enumerate().filter_map(|(at, byte)| match byte {
            b'a'..=b'z' | b'0'..=b'9' => Some(char::from(byte)),
            b'.' | b'/' | b':' | b'-' if at != 0 && at != last => Some('-'),
            _ => None,
        });
        kept.collect::<String>().trim_matches('-').to_owned()
    }
}

impl fmt::Display for Registry {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.0)
    }
}

impl FromStr for Registry {
    type Err = String;

    /// Crossplane wants a dot in the host, and registries want lower case.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim_end_matches('/');
        let (host, path) = text.split_once('/').unwrap_or((text, ""));
        if !host.trim_matches('.').contains('.') {
            return Err("the host needs a dot, as in ghcr.io/org or 127.0.0.1:5000/org".into());
        }
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
        let (name, port) = host.split_once(':').unwrap_or((host, "0"));
        if !name.chars().all(is_plain) || port.parse::<u16>().is_err() {
            return Err("the host may have lower case letters, digits, dots and dashes, and a port".into());
        }
        let has_path = text.contains('/');
        if has_path && path.split('/').any(|part| part.is_empty() || !part.chars().all(is_plain)) {
            return Err(
                "each part of the path may have lower case letters, digits, dots, dashes and underscores"
                    .into(),
            );
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::flat("ghcr.io", "function-goldenpath")]
    #[case::an_organisation("ghcr.io/acme", "acme-function-goldenpath")]
    #[case::nested("127.0.0.1:5000/a/b", "a-b-function-goldenpath")]
    #[case::what_no_label_may_have("ghcr.io/a_c.me", "ac-me-function-goldenpath")]
    #[case::cut(
        "ghcr.io/a-platform-team-of-a-company-with-a-name/that-is-rather-long",
        "a-platform-team-of-a-company-with-a-name-that-is-rather-long-fu"
    )]
    fn crossplane_names_a_dependency_after_its_path(#[case] registry: &str, #[case] object: &str) {
        let registry: Registry = registry.parse().unwrap();
        assert_eq!(registry.object("function-goldenpath"), object);
    }

    #[rstest]
    #[case::no_dot("localhost:5000/acme", "a dot")]
    #[case::nothing("", "a dot")]
    #[case::upper_case("ghcr.io/Acme", "lower case")]
    #[case::a_scheme("https://ghcr.io/acme", "a dot")]
    #[case::an_empty_part("ghcr.io//acme", "each part")]
    #[case::no_port("127.0.0.1:x/acme", "a port")]
    #[case::a_tag("ghcr.io/acme:v1", "each part")]
    fn a_registry_that_would_be_refused_later_is_refused_here(#[case] text: &str, #[case] why: &str) {
        let refused = text.parse::<Registry>().unwrap_err();
        assert!(refused.contains(why), "{refused}");
    }
}
