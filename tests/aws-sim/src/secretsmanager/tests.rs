//! Secrets Manager through the front door: a rule that no call here breaks fails.

mod refusals;
mod secrets;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::{Cloud, Input, Knobs, Request, Service};

pub(super) const FIRST: &str = "11111111-1111-4111-8111-111111111111";
pub(super) const SECOND: &str = "22222222-2222-4222-8222-222222222222";
pub(super) const THIRD: &str = "33333333-3333-4333-8333-333333333333";
const ACCOUNT: &str = "123456789012";

/// An AWS, and what time it is there.
pub(super) struct Aws {
    cloud: Cloud,
    now: Timestamp,
}

// === impl Aws ===

impl Aws {
    pub(super) fn new() -> Self {
        Self { cloud: Cloud::new(7, Knobs::default()), now: Timestamp::UNIX_EPOCH }
    }

    /// With a secret `s` whose first version is `FIRST`.
    pub(super) fn with_secret() -> Self {
        let mut aws = Self::new();
        aws.ok("CreateSecret", json!({"Name": "s", "SecretString": "one", "ClientRequestToken": FIRST}));
        aws
    }

    pub(super) fn turn(&mut self, turn: impl FnOnce(&mut Knobs)) {
        turn(&mut self.cloud.knobs);
    }

    pub(super) fn pass(&mut self, time: SignedDuration) {
        self.now += time;
    }

    /// Has a service of AWS own a secret.
    pub(super) fn own(&mut self, name: &str, service: &str) {
        let set = json!({"OwningService": service});
        let set = set.as_object().expect("an object");
        for (_, region) in self.cloud.regions(self.now) {
            region.secrets.drift(name, set).expect("there is the secret");
        }
    }

    /// Sends a call of an account.
    pub(super) fn call_of(
        &mut self,
        account: &str,
        operation: &str,
        input: Value,
    ) -> (Option<String>, Value) {
        let request = Request {
            service: Service::SecretsManager,
            region: "eu-central-1".into(),
            access_key: "AKIATEST".into(),
            operation: operation.into(),
            input: Input::Json(input),
        };
        let response = self.cloud.answer(self.now, account, &request);
        let body = serde_json::from_str(&response.body).expect("the answer is JSON");
        (response.error, body)
    }

    /// A call that is carried out.
    pub(super) fn ok(&mut self, operation: &str, input: Value) -> Value {
        let (error, body) = self.call_of(ACCOUNT, operation, input);
        assert_eq!(error, None, "{operation}: {body}");
        body
    }

    /// The code and words of a call that is refused.
    pub(super) fn refused(&mut self, operation: &str, input: Value) -> (String, String) {
        let (error, body) = self.call_of(ACCOUNT, operation, input);
        let code = error.unwrap_or_else(|| panic!("{operation} was carried out: {body}"));
        (code, body["Message"].as_str().unwrap_or_default().to_owned())
    }

    /// The labels of the versions of `s`.
    pub(super) fn stages(&mut self) -> Value {
        self.ok("DescribeSecret", json!({"SecretId": "s"}))["VersionIdsToStages"].clone()
    }
}
