//! What the provider has asked of the API server, as the API server itself has written it down.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fmt, fs};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::names::{CROSSPLANE, REVISION};
use crate::workdir::Workdir;

/// Requests of the provider by verb and resource, since it was installed. Watches do not count, and neither do leases:
/// they are signs of life, not of work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked(BTreeMap<String, usize>);

/// The name of the log, among the others of a run.
const LOG: &str = "audit.log";

/// The arguments that make an API server write down each request of the provider.
pub(crate) fn arguments(run: &Workdir) -> Result<Vec<String>> {
    let policy = format!(
        "apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n\
         - level: Metadata\n  users: ['{}']\n  verbs: [get, list, create, update, patch, delete, deletecollection]\n\
         - level: None\n",
        user()
    );
    let policy = run.write("api/audit.yaml", policy)?;
    let log = run.logs().join(LOG);
    Ok(vec![format!("--audit-policy-file={policy}"), format!("--audit-log-path={}", log.display())])
}

/// The provider as the API server knows it.
fn user() -> String {
    format!("system:serviceaccount:{CROSSPLANE}:{REVISION}")
}

// === impl Asked ===

impl Asked {
    /// Reads what was written down so far, in the folder of a run's logs.
    pub fn read(logs: &Path) -> Result<Self> {
        let log = logs.join(LOG);
        let log = fs::read_to_string(&log).with_context(|| format!("cannot read {}", log.display()))?;
        Self::parse(&log)
    }

    fn parse(log: &str) -> Result<Self> {
        let mut counts = BTreeMap::new();
        // A line that is being written counts with the next reading.
        for line in log.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
            let event: Value = serde_json::from_str(line).context("an audit event is no JSON")?;
            let object = &event["objectRef"];
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let (verb, plural, part) =
                (text(&event["verb"]), text(&object["resource"]), text(&object["subresource"]));
            if plural == "leases" || event["user"]["username"] != user() {
                continue;
            }
            let group = text(&object["apiGroup"]);
            let (dot, slash) =
                (if group.is_empty() { "" } else { "." }, if part.is_empty() { "" } else { "/" });
            *counts.entry(format!("{verb} {plural}{dot}{group}{slash}{part}")).or_default() += 1;
        }
        Ok(Self(counts))
    }

    /// What came since an earlier reading.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let more = |(kind, count): (&String, &usize)| {
            let new = count.saturating_sub(earlier.0.get(kind).copied().unwrap_or_default());
            (new > 0).then(|| (kind.clone(), new))
        };
        Self(self.0.iter().filter_map(more).collect())
    }

    /// All of them.
    pub fn total(&self) -> usize {
        self.0.values().sum()
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return formatter.write_str("none");
        }
        let each = self.0.iter().map(|(kind, count)| format!("{count} {kind}"));
        formatter.write_str(&each.collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(user: &str, verb: &str, object: &Value) -> String {
        format!("{}\n", json!({"user": {"username": user}, "verb": verb, "objectRef": object}))
    }

    #[test]
    fn requests_of_the_provider_are_counted_by_verb_and_resource() {
        let instance = json!({"resource": "instances", "apiGroup": "rds.aws", "subresource": "status"});
        let (secret, lease) =
            (json!({"resource": "secrets"}), json!({"resource": "leases", "apiGroup": "c"}));
        let log: String = [
            event(&user(), "get", &secret),
            event(&user(), "patch", &instance),
            event(&user(), "get", &secret),
            event(&user(), "update", &lease),
            event("admin", "get", &secret),
        ]
        .concat();
        let asked = Asked::parse(&format!("{log}{{\"verb\": \"ge")).unwrap();
        assert_eq!(asked.to_string(), "2 get secrets, 1 patch instances.rds.aws/status");
        assert_eq!(asked.since(&Asked::parse(&event(&user(), "get", &secret)).unwrap()).total(), 2);
        assert_eq!(asked.since(&asked).to_string(), "none");
    }
}
