//! The record of creation, kept in annotations so that it survives the process.

use std::collections::BTreeMap;

use k8s_openapi::jiff::Timestamp;

/// The name of the external resource.
pub const EXTERNAL_NAME: &str = "crossplane.io/external-name";
/// Written before Create is called.
pub const PENDING: &str = "crossplane.io/external-create-pending";
/// Written after Create has returned without an error.
pub const SUCCEEDED: &str = "crossplane.io/external-create-succeeded";
/// Written after Create has returned with an error.
pub const FAILED: &str = "crossplane.io/external-create-failed";

/// What the service knows the external resource by, so that a status that is lost loses nothing. A restore from a backup
/// brings annotations back, and no status.
pub const RESOURCE_ID: &str = "goldenpath.io/resource-id";
/// Where the external resource is, as far as that is not part of what the service knows it by.
pub const RESOURCE_ARN: &str = "goldenpath.io/resource-arn";
/// Where the password came from that the external resource was given last: never the password.
pub const PASSWORD_APPLIED: &str = "goldenpath.io/password-applied";
/// What is recorded of an external resource, and outlives the status.
pub const RECORDED: [&str; 3] = [RESOURCE_ID, RESOURCE_ARN, PASSWORD_APPLIED];

/// When Create was last begun and how it ended. An unreadable timestamp counts as absent (R38).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Creation {
    pending: Option<Timestamp>,
    succeeded: Option<Timestamp>,
    failed: Option<Timestamp>,
}

// === impl Creation ===

impl Creation {
    /// Reads the record from an object's annotations.
    pub fn from_annotations(annotations: &BTreeMap<String, String>) -> Self {
        let read = |key| annotations.get(key).and_then(|t: &String| t.parse().ok());
        Self { pending: read(PENDING), succeeded: read(SUCCEEDED), failed: read(FAILED) }
    }

    /// Whether Create was begun and its result is unknown (R38).
    pub fn is_incomplete(&self) -> bool {
        self.pending.is_some_and(|pending| Some(pending) > self.succeeded.max(self.failed))
    }

    /// Whether Create succeeded less than `grace` before `now`, so that absence may be only a delay (R52). A clock that is
    /// ahead by more than that says nothing.
    pub fn succeeded_within(&self, grace: k8s_openapi::jiff::SignedDuration, now: Timestamp) -> bool {
        self.succeeded.is_some_and(|at| now.duration_since(at).abs() < grace)
    }
}

/// A timestamp as the annotations carry it: RFC 3339, UTC, with fractions of a second (R42).
pub fn stamp(now: Timestamp) -> String {
    now.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::jiff::SignedDuration;
    use rstest::rstest;

    fn creation(pending: Option<&str>, succeeded: Option<&str>, failed: Option<&str>) -> Creation {
        let annotations = [(PENDING, pending), (SUCCEEDED, succeeded), (FAILED, failed)]
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?.to_owned())))
            .collect();
        Creation::from_annotations(&annotations)
    }

    #[rstest]
    #[case::nothing_was_begun(None, None, None, false)]
    #[case::begun_and_never_ended(Some("2026-01-01T00:00:01Z"), None, None, true)]
    #[case::succeeded(Some("2026-01-01T00:00:01Z"), Some("2026-01-01T00:00:02Z"), None, false)]
    #[case::failed(Some("2026-01-01T00:00:01Z"), None, Some("2026-01-01T00:00:02Z"), false)]
    #[case::begun_again(Some("2026-01-01T00:00:03Z"), None, Some("2026-01-01T00:00:02Z"), true)]
    #[case::equal_is_complete(Some("2026-01-01T00:00:01Z"), Some("2026-01-01T00:00:01Z"), None, false)]
    #[case::fractions_count(Some("2026-01-01T00:00:01.1Z"), None, Some("2026-01-01T00:00:01Z"), true)]
    #[case::unreadable_is_absent(Some("yesterday"), None, None, false)]
    fn creation_is_incomplete_when_its_end_is_unknown(
        #[case] pending: Option<&str>,
        #[case] succeeded: Option<&str>,
        #[case] failed: Option<&str>,
        #[case] incomplete: bool,
    ) {
        assert_eq!(creation(pending, succeeded, failed).is_incomplete(), incomplete);
    }

    #[test]
    fn success_is_recent_within_the_grace_period_only() {
        let created = creation(None, Some("2026-01-01T00:00:00Z"), None);
        let grace = SignedDuration::from_secs(30);
        assert!(created.succeeded_within(grace, "2026-01-01T00:00:29Z".parse().unwrap()));
        assert!(!created.succeeded_within(grace, "2026-01-01T00:00:30Z".parse().unwrap()));
        assert!(created.succeeded_within(grace, "2025-12-31T23:59:31Z".parse().unwrap()), "clocks differ");
        assert!(!created.succeeded_within(grace, "2025-12-31T23:00:00Z".parse().unwrap()), "by an hour");
    }
}
