//! A request as a service sees it.

use jiff::Timestamp;
use serde_json::Value;

use crate::protocol::Form;
use crate::rules::general;
use crate::{Chance, Knobs, Refusal, Structure};

/// One of AWS's services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// Databases.
    Rds,
    /// Secrets.
    SecretsManager,
    /// Identities.
    Sts,
    /// The subnets that every account has, and nothing else.
    Ec2,
}

/// What is asked, whoever asks and whenever.
#[derive(Clone, Debug)]
pub struct Request {
    /// Of which service.
    pub service: Service,
    /// In which region.
    pub region: String,
    /// With which access key.
    pub access_key: String,
    /// Such as `CreateDBInstance`.
    pub operation: String,
    /// The parameters.
    pub input: Input,
}

/// The parameters of a request, as its protocol carries them.
#[derive(Clone, Debug)]
pub enum Input {
    /// Of the query protocol.
    Form(Form),
    /// Of JSON 1.1.
    Json(Value),
}

/// One request with its circumstances, on its way through a service.
#[derive(Debug)]
pub struct Call<'a> {
    /// When.
    pub now: Timestamp,
    /// By whom.
    pub account: &'a str,
    /// What.
    pub request: &'a Request,
    /// What is drawn on the way.
    pub chance: &'a mut Chance,
    /// How this AWS behaves.
    pub knobs: &'a Knobs,
}

// === impl Service ===

impl Service {
    /// Its name in signatures and ARNs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rds => "rds",
            Self::SecretsManager => "secretsmanager",
            Self::Sts => "sts",
            Self::Ec2 => "ec2",
        }
    }

    /// The service of a name.
    pub fn of(name: &str) -> Option<Self> {
        [Self::Rds, Self::SecretsManager, Self::Sts, Self::Ec2].into_iter().find(|s| s.name() == name)
    }
}

// === impl Call ===

impl Call<'_> {
    /// The form of a request of the query protocol; an empty one for any other.
    pub fn form(&self) -> &Form {
        match &self.request.input {
            Input::Form(form) => form,
            Input::Json(_) => Form::empty(),
        }
    }

    /// The document of a JSON request; null for any other.
    pub fn json(&self) -> &Value {
        match &self.request.input {
            Input::Json(value) => value,
            Input::Form(_) => &Value::Null,
        }
    }

    /// Refuses an operation that the service does not have.
    pub(crate) fn unknown(&self) -> Result<Structure, Refusal> {
        Err(general::INVALID_ACTION.refuse(&[&self.request.operation]))
    }

    /// An ARN of this account and region.
    pub fn arn(&self, resource: &str) -> String {
        let Request { service, region, .. } = self.request;
        format!("arn:{}:{}:{region}:{}:{resource}", partition(region), service.name(), self.account)
    }
}

/// The partition that a region is in.
pub(crate) fn partition(region: &str) -> &'static str {
    match region.split('-').next() {
        Some("cn") => "aws-cn",
        Some("us") if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}
