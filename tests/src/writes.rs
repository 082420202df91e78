//! What was written to the API server, as the API server itself counts it.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::Result;
use kube::Client;
use kube::core::Request;

/// Requests that change something, by verb and resource, since the API server started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Writes(BTreeMap<Kind, u64>);

/// What is counted together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    /// `instances.rds.aws.m.goldenpath.io/status`; a core resource has no group.
    resource: String,
    verb: String,
}

const VERBS: [&str; 6] = ["POST", "PUT", "PATCH", "APPLY", "DELETE", "DELETECOLLECTION"];

// === impl Writes ===

impl Writes {
    /// Reads the counters.
    pub async fn read(client: &Client) -> Result<Self> {
        let request = Request::new("/metrics").list(&kube::api::ListParams::default())?;
        Ok(Self::parse(&client.request_text(request).await?))
    }

    /// Refused writes count, too: they cost the same. Leases do not: they are signs of life, not of work.
    fn parse(page: &str) -> Self {
        let mut counts = BTreeMap::new();
        let lines = page.lines().filter_map(|line| line.strip_prefix("apiserver_request_total{"));
        for (labels, count) in lines.filter_map(|line| line.split_once("} ")) {
            let label = |name: &str| {
                let value = labels.split_once(&format!("{name}=\""))?.1;
                value.split_once('"').map(|(value, _)| value)
            };
            let text = |name: &str| label(name).unwrap_or_default().to_owned();
            let (verb, plural, group, part) =
                (text("verb"), text("resource"), text("group"), text("subresource"));
            if !VERBS.contains(&verb.as_str()) || plural == "leases" || plural.ends_with("reviews") {
                continue;
            }
            let dot = if group.is_empty() { "" } else { "." };
            let slash = if part.is_empty() { "" } else { "/" };
            let kind = Kind { resource: format!("{plural}{dot}{group}{slash}{part}"), verb };
            *counts.entry(kind).or_default() += whole(count);
        }
        Self(counts)
    }

    /// What came since an earlier reading.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let more = |(kind, count): (&Kind, &u64)| {
            let new = count.saturating_sub(earlier.0.get(kind).copied().unwrap_or_default());
            (new > 0).then(|| (kind.clone(), new))
        };
        Self(self.0.iter().filter_map(more).collect())
    }

    /// Writes of resources whose name, with group and subresource, holds a text.
    pub fn of(&self, resource: &str) -> u64 {
        self.0.iter().filter(|(kind, _)| kind.resource.contains(resource)).map(|(_, count)| count).sum()
    }

    /// All of them.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }
}

impl fmt::Display for Writes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return formatter.write_str("none");
        }
        let each = self.0.iter().map(|(Kind { resource, verb }, count)| format!("{count} {verb} {resource}"));
        formatter.write_str(&each.collect::<Vec<_>>().join(", "))
    }
}

/// A counter of the text format; large ones are written with an exponent.
fn whole(count: &str) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of requests")]
    count.trim().parse::<f64>().map_or(0, |count| count as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = r#"
# TYPE apiserver_request_total counter
apiserver_request_total{code="201",component="apiserver",dry_run="",group="",resource="events",scope="resource",subresource="",verb="POST",version="v1"} 7
apiserver_request_total{code="200",component="apiserver",dry_run="",group="rds.aws",resource="instances",scope="resource",subresource="status",verb="APPLY",version="v1"} 2
apiserver_request_total{code="200",component="apiserver",dry_run="",group="rds.aws",resource="instances",scope="cluster",subresource="",verb="WATCH",version="v1"} 90
apiserver_request_total{code="200",component="apiserver",dry_run="",group="coordination.k8s.io",resource="leases",scope="resource",subresource="",verb="PUT",version="v1"} 90
"#;

    #[test]
    fn writes_are_counted_by_resource_and_reads_are_not() {
        let before = Writes::parse(BEFORE);
        assert_eq!(
            (before.total(), before.of("instances"), before.of("instances.rds.aws/status")),
            (9, 2, 2)
        );
        assert_eq!(before.to_string(), "7 POST events, 2 APPLY instances.rds.aws/status");
    }

    #[test]
    fn what_came_since_is_a_difference() {
        let after = Writes::parse(&BEFORE.replace("} 2\n", "} 1.5e+06\n"));
        let since = after.since(&Writes::parse(BEFORE));
        assert_eq!((since.total(), since.of("events")), (1_499_998, 0));
        assert_eq!(after.since(&after).to_string(), "none");
    }
}
