//! Faults that a test orders: the next calls of an action fail, are slow, hang, come twice, or lose their answer.

use serde::{Deserialize, Serialize};

use crate::{Request, log};

/// What happens to a call.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Is answered with an error.
    Error,
    /// Takes longer.
    Latency,
    /// The connection is closed without an answer.
    Drop,
    /// No answer until the faults are withdrawn. A call that hung before its effect is not carried out late: by then its
    /// client has given up and may have tried again.
    Hang,
    /// Is carried out twice, as when a network repeats it; the second answer is told.
    Duplicate,
    /// The answer breaks off in the middle.
    Cut,
}

/// Whether AWS carries out the call first.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Moment {
    /// It has no effect.
    #[default]
    Before,
    /// Only the answer is hit.
    After,
}

/// One order.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What happens.
    pub kind: Kind,
    /// When.
    #[serde(default)]
    pub when: Moment,
    /// To calls of this service, or `*`.
    #[serde(default = "any")]
    pub service: String,
    /// To calls of this action, or `*`.
    #[serde(default = "any")]
    pub action: String,
    /// To calls whose resource contains this.
    #[serde(default)]
    pub resource: String,
    /// How often.
    #[serde(default = "once")]
    pub times: u32,
    /// The error's code.
    #[serde(default = "failure")]
    pub code: String,
    /// The error's message.
    #[serde(default = "injected")]
    pub message: String,
    /// The error's HTTP status.
    #[serde(default = "bad_request")]
    pub status: u16,
    /// How long a slow call takes.
    #[serde(default)]
    pub seconds: f64,
}

/// What has been ordered.
#[derive(Debug, Default)]
pub struct Faults(Vec<Fault>);

fn any() -> String {
    "*".into()
}

fn once() -> u32 {
    1
}

fn failure() -> String {
    "InternalFailure".into()
}

fn injected() -> String {
    "An injected failure.".into()
}

fn bad_request() -> u16 {
    400
}

// === impl Fault ===

impl Fault {
    fn fits(&self, request: &Request) -> bool {
        self.times > 0
            && (self.service == "*" || self.service == request.service.name())
            && (self.action == "*" || self.action == request.operation)
            && log::resource(request).contains(&self.resource)
    }

    /// How the call log tells of it: `drop after`.
    pub fn told(&self) -> String {
        format!("{:?} {:?}", self.kind, self.when).to_lowercase()
    }
}

// === impl Faults ===

impl Faults {
    /// Adds a fault.
    pub fn order(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// The fault for this call, if any, counted down.
    pub fn take(&mut self, request: &Request) -> Option<Fault> {
        let fault = self.0.iter_mut().find(|fault| fault.fits(request))?;
        fault.times -= 1;
        Some(fault.clone())
    }

    /// What has not been used up.
    pub fn open(&self) -> impl Iterator<Item = &Fault> {
        self.0.iter().filter(|fault| fault.times > 0)
    }

    /// Withdraws every fault.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}
