//! Which secrets of the secret store are opened to which namespaces, besides those of their own folders.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Paths by namespace: of one secret, or of a folder, which ends with a slash.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretPaths(BTreeMap<String, Vec<SecretPath>>);

/// The path of a secret, or of a folder: `legacy/partner-api`, `legacy/payments/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct SecretPath(String);

// === impl SecretPaths ===

impl SecretPaths {
    /// Whether a secret is opened to a namespace.
    pub(super) fn opens(&self, namespace: &str, path: &str) -> bool {
        let opened = self.0.get(namespace).into_iter().flatten();
        opened.map(|opened| &opened.0).any(|opened| match opened.strip_suffix('/') {
            Some(_) => path.strip_prefix(opened).is_some_and(|name| !name.is_empty()),
            None => path == opened,
        })
    }
}

// === impl SecretPath ===

impl TryFrom<String> for SecretPath {
    type Error = &'static str;

    fn try_from(given: String) -> Result<Self, Self::Error> {
        if leads_nowhere_else(given.strip_suffix('/').unwrap_or(&given)) {
            Ok(Self(given))
        } else {
            Err("a path such as legacy/partner-api, or a folder such as legacy/payments/, is expected")
        }
    }
}

impl From<SecretPath> for String {
    fn from(path: SecretPath) -> Self {
        path.0
    }
}

/// Whether every segment of a path is a name, and none leads up.
pub(super) fn leads_nowhere_else(path: &str) -> bool {
    path.split('/').all(|segment| !segment.is_empty() && !segment.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case::a_secret("legacy/partner-api", true)]
    #[case::a_secret_beside_it("legacy/partner-api-2", false)]
    #[case::a_secret_of_a_folder("legacy/payments/db", true)]
    #[case::the_folder_itself("legacy/payments/", false)]
    #[case::a_folder_beside_it("legacy/payments-eu/db", false)]
    #[case::anything_else("legacy/other", false)]
    fn a_namespace_reads_what_is_opened_to_it(#[case] path: &str, #[case] opened: bool) {
        let opened_to = json!({"payments": ["legacy/partner-api", "legacy/payments/"]});
        let paths: SecretPaths = serde_json::from_value(opened_to).unwrap();
        assert_eq!(paths.opens("payments", path), opened);
        assert!(!paths.opens("shipping", path));
    }

    #[rstest]
    #[case("")]
    #[case("/")]
    #[case("/legacy")]
    #[case("legacy//x")]
    #[case("legacy/../x")]
    fn a_path_has_names_only(#[case] given: &str) {
        SecretPath::try_from(given.to_owned()).unwrap_err();
    }
}
