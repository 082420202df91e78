//! STS through the front door.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::rules;
use crate::{Cloud, Input, Knobs, Request, Response, Rule, Service};

const ROLE: &str = "arn:aws:iam::210987654321:role/teams/provider";

struct Aws {
    cloud: Cloud,
    now: Timestamp,
    key: String,
}

// === impl Aws ===

impl Aws {
    fn new() -> Self {
        Self { cloud: Cloud::new(7, Knobs::default()), now: Timestamp::UNIX_EPOCH, key: "AKIATEST".into() }
    }

    fn call(&mut self, operation: &str, parameters: &[(&str, &str)]) -> Response {
        let form = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let request = Request {
            service: Service::Sts,
            region: "eu-central-1".into(),
            access_key: self.key.clone(),
            operation: operation.into(),
            input: Input::Form(form.collect()),
        };
        let account = self.cloud.account_of(&self.key);
        self.cloud.answer(self.now, &account, &request)
    }

    /// Takes a role on, and is it from now on.
    fn assume(&mut self, role: &str) {
        let answer = self.call("AssumeRole", &[("RoleArn", role), ("RoleSessionName", "provider")]);
        assert_eq!(answer.error, None, "{}", answer.body);
        self.key = text(&answer.body, "AccessKeyId").to_owned();
    }

    fn caller(&mut self) -> String {
        let answer = self.call("GetCallerIdentity", &[]);
        text(&answer.body, "Arn").to_owned()
    }
}

fn text<'a>(body: &'a str, element: &str) -> &'a str {
    let begun = body.split_once(&format!("<{element}>")).map(|(_, rest)| rest).unwrap_or_default();
    begun.split('<').next().unwrap_or_default()
}

fn jwt(expires: i64) -> String {
    let claims = json!({"iss": "https://oidc.example.com/id/1", "sub": "system:serviceaccount:crossplane-system:provider",
        "aud": ["sts.amazonaws.com"], "exp": expires});
    format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

type Parameters = Vec<(&'static str, String)>;

/// A rule, and the call that breaks it.
fn cases() -> Vec<(&'static Rule, &'static str, Parameters)> {
    let assume = |role: &str, session: &str, duration: &str| {
        vec![
            ("RoleArn", role.to_owned()),
            ("RoleSessionName", session.to_owned()),
            ("DurationSeconds", duration.to_owned()),
        ]
    };
    let with_token = |token: &str| {
        [assume(ROLE, "provider", "900"), vec![("WebIdentityToken", token.to_owned())]].concat()
    };
    vec![
        (&rules::MISSING, "AssumeRole", Vec::new()),
        (&rules::INVALID_ARN, "AssumeRole", assume("arn:aws:iam::1:role/short", "provider", "900")),
        (&rules::SESSION_NAME, "AssumeRole", assume(ROLE, "Session1:2", "900")),
        (&rules::SESSION_NAME_LENGTH, "AssumeRole", assume(ROLE, "x", "900")),
        (&rules::DURATION, "AssumeRole", assume(ROLE, "provider", "899")),
        (&rules::NOT_A_TOKEN, "AssumeRoleWithWebIdentity", with_token("opaque")),
        (&rules::EXPIRED_TOKEN, "AssumeRoleWithWebIdentity", with_token(&jwt(0))),
    ]
}

#[test]
fn each_rule_refuses_what_breaks_it() {
    for (rule, operation, parameters) in cases() {
        let parameters: Vec<_> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = Aws::new().call(operation, &parameters);
        assert_eq!(answer.error.as_deref(), Some(rule.code), "{}: {}", rule.id, answer.body);
        let fixed = rule.message.split("{}").find(|part| !part.is_empty()).unwrap_or_default();
        assert!(answer.body.contains(fixed), "{}: {}", rule.id, answer.body);
    }
}

#[test]
fn no_rule_is_without_a_case() {
    let tried: BTreeSet<_> = cases().iter().map(|(rule, ..)| rule.id).chain(["CHAINED_DURATION"]).collect();
    assert_eq!(tried, rules::ALL.iter().map(|rule| rule.id).collect());
}

#[test]
fn a_role_of_another_account_is_that_account() {
    let mut aws = Aws::new();
    assert_eq!(aws.caller(), "arn:aws:iam::123456789012:user/AKIATEST");
    aws.assume(ROLE);
    assert!(aws.key.starts_with("ASIA") && aws.key.len() == 20, "{}", aws.key);
    assert_eq!(aws.cloud.account_of(&aws.key), "210987654321");
    assert_eq!(aws.caller(), "arn:aws:sts::210987654321:assumed-role/provider/provider");
    let told = aws.call("GetAccessKeyInfo", &[("AccessKeyId", &aws.key.clone())]);
    assert_eq!(text(&told.body, "Account"), "210987654321");
}

#[test]
fn a_chain_ends_after_an_hour() {
    let mut aws = Aws::new();
    aws.assume(ROLE);
    let asked = [("RoleArn", ROLE), ("RoleSessionName", "provider"), ("DurationSeconds", "3601")];
    let answer = aws.call("AssumeRole", &asked);
    assert!(answer.body.contains(rules::CHAINED_DURATION.message), "{}", answer.body);
    aws.pass_hour();
    assert_eq!(aws.call("GetCallerIdentity", &[]).error.as_deref(), Some("ExpiredToken"));
}

#[test]
fn a_token_of_a_cluster_is_taken_for_who_it_says() {
    let mut aws = Aws::new();
    let token = jwt(3600);
    let asked = [("RoleArn", ROLE), ("RoleSessionName", "provider"), ("WebIdentityToken", &token)];
    let answer = aws.call("AssumeRoleWithWebIdentity", &asked);
    assert_eq!(
        text(&answer.body, "SubjectFromWebIdentityToken"),
        "system:serviceaccount:crossplane-system:provider"
    );
    assert_eq!(text(&answer.body, "Provider"), "oidc.example.com/id/1");
}

impl Aws {
    fn pass_hour(&mut self) {
        self.now += SignedDuration::from_hours(1);
    }
}
