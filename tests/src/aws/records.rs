//! The side path's values as types. Names that begin with a capital are AWS's own.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How long AWS takes, in seconds.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Timing {
    /// From the create call to `available`, or to the first backup.
    pub creating: f64,
    /// The first backup.
    pub backing_up: f64,
    /// A modification.
    pub modifying: f64,
    /// A deletion.
    pub deleting: f64,
}

impl Default for Timing {
    /// Short enough for a test, long enough for every status to be seen.
    fn default() -> Self {
        Self { creating: 1.0, backing_up: 0.0, modifying: 0.5, deleting: 0.5 }
    }
}

/// Everything AWS has, of all regions.
#[derive(Clone, Debug, Deserialize)]
pub struct AwsState {
    /// DB instances.
    pub instances: Vec<Instance>,
    /// Manual and automated snapshots.
    pub snapshots: Vec<Snapshot>,
    /// Secrets, also those in their recovery window.
    pub secrets: Vec<SecretRecord>,
}

/// A DB instance, by the members of AWS's `DBInstance`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Instance {
    /// Its region.
    #[serde(rename = "region")]
    pub region: String,
    /// Its name.
    #[serde(rename = "DBInstanceIdentifier")]
    pub identifier: String,
    /// Its status, such as `available`.
    #[serde(rename = "DBInstanceStatus")]
    pub status: String,
    /// AWS's identity of it.
    pub dbi_resource_id: String,
    /// Encrypted at rest.
    pub storage_encrypted: bool,
    /// What waits for its window.
    #[serde(rename = "PendingModifiedValues")]
    pub pending: BTreeMap<String, Value>,
    /// Its tags.
    #[serde(rename = "tags")]
    pub tags: BTreeMap<String, String>,
    /// What it was given as a password.
    #[serde(rename = "MasterUserPassword")]
    pub password: Option<Password>,
    /// Every other member.
    #[serde(flatten)]
    pub fields: BTreeMap<String, Value>,
}

/// A password that no debug output of a failing test shows.
#[derive(Clone, Deserialize, PartialEq, Eq)]
#[serde(transparent)]
pub struct Password(pub String);

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Password(…)")
    }
}

/// A DB snapshot, by the members of AWS's `DBSnapshot`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Snapshot {
    /// Its region.
    #[serde(rename = "region")]
    pub region: String,
    /// Its name.
    #[serde(rename = "DBSnapshotIdentifier")]
    pub identifier: String,
    /// The instance it is of.
    #[serde(rename = "DBInstanceIdentifier")]
    pub instance: String,
    /// Its status.
    pub status: String,
    /// `manual` or `automated`.
    #[serde(rename = "SnapshotType")]
    pub kind: String,
    /// Encrypted at rest.
    pub encrypted: bool,
    /// Its tags.
    #[serde(rename = "tags")]
    pub tags: BTreeMap<String, String>,
}

/// A secret, by the members of AWS's `DescribeSecret` and `GetSecretValue`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecretRecord {
    /// Its region.
    #[serde(rename = "region")]
    pub region: String,
    /// Its name.
    pub name: String,
    /// Its ARN.
    #[serde(rename = "ARN")]
    pub arn: String,
    /// When it will be gone, for one in its recovery window.
    pub deleted_date: Option<f64>,
    /// Its tags.
    #[serde(rename = "tags")]
    pub tags: BTreeMap<String, String>,
    /// The version with AWSCURRENT.
    #[serde(rename = "VersionId")]
    pub current_version: Option<String>,
    /// Versions and their stages.
    #[serde(rename = "VersionIdsToStages")]
    pub versions: BTreeMap<String, Vec<String>>,
    /// The current value.
    #[serde(rename = "SecretString")]
    pub value: Option<Password>,
}

impl SecretRecord {
    /// The current value as JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_str(&self.value.as_ref()?.0).ok()
    }
}

/// One call as AWS saw it.
#[derive(Clone, Debug, Deserialize)]
pub struct Call {
    /// Seconds of the epoch.
    pub time: f64,
    /// `rds` or `secretsmanager`.
    pub service: String,
    /// Such as `CreateDBInstance`.
    pub action: String,
    /// What it was about.
    pub resource: String,
    /// The HTTP status; none when the answer was withheld.
    pub status: Option<u16>,
    /// AWS's error code.
    pub error: Option<String>,
    /// The fault it met.
    pub fault: Option<String>,
    /// The names of its parameters, without values.
    pub parameters: Vec<String>,
}

/// A fault that the AWS of the tests is to make; built with its constructors.
#[derive(Clone, Debug, Serialize)]
pub struct InjectedFault {
    kind: &'static str,
    when: &'static str,
    service: String,
    action: String,
    resource: String,
    times: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<f64>,
}

impl InjectedFault {
    fn new(kind: &'static str, action: &str) -> Self {
        Self {
            kind,
            when: "before",
            service: "*".into(),
            action: action.into(),
            resource: String::new(),
            times: 1,
            code: None,
            message: None,
            status: None,
            seconds: None,
        }
    }

    /// The call is answered with an AWS error.
    pub fn error(action: &str, code: &str, message: &str) -> Self {
        Self { code: Some(code.into()), message: Some(message.into()), ..Self::new("error", action) }
    }

    /// AWS's own throttling answer.
    pub fn throttling(action: &str) -> Self {
        Self::error(action, "Throttling", "Rate exceeded")
    }

    /// The connection is closed without an answer.
    pub fn dropped(action: &str) -> Self {
        Self::new("drop", action)
    }

    /// No answer until the faults are withdrawn.
    pub fn hanging(action: &str) -> Self {
        Self::new("hang", action)
    }

    /// A slow answer.
    pub fn slow(action: &str, seconds: f64) -> Self {
        Self { seconds: Some(seconds), ..Self::new("latency", action) }
    }

    /// AWS carries out the call first: only the answer is hit.
    #[must_use]
    pub fn after_effect(mut self) -> Self {
        self.when = "after";
        self
    }

    /// Only calls whose resource contains this.
    #[must_use]
    pub fn on(mut self, resource: &str) -> Self {
        self.resource = resource.into();
        self
    }

    /// So many calls; one when not said.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// With this HTTP status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }
}
