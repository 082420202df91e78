//! The log of calls: what a test counts. Names of parameters alone; values may be secrets.

use jiff::Timestamp;
use serde::Serialize;

use crate::{Input, Request};

/// Parameters that name what a call is about, in the order they are looked for.
const RESOURCE: [&str; 6] = [
    "DBInstanceIdentifier",
    "TargetDBInstanceIdentifier",
    "DBSnapshotIdentifier",
    "ResourceName",
    "DBSubnetGroupName",
    "DBParameterGroupName",
];
/// Parameters of the protocol, or that say nothing of what is asked.
const UNSAID: [&str; 3] = ["Action", "Version", "ClientRequestToken"];

/// One call.
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    /// Seconds of the epoch.
    pub time: f64,
    /// Such as `rds`.
    pub service: &'static str,
    /// Whose account.
    pub account: String,
    /// Where.
    pub region: String,
    /// Such as `CreateDBInstance`.
    pub action: String,
    /// What it is about.
    pub resource: String,
    /// The HTTP status; none when the answer was withheld.
    pub status: Option<u16>,
    /// AWS's error code.
    pub error: Option<String>,
    /// The fault it met.
    pub fault: Option<String>,
    /// The names of its parameters.
    pub parameters: Vec<String>,
}

/// The calls so far.
#[derive(Debug, Default)]
pub struct Log(Vec<Record>);

// === impl Record ===

impl Record {
    /// A call that has no answer yet.
    pub fn of(now: Timestamp, account: &str, request: &Request) -> Self {
        Self {
            #[allow(clippy::cast_precision_loss, reason = "microseconds of this century fit")]
            time: now.as_microsecond() as f64 / 1e6,
            service: request.service.name(),
            account: account.to_owned(),
            region: request.region.clone(),
            action: request.operation.clone(),
            resource: resource(request),
            status: None,
            error: None,
            fault: None,
            parameters: parameters(request),
        }
    }
}

/// What a request is about.
pub(crate) fn resource(request: &Request) -> String {
    let found = match &request.input {
        Input::Form(form) => RESOURCE.iter().find_map(|name| form.get(name)),
        Input::Json(value) => ["SecretId", "Name"].iter().find_map(|name| value[*name].as_str()),
    };
    found.unwrap_or_default().to_owned()
}

fn parameters(request: &Request) -> Vec<String> {
    let mut names: Vec<String> = match &request.input {
        Input::Form(form) => form.names().map(str::to_owned).collect(),
        Input::Json(value) => value.as_object().into_iter().flat_map(|o| o.keys().cloned()).collect(),
    };
    names.retain(|name| !UNSAID.contains(&name.as_str()));
    names.sort();
    names
}

// === impl Log ===

impl Log {
    /// Enters a call.
    pub fn enter(&mut self, record: Record) {
        self.0.push(record);
    }

    /// The calls from a moment on, in seconds of the epoch.
    pub fn since(&self, moment: f64) -> impl Iterator<Item = &Record> {
        self.0.iter().filter(move |record| record.time >= moment)
    }

    /// Empties the log.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}
