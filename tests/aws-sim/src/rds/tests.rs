//! RDS through the front door: a rule that no call here breaks fails.

mod groups;
mod life;
mod lists;
mod pending;
mod refusals;
mod storage;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::protocol::Form;
use crate::{Cloud, Input, Knobs, Request, Response, Service};

const ACCOUNT: &str = "123456789012";
/// What an instance is made of, when nothing else is said.
const PLAIN: &str = "Engine=postgres&EngineVersion=16&DBInstanceClass=db.t4g.small&StorageType=gp3&AllocatedStorage=100\
                     &MasterUsername=app&MasterUserPassword=correct-horse&BackupRetentionPeriod=7\
                     &PreferredMaintenanceWindow=sun:05:00-sun:06:00";

/// An AWS, and what time it is there.
pub(super) struct Aws {
    pub(super) cloud: Cloud,
    pub(super) now: Timestamp,
}

// === impl Aws ===

impl Aws {
    pub(super) fn new() -> Self {
        // A Thursday.
        Self { cloud: Cloud::new(7, Knobs::default()), now: Timestamp::UNIX_EPOCH }
    }

    /// With an instance `db` that is available.
    pub(super) fn with_instance() -> Self {
        let mut aws = Self::new();
        aws.create("db", "");
        aws.pass(10);
        assert_eq!(aws.status(), "available");
        aws
    }

    pub(super) fn create(&mut self, name: &str, besides: &str) -> String {
        // Of a name that is said twice, the later counts.
        self.ok("CreateDBInstance", &format!("{PLAIN}&DBInstanceIdentifier={name}&{besides}"))
    }

    pub(super) fn modify(&mut self, form: &str) -> String {
        self.ok("ModifyDBInstance", &format!("DBInstanceIdentifier=db&{form}"))
    }

    /// Lets seconds pass.
    pub(super) fn pass(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
    }

    pub(super) fn call(&mut self, operation: &str, form: &str) -> Response {
        let request = Request {
            service: Service::Rds,
            region: "eu-central-1".into(),
            access_key: "AKIATEST".into(),
            operation: operation.into(),
            input: Input::Form(Form::read(form.as_bytes())),
        };
        self.cloud.answer(self.now, ACCOUNT, &request)
    }

    /// A call that is carried out.
    pub(super) fn ok(&mut self, operation: &str, form: &str) -> String {
        let Response { error, body, .. } = self.call(operation, form);
        assert_eq!(error, None, "{operation}: {body}");
        body
    }

    /// The code and words of a call that is refused.
    pub(super) fn refused(&mut self, operation: &str, form: &str) -> (String, String) {
        let Response { error, body, .. } = self.call(operation, form);
        let code = error.unwrap_or_else(|| panic!("{operation} was carried out: {body}"));
        (code, text(&body, "Message").unwrap_or_default())
    }

    /// Something that the side path does.
    pub(super) fn side(&mut self, path: &str, body: &Value) -> Value {
        let told =
            crate::side::answer(&mut self.cloud, self.now, "POST", path, "", body.to_string().as_bytes());
        told.expect("the side path takes it")
    }

    /// Changes `db` behind the API.
    pub(super) fn set(&mut self, members: &Value) {
        self.side("drift", &json!({"region": "eu-central-1", "instance": "db", "set": members}));
    }

    /// An instance as the side path tells it; null when it is gone.
    pub(super) fn told(&mut self, name: &str) -> Value {
        let state = crate::side::answer(&mut self.cloud, self.now, "GET", "state", "", b"").expect("a state");
        let all = state["instances"].as_array().expect("instances").clone();
        all.into_iter().find(|one| one["DBInstanceIdentifier"] == name).unwrap_or_default()
    }

    pub(super) fn status(&mut self) -> String {
        self.told("db")["DBInstanceStatus"].as_str().unwrap_or("gone").to_owned()
    }

    /// What waits.
    pub(super) fn pending(&mut self) -> Value {
        self.told("db")["PendingModifiedValues"].clone()
    }

    /// The whole answer about `db`.
    pub(super) fn described(&mut self) -> String {
        self.ok("DescribeDBInstances", "DBInstanceIdentifier=db")
    }
}

/// The text of the first element of a name.
pub(super) fn text(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    Some(rest.split_once(&format!("</{name}>"))?.0.to_owned())
}

/// The texts of all elements of a name.
pub(super) fn texts<'a>(xml: &'a str, name: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    xml.split(&open).skip(1).filter_map(|rest| rest.split(&close).next()).collect()
}
