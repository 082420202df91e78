//! Names that others rely on: of DB instances, of secrets.

use sha2::{Digest, Sha256};

/// The longest DB instance identifier of RDS.
const MAX_IDENTIFIER: usize = 63;
const HASH: usize = 5;
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The DB instance identifier of an XR: `<namespace>-<name>-<hash5>`.
///
/// The hash covers environment, namespace and name, so that `a-b/c` and `a/b-c` differ, and so that an XR that is
/// restored from a backup finds its database again. Shaped to RDS's rules: a letter first, lower-case letters,
/// digits and single hyphens, at most 63 characters; the namespace is cut short where they do not suffice.
pub fn instance_identifier(environment: &str, namespace: &str, name: &str) -> String {
    let last = shaped(name);
    let mut first = shaped(namespace);
    if !first.starts_with(|c: char| c.is_ascii_lowercase()) {
        first.insert_str(0, "n-");
    }
    first.truncate((MAX_IDENTIFIER - HASH - 2).saturating_sub(last.len()).max(1));
    let mut readable = format!("{}-{last}", first.trim_end_matches('-'));
    readable.truncate(MAX_IDENTIFIER - HASH - 1);
    format!("{}-{}", readable.trim_end_matches('-'), hash(&[environment, namespace, name]))
}

/// Whether an identifier, or the name of a snapshot that begins with one, is of a database of the namespace.
///
/// An identifier does not say where its namespace ends (`a-b-c` may be of `a` or of `a-b`), so every reading is
/// tried, and the hash decides.
pub fn is_of_namespace(identifier: &str, environment: &str, namespace: &str) -> bool {
    let bare = identifier.strip_prefix("rds:").unwrap_or(identifier);
    let ends = bare.match_indices('-').map(|(at, _)| at).chain([bare.len()]);
    ends.map(|end| &bare[..end]).any(|candidate| {
        candidate
            .match_indices('-')
            .filter_map(|(at, _)| candidate.get(at + 1..candidate.len().checked_sub(HASH + 1)?))
            .any(|name| instance_identifier(environment, namespace, name) == candidate)
    })
}

/// The path of an XR's credentials in the secret store. Each namespace has a folder of its own.
pub fn secret_path(environment: &str, namespace: &str, name: &str) -> String {
    format!("goldenpath/{environment}/{namespace}/{name}")
}

/// The environment of a [`secret_path`] of this XR; none if it is the path of another one.
pub fn environment_of_secret_path<'a>(path: &'a str, namespace: &str, name: &str) -> Option<&'a str> {
    let environment = path
        .strip_prefix("goldenpath/")?
        .strip_suffix(name)?
        .strip_suffix('/')?
        .strip_suffix(namespace)?
        .strip_suffix('/')?;
    is_dns_label(environment).then_some(environment)
}

/// Whether a string is a DNS label (RFC 1123): what Kubernetes takes as the name of a namespace.
pub fn is_dns_label(name: &str) -> bool {
    name.len() <= 63 && is_dns_subdomain(name) && !name.contains('.')
}

/// Whether a string is a DNS subdomain (RFC 1123): what Kubernetes takes as the name of most objects.
pub fn is_dns_subdomain(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    name.len() <= 253
        && name.split('.').all(|label| {
            !label.is_empty() && label.chars().all(inner) && !label.starts_with('-') && !label.ends_with('-')
        })
}

/// Lower-case letters, digits and single hyphens between them.
fn shaped(name: &str) -> String {
    let word = |c: char| !c.is_ascii_alphanumeric();
    let words: Vec<_> = name.split(word).filter(|w| !w.is_empty()).collect();
    words.join("-").to_ascii_lowercase()
}

/// 16 hexadecimal digits that stand for texts without a NUL.
pub fn digest(parts: &[&str]) -> String {
    let digest = Sha256::digest(parts.join("\0").as_bytes());
    let first = digest.iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    format!("{first:016x}")
}

fn hash(parts: &[&str]) -> String {
    let digest = Sha256::digest(parts.join("\0").as_bytes());
    digest.iter().take(HASH).map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn obeys_rds(identifier: &str) -> bool {
        identifier.len() <= 63
            && identifier.starts_with(|c: char| c.is_ascii_lowercase())
            && !identifier.contains("--")
            && !identifier.ends_with('-')
            && identifier.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    }

    #[rstest]
    #[case::plain("payments", "orders-db")]
    #[case::digit_first("7up", "db")]
    #[case::double_hyphen("a--b", "c--d")]
    #[case::one_letter("a", "b")]
    #[case::longest(&"n".repeat(63), &"x".repeat(44))]
    #[case::hyphen_at_the_cut("nnnnnnnnnnn-nnnnnnnnnnnnnnnnnnnnnnn", &"x".repeat(44))]
    #[case::longer_than_the_xrd_allows(&"n".repeat(63), &"x".repeat(63))]
    fn identifiers_obey_rds(#[case] namespace: &str, #[case] name: &str) {
        let identifier = instance_identifier("dev", namespace, name);
        assert!(obeys_rds(&identifier), "{identifier}");
    }

    #[test]
    fn an_identifier_never_changes() {
        assert_eq!(instance_identifier("dev", "payments", "orders-db"), "payments-orders-db-ia4ow");
    }

    #[test]
    fn identifiers_differ_where_the_joined_names_do_not() {
        assert_ne!(instance_identifier("dev", "a-b", "c"), instance_identifier("dev", "a", "b-c"));
        assert_ne!(instance_identifier("dev", "a", "b"), instance_identifier("prod", "a", "b"));
    }

    #[rstest]
    #[case::an_identifier(&instance_identifier("dev", "payments", "orders-db"), true)]
    #[case::a_final_snapshot(&format!("{}-final-1a2b", instance_identifier("dev", "payments", "orders-db")), true)]
    #[case::an_automated_snapshot(&format!("rds:{}-2026-01-01", instance_identifier("dev", "payments", "db")), true)]
    #[case::of_a_longer_namespace(&instance_identifier("dev", "payments-eu", "orders"), false)]
    #[case::of_another_environment(&instance_identifier("prod", "payments", "orders"), false)]
    #[case::made_up("payments-orders-aaaaa", false)]
    #[case::nothing("", false)]
    #[case::short("-", false)]
    #[case::not_ascii("payments-\u{e9}-\u{e9}\u{e9}\u{e9}", false)]
    fn what_a_namespace_may_restore_from_is_its_own(#[case] identifier: &str, #[case] own: bool) {
        assert_eq!(is_of_namespace(identifier, "dev", "payments"), own);
    }

    #[rstest]
    #[case("goldenpath/dev/payments/orders-db", Some("dev"))]
    #[case("goldenpath/dev/other/orders-db", None)]
    #[case("goldenpath/dev/x/payments/orders-db", None)]
    #[case("goldenpath//payments/orders-db", None)]
    #[case("elsewhere/dev/payments/orders-db", None)]
    fn only_the_own_path_names_an_environment(#[case] path: &str, #[case] environment: Option<&str>) {
        assert_eq!(environment_of_secret_path(path, "payments", "orders-db"), environment);
    }
}
